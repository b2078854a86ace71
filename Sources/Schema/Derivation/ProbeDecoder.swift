import JSONValue

/// What a type asked its decoder for.
final class ProbeRecorder {
    enum Shape {
        /// An object, perhaps without members.
        case members
        /// An array of such elements.
        case elements(JSONSchema)
        /// One value.
        case single(JSONSchema)
    }

    struct Property {
        var schema: JSONSchema
        var isRequired: Bool
    }

    var shape = Shape.members
    private(set) var properties: [String: Property] = [:]
    private var optionalKeys: Set<String> = []

    /// The type asked whether a key is there: it can do without.
    func markOptional(_ key: String) { optionalKeys.insert(key) }

    func record(_ key: String, _ schema: JSONSchema, isRequired: Bool = true) {
        properties[key] = Property(schema: schema, isRequired: isRequired && !optionalKeys.contains(key))
    }
}

/// A decoder that notes what it is asked for and answers with placeholders.
struct ProbeDecoder: Decoder {
    let context: DerivationContext
    let recorder: ProbeRecorder
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        recorder.shape = .members
        return KeyedDecodingContainer(KeyedProbe<Key>(context: context, recorder: recorder))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        recorder.shape = .elements(.anything)
        return UnkeyedProbe(context: context, recorder: recorder)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        recorder.shape = .single(.anything)
        return SingleValueProbe(context: context, recorder: recorder)
    }
}

private struct KeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let context: DerivationContext
    let recorder: ProbeRecorder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool {
        recorder.markOptional(key.stringValue)
        return true
    }

    func decodeNil(forKey key: Key) -> Bool {
        recorder.markOptional(key.stringValue)
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        recorder.record(key.stringValue, try context.schema(of: type))
        return try context.placeholder(of: type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        recorder.record(key.stringValue, try context.schema(of: type), isRequired: false)
        return nil
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        throw SchemaError(.notDescribable, "A nested container (\(key.stringValue)) cannot be described by probing")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaError(.notDescribable, "A nested container (\(key.stringValue)) cannot be described by probing")
    }

    // A superclass or a flattened part reads from the same object.
    func superDecoder() -> any Decoder { ProbeDecoder(context: context, recorder: recorder) }
    func superDecoder(forKey key: Key) -> any Decoder { ProbeDecoder(context: context, recorder: ProbeRecorder()) }
}

private struct UnkeyedProbe: UnkeyedDecodingContainer {
    let context: DerivationContext
    let recorder: ProbeRecorder
    var codingPath: [any CodingKey] { [] }
    var count: Int? { nil }
    /// Ends after one element: that shows the type.
    var isAtEnd: Bool { currentIndex > 0 }
    var currentIndex = 0

    mutating func decodeNil() -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        recorder.shape = .elements(try context.schema(of: type))
        return try context.placeholder(of: type)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        throw SchemaError(.notDescribable, "A nested container cannot be described by probing")
    }

    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SchemaError(.notDescribable, "A nested container cannot be described by probing")
    }

    func superDecoder() -> any Decoder { ProbeDecoder(context: context, recorder: ProbeRecorder()) }
}

private struct SingleValueProbe: SingleValueDecodingContainer {
    let context: DerivationContext
    let recorder: ProbeRecorder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        recorder.shape = .single(try context.schema(of: type))
        return try context.placeholder(of: type)
    }
}
