import Foundation
import JSONValue
import Yams

/// The bodies of requests, from files and options.
enum RequestBody {
    /// Reads the documents of a YAML or JSON text.
    ///
    /// A document is the request's own form (`name` and the spec's fields side by side) or a Kubernetes object, whose name and spec are taken.
    static func documents(_ text: String, source: String) throws -> [JSON] { try raw(text, source: source).map(flattened) }

    /// Reads the documents of a YAML or JSON text as they are.
    static func raw(_ text: String, source: String) throws -> [JSON] {
        var loaded: [Any] = []
        do {
            // The sequence ends at a mistake, and keeps what it was.
            var sequence = try Yams.load_all(yaml: text, .default.removing(.timestamp))
            while let document = sequence.next() { loaded.append(document) }
            if let error = sequence.error { throw error }
        } catch {
            throw OCError(.usage, code: "BAD_FILE", "\(source) is neither YAML nor JSON: \(error)")
        }
        let documents = try loaded.map { try json($0, source) }.filter { !$0.isNull }
        guard !documents.isEmpty else { throw OCError(.usage, code: "BAD_FILE", "\(source) is empty") }
        return try documents.flatMap { $0["kind"] == "List" ? $0["items"]?.arrayValue ?? [] : $0.arrayValue ?? [$0] }.map { document in
            guard document.objectValue != nil else { throw OCError(.usage, code: "BAD_FILE", "\(source) does not describe an object") }
            return document
        }
    }

    /// The request form of a Kubernetes object; anything else stays.
    static func flattened(_ document: JSON) -> JSON {
        guard document["apiVersion"] != nil, document["kind"] != nil, let metadata = document["metadata"] else { return document }
        var body = document["spec"] ?? [:]
        body["name"] = metadata["name"]
        return body
    }

    private static func json(_ value: Any, _ source: String) throws -> JSON {
        switch value {
        case is NSNull: return .null
        case let value as Bool: return .bool(value)
        case let value as Int: return .integer(Int64(value))
        case let value as Double: return .number(value)
        case let value as String: return .string(value)
        case let value as [Any]: return .array(try value.map { try json($0, source) })
        case let value as [AnyHashable: Any]:
            var members: [String: JSON] = [:]
            for (key, member) in value { members["\(key)"] = try json(member, source) }
            return .object(members)
        default:
            throw OCError(.usage, code: "BAD_FILE", "\(source) holds a value that JSON does not have: \(value)")
        }
    }

    /// A body changed by options: each path is set; an empty text clears the member in an update and is left out in a creation.
    static func changed(_ body: JSON, by options: [(path: [String], value: JSON?)], isUpdate: Bool) -> JSON {
        var body = body
        for (path, value) in options {
            guard let value else { continue }
            if value == .string("") {
                body[at: path] = isUpdate ? .null : nil
            } else {
                body[at: path] = value
            }
        }
        return body
    }
}
