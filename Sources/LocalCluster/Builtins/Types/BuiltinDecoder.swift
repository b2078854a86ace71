import Foundation
import JSONValue
import KubernetesModel

/// Reads bodies as values of built-in types: checks the types, drops unknown members, and gives the form in which they are stored and
/// answered (zero values printed or left out as the API does, quantities and times canonical).
struct BuiltinDecoder {
    /// A value of the wrong type.
    struct Problem: Error {
        /// The path of types, as in `v1.Secret.Data`.
        var path: [String]
        /// What is wrong.
        var reason: String

        /// One sentence.
        var message: String { path.isEmpty ? reason : "\(path.joined(separator: ".")): \(reason)" }
    }

    /// Members that the type does not have, as paths: `spec.surprise`.
    private(set) var unknownFields: [String] = []
    private var path: [String] = []

    /// Reads an object of a named type.
    mutating func object(_ json: JSON, _ typeName: String) throws(Problem) -> JSON {
        let type = BuiltinTypes.type(typeName)
        guard case .object(let members) = json else { throw mismatch(json, typeName) }
        for name in members.keys.sorted() where type.fields[name] == nil { unknownFields.append(fieldPath(name)) }
        var result: [String: JSON] = [:]
        for field in type.fields.values {
            path.append(field.name)
            result[field.name] = try member(members[field.name], field)
            path.removeLast()
        }
        return .object(result)
    }

    /// As in `spec.containers[0].name`.
    private func fieldPath(_ name: String) -> String {
        (path + [name]).joined(separator: ".").replacing(".[", with: "[")
    }

    /// The printed form of a member; `nil` when it is left out.
    private mutating func member(_ json: JSON?, _ field: BuiltinField) throws(Problem) -> JSON? {
        if let json, !json.isNull {
            let value = try value(json, field.type)
            return field.presence == .omitZero && Self.isLeftOut(value, field.type) ? nil : value
        }
        switch field.presence {
        case .pointer: return nil
        case .nullable: return .null
        case .omitZero:
            switch field.type {
            case .named(let name): return try object([:], name)
            case .time, .microTime: return .null
            default: return nil
            }
        case .always: return try zero(field.type)
        }
    }

    private mutating func zero(_ type: BuiltinType) throws(Problem) -> JSON {
        switch type {
        case .string: ""
        case .bool: false
        case .int, .number, .intOrString: 0
        case .quantity: "0"
        case .named(let name): try object([:], name)
        default: .null
        }
    }

    private static func isLeftOut(_ value: JSON, _ type: BuiltinType) -> Bool {
        switch value {
        case .string(let text): text.isEmpty && type != .quantity && type != .intOrString
        case .bool(let truth): !truth
        case .integer(let number): number == 0 && type != .intOrString
        case .array(let elements): elements.isEmpty
        case .object(let members):
            if case .map = type { members.isEmpty } else { false }
        default: false
        }
    }

    private mutating func value(_ json: JSON, _ type: BuiltinType) throws(Problem) -> JSON {
        switch type {
        case .any: return json
        case .string:
            guard json.stringValue != nil else { throw mismatch(json, "string") }
            return json
        case .bool:
            guard json.boolValue != nil else { throw mismatch(json, "bool") }
            return json
        case .int:
            guard case .integer = json else { throw mismatch(json, "int") }
            return json
        case .number:
            guard json.numberValue != nil else { throw mismatch(json, "number") }
            return json
        case .intOrString:
            switch json {
            case .integer, .string: return json
            default: throw mismatch(json, "int or string")
            }
        case .quantity: return try quantity(json)
        case .bytes: return try bytes(json)
        case .time, .microTime: return try time(json, micro: type == .microTime)
        case .named(let name): return try object(json, name)
        case .map(let element, _):
            guard case .object(let members) = json else { throw mismatch(json, "map") }
            var result: [String: JSON] = [:]
            for (name, item) in members {
                path.append(name)
                result[name] = item.isNull ? try zero(element) : try value(item, element)
                path.removeLast()
            }
            return .object(result)
        case .list(let element, _):
            guard case .array(let items) = json else { throw mismatch(json, "list") }
            var result: [JSON] = []
            for (index, item) in items.enumerated() {
                path.append("[\(index)]")
                result.append(item.isNull ? try zero(element) : try value(item, element))
                path.removeLast()
            }
            return .array(result)
        }
    }

    private func quantity(_ json: JSON) throws(Problem) -> JSON {
        let text: String
        switch json {
        case .string(let string): text = string
        case .integer(let number): text = String(number)
        case .number(let number): text = String(number)
        default: throw mismatch(json, "quantity")
        }
        do {
            return .string(try Quantity(parsing: text).description)
        } catch {
            throw problem(
                "unmarshalerDecoder: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            )
        }
    }

    private func bytes(_ json: JSON) throws(Problem) -> JSON {
        guard case .string(let text) = json else { throw mismatch(json, "bytes") }
        guard let data = Data(base64Encoded: String(text.filter { !$0.isNewline })) else {
            let offset = text.utf8.prefix { Self.isBase64($0) }.count
            throw problem("decode base64: illegal base64 data at input byte \(offset)")
        }
        return .string(data.base64EncodedString())
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    private func time(_ json: JSON, micro: Bool) throws(Problem) -> JSON {
        guard case .string(let text) = json else { throw mismatch(json, "time") }
        guard let canonical = TimeText.canonical(text, micro: micro) else {
            throw problem("parsing time \(json.text()): it is no RFC 3339 time")
        }
        return .string(canonical)
    }

    private func problem(_ reason: String) -> Problem { Problem(path: path, reason: reason) }

    private func mismatch(_ json: JSON, _ wanted: String) -> Problem {
        let found =
            switch json {
            case .null: "null"
            case .bool: "bool"
            case .integer, .number: "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        return problem("json: cannot unmarshal \(found) into Go value of type \(wanted)")
    }
}
