import JSONValue
import Schema

/// What an update says about one member: nothing, clear it, or set it.
///
/// A member that is absent keeps its value, `null` clears it, anything else sets it (RFC 7386).
public enum Change<Value: Sendable>: Sendable {
    /// The member was absent.
    case keep
    /// The member was `null`.
    case clear
    /// The member had a value.
    case set(Value)

    /// The value to set; nil for ``keep`` and ``clear``.
    public var value: Value? { if case .set(let value) = self { value } else { nil } }

    /// Whether the member was absent.
    public var isKeep: Bool { if case .keep = self { true } else { false } }

    /// The member after the change.
    ///
    /// - Parameter current: the member before it.
    public func applied(to current: Value?) -> Value? {
        switch self {
        case .keep: current
        case .clear: nil
        case .set(let value): value
        }
    }
}

extension Change: Equatable where Value: Equatable {}

extension Change: Decodable where Value: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .clear : .set(try container.decode(Value.self))
    }
}

extension Change: Encodable where Value: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .set(let value) = self { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension Change: SchemaRepresentable where Value: Codable {
    /// The value's schema, with `null` allowed.
    public static var jsonSchema: JSONSchema {
        // A value type without a schema is found when the operation's whole body is derived; here anything is let through.
        var schema = (try? JSONSchema.derived(from: Value.self)) ?? JSONSchema()
        schema.nullable = true
        return schema
    }

    public static var schemaSample: JSON { .null }
}

extension KeyedDecodingContainer {
    /// Reads a change; an absent member is ``Change/keep``. Synthesised decoders pick this overload.
    public func decode<Value: Decodable & Sendable>(_ type: Change<Value>.Type, forKey key: Key) throws -> Change<Value> {
        // Asked as an optional first, so that a schema derived from the decoder shows an optional member.
        if let change = try decodeIfPresent(Change<Value>.self, forKey: key) { return change }
        return contains(key) ? .clear : .keep
    }
}

extension KeyedEncodingContainer {
    /// Writes a change; ``Change/keep`` writes nothing. Synthesised encoders pick this overload.
    public mutating func encode<Value: Encodable & Sendable>(_ change: Change<Value>, forKey key: Key) throws {
        switch change {
        case .keep: break
        case .clear: try encodeNil(forKey: key)
        case .set(let value): try encode(value, forKey: key)
        }
    }
}
