import Foundation
import JSONValue
import Schema

/// How objects of a structural schema look to rules (KEP-2876): types and values.
enum CELSchema {
    /// The type of values of a schema; `nil` when rules cannot see them.
    static func type(of schema: JSONSchema, isRoot: Bool = false) -> CELType? {
        if schema.intOrString { return .dyn }
        switch schema.type {
        case .boolean: return .bool
        case .integer: return .int
        case .number: return .double
        case .string:
            switch schema.format {
            case "byte": return .bytes
            case "date", "date-time": return .timestamp
            case "duration": return .duration
            default: return .string
            }
        case .array: return schema.items.flatMap { type(of: $0) }.map { .list($0) }
        case .object:
            if case .schema(let values)? = schema.additionalProperties { return type(of: values).map { .map(.string, $0) } }
            var fields: [String: CELType] = [:]
            for (name, property) in schema.properties {
                if let type = type(of: property) { fields[escaped(name)] = type }
            }
            if isRoot || schema.embeddedResource {
                fields["apiVersion"] = .string
                fields["kind"] = .string
                fields["metadata"] = .object(["name": .string, "generateName": .string])
            }
            return .object(fields)
        case nil: return nil
        }
    }

    /// A value as rules see it.
    static func value(_ json: JSON, of schema: JSONSchema?, isRoot: Bool = false) -> CELValue {
        switch json {
        case .null: return .null
        case .bool(let truth): return .bool(truth)
        case .integer(let number): return schema?.type == .number ? .double(Double(number)) : .int(number)
        case .number(let number): return .double(number)
        case .string(let text): return string(text, of: schema)
        case .array(let items): return .list(items.map { value($0, of: schema?.items) })
        case .object(let members):
            var result: [CELValue: CELValue] = [:]
            for (name, member) in members {
                if case .schema(let values)? = schema?.additionalProperties {
                    result[.string(name)] = value(member, of: values)
                    continue
                }
                let property = schema?.properties[name]
                if isRoot || schema?.embeddedResource == true, name == "metadata" {
                    let visible = member.objectValue?.filter { $0.key == "name" || $0.key == "generateName" } ?? [:]
                    result[.string(name)] = value(.object(visible), of: nil)
                } else {
                    result[.string(schema == nil ? name : escaped(name))] = value(member, of: property)
                }
            }
            return .map(result)
        }
    }

    private static func string(_ text: String, of schema: JSONSchema?) -> CELValue {
        guard schema?.type == .string, let format = schema?.format else { return .string(text) }
        switch format {
        case "byte": return Data(base64Encoded: text).map { .bytes(Array($0)) } ?? .string(text)
        case "date": return CELTimes.timestamp("\(text)T00:00:00Z").map { .timestamp($0) } ?? .string(text)
        case "date-time": return CELTimes.timestamp(text).map { .timestamp($0) } ?? .string(text)
        case "duration": return CELTimes.duration(text).map { .duration($0) } ?? .string(text)
        default: return .string(text)
        }
    }

    private static let reserved: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
        "package",
        "namespace", "return", "var", "void", "while",
    ]

    /// A member's name as rules write it: what is no identifier is spelled out.
    static func escaped(_ name: String) -> String {
        if reserved.contains(name) { return "__\(name)__" }
        if isPlain(name) { return name }
        return name.replacingOccurrences(of: "__", with: "__underscores__").replacingOccurrences(of: ".", with: "__dot__")
            .replacingOccurrences(of: "-", with: "__dash__").replacingOccurrences(of: "/", with: "__slash__")
    }

    /// Whether a name is an identifier without two underscores in a row. Asked for each member of each object, so bytes are looked at.
    private static func isPlain(_ name: String) -> Bool {
        let underscore = UInt8(ascii: "_")
        var previous: UInt8 = 0
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case underscore where previous != underscore: break
            default: return false
            }
            previous = byte
        }
        return true
    }
}
