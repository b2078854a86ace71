import JSONValue
import Schema

/// A member of an answer that is always there, and `null` when there is nothing to say.
///
/// An optional member is left out instead.
public struct Nullable<Value: Codable & Sendable & Hashable>: Codable, Sendable, Hashable, SchemaRepresentable {
    /// The value; nil for `null`.
    public var value: Value?

    /// Makes a member.
    public init(_ value: Value?) { self.value = value }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }

    /// The value's schema, with `null` allowed.
    public static var jsonSchema: JSONSchema {
        // A value type without a schema is found when the operation is derived as a whole; here anything is let through.
        var schema = (try? JSONSchema.derived(from: Value.self)) ?? JSONSchema()
        schema.nullable = true
        return schema
    }

    public static var schemaSample: JSON { .null }
}
