import Foundation
import JSONValue
import Yams

/// Files of the repository.
enum Manifests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String { try String(contentsOf: root.appending(path: path), encoding: .utf8) }

    /// Names of the files in a folder that end so.
    static func files(_ folder: String, ending: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path(percentEncoded: false))
            .filter { $0.hasSuffix(ending) }.sorted()
    }

    /// The documents of a YAML file.
    static func documents(_ path: String) throws -> [JSON] { try documents(yaml: try text(path)) }

    /// The documents of a text.
    static func documents(yaml: String) throws -> [JSON] { try Yams.load_all(yaml: yaml).map(json) }

    private static func json(_ value: Any) throws -> JSON {
        switch value {
        case is NSNull: return .null
        case let value as Bool: return .bool(value)
        case let value as Int: return .integer(Int64(value))
        case let value as Double: return .number(value)
        case let value as String: return .string(value)
        case let value as [Any]: return .array(try value.map(json))
        case let value as [AnyHashable: Any]:
            var members: [String: JSON] = [:]
            for (key, member) in value { members["\(key.base)"] = try json(member) }
            return .object(members)
        default: throw UnknownValue(description: "\(value) is no JSON value")
        }
    }

    struct UnknownValue: Error, CustomStringConvertible {
        var description: String
    }
}
