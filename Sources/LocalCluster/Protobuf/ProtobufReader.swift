/// Reads the wire format of Protocol Buffers: one field after the other.
struct ProtobufReader: Sendable {
    /// The bytes are no message.
    struct Malformed: Error {}

    enum Value: Sendable {
        case integer(UInt64)
        case bits64(UInt64)
        case bits32(UInt32)
        case data(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next field's number and value; nil at the end.
    mutating func next() throws(Malformed) -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard let number = Int(exactly: tag >> 3), number > 0 else { throw Malformed() }
        switch tag & 7 {
        case 0: return (number, .integer(try varint()))
        case 1: return (number, .bits64(try fixed(8)))
        case 5: return (number, .bits32(UInt32(truncatingIfNeeded: try fixed(4))))
        case 2:
            guard let count = Int(exactly: try varint()), count <= rest.count else { throw Malformed() }
            let data = rest.prefix(count)
            rest = rest.dropFirst(count)
            return (number, .data(data))
        default: throw Malformed()
        }
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw Malformed() }
            result |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte & 0x80 == 0 { return result }
        }
        throw Malformed()
    }

    private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
        guard rest.count >= count else { throw Malformed() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
