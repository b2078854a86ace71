import Foundation

/// An `Encoder` that builds a JSON value. `Date` becomes RFC 3339 text, `Data` base64, as Kubernetes writes them.
struct JSONValueEncoder: Encoder {
    /// Where the value under construction lives: containers of the same encoder share it.
    final class Box {
        var value: JSON?
        /// Boxes of nested containers, whose values are known only when the encoding is over.
        var members: [String: Box] = [:]
        var elements: [Box] = []

        func finished() -> JSON? {
            if !members.isEmpty {
                var object = value?.objectValue ?? [:]
                for (key, box) in members { object[key] = box.finished() ?? .object([:]) }
                return .object(object)
            }
            if !elements.isEmpty { return .array(elements.map { $0.finished() ?? .object([:]) }) }
            return value
        }
    }

    let box: Box
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func encode<Value: Encodable>(_ value: Value, codingPath: [any CodingKey]) throws -> JSON {
        if let value = value as? JSON { return value }
        if let value = value as? Date { return .string(value.formatted(.iso8601)) }
        if let value = value as? Data { return .string(value.base64EncodedString()) }
        let encoder = JSONValueEncoder(box: Box(), codingPath: codingPath)
        try value.encode(to: encoder)
        return encoder.box.finished() ?? .object([:])
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if box.value?.objectValue == nil { box.value = .object([:]) }
        return KeyedEncodingContainer(JSONKeyedEncoding<Key>(box: box, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        box.value = .array([])
        return JSONUnkeyedEncoding(box: box, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONValueEncoder: SingleValueEncodingContainer {
    func encodeNil() throws { box.value = .null }
    func encode(_ value: Bool) throws { box.value = .bool(value) }
    func encode(_ value: String) throws { box.value = .string(value) }
    func encode(_ value: Double) throws { box.value = .number(value) }
    func encode(_ value: Float) throws { box.value = .number(Double(value)) }
    func encode(_ value: Int) throws { box.value = .integer(Int64(value)) }
    func encode(_ value: Int8) throws { box.value = .integer(Int64(value)) }
    func encode(_ value: Int16) throws { box.value = .integer(Int64(value)) }
    func encode(_ value: Int32) throws { box.value = .integer(Int64(value)) }
    func encode(_ value: Int64) throws { box.value = .integer(value) }
    func encode(_ value: UInt) throws { try encode(UInt64(value)) }
    func encode(_ value: UInt8) throws { box.value = .integer(Int64(value)) }
    func encode(_ value: UInt16) throws { box.value = .integer(Int64(value)) }
    func encode(_ value: UInt32) throws { box.value = .integer(Int64(value)) }
    func encode(_ value: UInt64) throws { box.value = Int64(exactly: value).map(JSON.integer) ?? .number(Double(value)) }
    func encode<Value: Encodable>(_ value: Value) throws { box.value = try Self.encode(value, codingPath: codingPath) }
}

/// Writes the members of an object.
struct JSONKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: JSONValueEncoder.Box
    let codingPath: [any CodingKey]

    private func set(_ value: JSON, _ key: Key) { box.value?[key.stringValue] = value }

    private func nested(_ key: any CodingKey) -> JSONValueEncoder {
        let nested = JSONValueEncoder.Box()
        box.members[key.stringValue] = nested
        return JSONValueEncoder(box: nested, codingPath: codingPath + [key])
    }

    func encodeNil(forKey key: Key) throws { set(.null, key) }
    func encode(_ value: Bool, forKey key: Key) throws { set(.bool(value), key) }
    func encode(_ value: String, forKey key: Key) throws { set(.string(value), key) }
    func encode(_ value: Double, forKey key: Key) throws { set(.number(value), key) }
    func encode(_ value: Float, forKey key: Key) throws { set(.number(Double(value)), key) }
    func encode(_ value: Int, forKey key: Key) throws { set(.integer(Int64(value)), key) }
    func encode(_ value: Int8, forKey key: Key) throws { set(.integer(Int64(value)), key) }
    func encode(_ value: Int16, forKey key: Key) throws { set(.integer(Int64(value)), key) }
    func encode(_ value: Int32, forKey key: Key) throws { set(.integer(Int64(value)), key) }
    func encode(_ value: Int64, forKey key: Key) throws { set(.integer(value), key) }
    func encode(_ value: UInt, forKey key: Key) throws { try encode(UInt64(value), forKey: key) }
    func encode(_ value: UInt8, forKey key: Key) throws { set(.integer(Int64(value)), key) }
    func encode(_ value: UInt16, forKey key: Key) throws { set(.integer(Int64(value)), key) }
    func encode(_ value: UInt32, forKey key: Key) throws { set(.integer(Int64(value)), key) }
    func encode(_ value: UInt64, forKey key: Key) throws { set(Int64(exactly: value).map(JSON.integer) ?? .number(Double(value)), key) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        set(try JSONValueEncoder.encode(value, codingPath: codingPath + [key]), key)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { nested(JSONKey("super")) }
    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }
}

/// Writes the elements of an array.
struct JSONUnkeyedEncoding: UnkeyedEncodingContainer {
    let box: JSONValueEncoder.Box
    let codingPath: [any CodingKey]

    var count: Int { box.elements.count }

    private func next() -> JSONValueEncoder {
        let element = JSONValueEncoder.Box()
        let path = codingPath + [JSONKey(intValue: count)]
        box.elements.append(element)
        return JSONValueEncoder(box: element, codingPath: path)
    }

    func encodeNil() throws { try next().encodeNil() }
    func encode(_ value: Bool) throws { try next().encode(value) }
    func encode(_ value: String) throws { try next().encode(value) }
    func encode(_ value: Double) throws { try next().encode(value) }
    func encode(_ value: Float) throws { try next().encode(value) }
    func encode(_ value: Int) throws { try next().encode(value) }
    func encode(_ value: Int8) throws { try next().encode(value) }
    func encode(_ value: Int16) throws { try next().encode(value) }
    func encode(_ value: Int32) throws { try next().encode(value) }
    func encode(_ value: Int64) throws { try next().encode(value) }
    func encode(_ value: UInt) throws { try next().encode(value) }
    func encode(_ value: UInt8) throws { try next().encode(value) }
    func encode(_ value: UInt16) throws { try next().encode(value) }
    func encode(_ value: UInt32) throws { try next().encode(value) }
    func encode(_ value: UInt64) throws { try next().encode(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try next().encode(value) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        next().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
    func superEncoder() -> any Encoder { next() }
}
