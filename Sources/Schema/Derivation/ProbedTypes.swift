import Foundation
import JSONValue

/// The types that are one JSON value and need no probing.
enum ProbedScalar {
    static func schema(of type: any Decodable.Type) -> JSONSchema? {
        switch type {
        case is Bool.Type: .boolean
        case is String.Type: .string
        case is Int.Type, is Int64.Type, is UInt.Type, is UInt64.Type: JSONSchema(type: .integer, format: "int64")
        case is Int32.Type, is Int16.Type, is Int8.Type, is UInt32.Type, is UInt16.Type, is UInt8.Type:
            JSONSchema(type: .integer, format: "int32")
        case is Double.Type: JSONSchema(type: .number, format: "double")
        case is Float.Type: JSONSchema(type: .number, format: "float")
        case is Decimal.Type: .number
        case is Date.Type: .string(format: "date-time")
        case is Data.Type: .string(format: "byte")
        case is UUID.Type: .string(format: "uuid")
        case is URL.Type: .string(format: "uri")
        case is JSON.Type: .anything
        default: nil
        }
    }

    static func placeholder<Value>(of type: Value.Type) -> Value? {
        let candidates: [Any] = [
            false, "", 0, Int64(0), UInt(0), UInt64(0), Int32(0), Int16(0), Int8(0), UInt32(0), UInt16(0), UInt8(0), 0.0, Float(0),
            Decimal(0), Date(timeIntervalSince1970: 0), Data(), UUID(uuid: UUID_NULL), URL(filePath: "/"), JSON.object([:]),
        ]
        // Types are compared first: a cast alone might convert between number types.
        return candidates.first { Swift.type(of: $0) == type } as? Value
    }

    private static let UUID_NULL: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

/// Enumerations with raw values.
enum ProbedEnumeration {
    static func schema(of type: Any.Type) -> JSONSchema? {
        guard let iterable = type as? any CaseIterable.Type, let values = rawValues(of: iterable), let first = values.first else {
            return nil
        }
        var schema = JSONSchema(type: first.stringValue == nil ? .integer : .string)
        schema.enumeration = values
        return schema
    }

    static func first<Value>(of type: Value.Type) -> Value? {
        guard let iterable = type as? any CaseIterable.Type else { return nil }
        return firstCase(of: iterable) as? Value
    }

    private static func firstCase<Cases: CaseIterable>(of type: Cases.Type) -> Any? { Cases.allCases.first }

    private static func rawValues<Cases: CaseIterable>(of type: Cases.Type) -> [JSON]? {
        var values: [JSON] = []
        for item in Cases.allCases {
            guard let raw = item as? any RawRepresentable else { return nil }
            switch raw.rawValue {
            case let text as String: values.append(.string(text))
            case let number as Int: values.append(.integer(Int64(number)))
            default: return nil
            }
        }
        return values
    }
}

/// Generic types whose schema follows from their arguments'.
protocol ProbedContainer {
    static func schema(in context: DerivationContext) throws(SchemaError) -> JSONSchema
    static var emptyValue: Any { get }
}

extension Optional: ProbedContainer where Wrapped: Decodable {
    static func schema(in context: DerivationContext) throws(SchemaError) -> JSONSchema {
        var schema = try context.schema(of: Wrapped.self)
        schema.nullable = true
        return schema
    }

    static var emptyValue: Any { Wrapped?.none as Any }
}

extension Array: ProbedContainer where Element: Decodable {
    static func schema(in context: DerivationContext) throws(SchemaError) -> JSONSchema {
        .array(of: try context.schema(of: Element.self))
    }

    static var emptyValue: Any { [Element]() }
}

extension Set: ProbedContainer where Element: Decodable {
    static func schema(in context: DerivationContext) throws(SchemaError) -> JSONSchema {
        var schema = JSONSchema.array(of: try context.schema(of: Element.self))
        schema.listType = .set
        return schema
    }

    static var emptyValue: Any { Set<Element>() }
}

extension Dictionary: ProbedContainer where Key: Decodable, Value: Decodable {
    static func schema(in context: DerivationContext) throws(SchemaError) -> JSONSchema {
        guard Key.self == String.self || Key.self is any CodingKeyRepresentable.Type else {
            throw SchemaError(
                .notDescribable,
                "\([Key: Value].self) has keys that are neither String nor CodingKeyRepresentable: it is not a JSON object"
            )
        }
        if Value.self == JSON.self { return .free }
        return .map(of: try context.schema(of: Value.self))
    }

    static var emptyValue: Any { [Key: Value]() }
}
