/// A strict parser of JSON text (RFC 8259) over bytes.
///
/// It refuses what the RFC refuses: trailing commas, comments, lone surrogates, control characters within strings, leading zeros. Of members
/// with the same key the last one counts, as with most parsers (RFC 8259 section 4).
public struct JSONParser {
    /// The depth of nesting beyond which a text is refused, so that hostile input cannot exhaust the stack.
    public static let maximumDepth = 256

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// The members of the objects that are not complete yet, so that each dictionary is made once, in its size.
    private var members: [(key: String, value: JSON)] = []

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Parses one value that fills all of `bytes`, white space around it aside.
    ///
    /// - Throws: ``JSONError`` naming the place of the first fault.
    static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        if parser.position < bytes.count { throw JSONError(.trailingContent, offset: parser.position) }
        return value
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, offset: position) }
        return bytes[position]
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        switch try peek() {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): try literal("true"); return .bool(true)
        case UInt8(ascii: "f"): try literal("false"); return .bool(false)
        case UInt8(ascii: "n"): try literal("null"); return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw JSONError(.unexpectedCharacter, offset: position)
        }
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard try peek() == text.utf8Start[index] else { throw JSONError(.unexpectedCharacter, offset: position) }
            position += 1
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        if depth > Self.maximumDepth { throw JSONError(.tooDeep, offset: position) }
        position += 1
        let first = members.count
        skipSpace()
        if try peek() == UInt8(ascii: "}") { position += 1; return .object([:]) }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedCharacter, offset: position) }
            let key = try string()
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw JSONError(.unexpectedCharacter, offset: position) }
            position += 1
            skipSpace()
            members.append((key, try value(depth: depth)))
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"): position += 1; return .object(takeMembers(from: first))
            default: throw JSONError(.unexpectedCharacter, offset: position)
            }
        }
    }

    private mutating func takeMembers(from first: Int) -> [String: JSON] {
        var result = [String: JSON](minimumCapacity: members.count - first)
        for member in members[first...] { result[member.key] = member.value }
        members.removeSubrange(first...)
        return result
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        if depth > Self.maximumDepth { throw JSONError(.tooDeep, offset: position) }
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") { position += 1; return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value(depth: depth))
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"): position += 1; return .array(elements)
            default: throw JSONError(.unexpectedCharacter, offset: position)
            }
        }
    }

    // MARK: Numbers

    private mutating func digits() throws(JSONError) {
        guard position < bytes.count, isDigit(bytes[position]) else { throw JSONError(.badNumber, offset: position) }
        while position < bytes.count, isDigit(bytes[position]) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private mutating func number() throws(JSONError) -> JSON {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if try peek() == UInt8(ascii: "0") { position += 1 } else { try digits() }
        var whole = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            whole = false
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            whole = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // "-0" is a number with a sign that an integer would lose.
        if whole, text != "-0", let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw JSONError(.badNumber, offset: start) }
        return .number(number)
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        var bits: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let slice = bytes[start..<position]
                // ASCII is valid as it stands, and nearly everything is ASCII.
                let text =
                    bits < 0x80 ? String(decoding: UnsafeRawBufferPointer(rebasing: slice), as: UTF8.self) : try utf8(slice, at: start)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw JSONError(.badString, offset: position)
            default:
                bits |= byte
                position += 1
            }
        }
        throw JSONError(.unexpectedEnd, offset: position)
    }

    private func utf8(_ slice: some Sequence<UInt8>, at offset: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw JSONError(.badEncoding, offset: offset) }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var buffer = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try utf8(buffer, at: start)
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &buffer)
            case 0..<0x20: throw JSONError(.badString, offset: position)
            default:
                buffer.append(byte)
                position += 1
            }
        }
        throw JSONError(.unexpectedEnd, offset: position)
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): buffer.append(contentsOf: String(Character(try scalar())).utf8)
        default: throw JSONError(.badString, offset: position - 1)
        }
    }

    /// The scalar of a `\u` escape, joining a surrogate pair (RFC 8259 section 7).
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let offset = position
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, try peek() == UInt8(ascii: "\\") else { throw JSONError(.badString, offset: offset) }
        position += 1
        guard try peek() == UInt8(ascii: "u") else { throw JSONError(.badString, offset: position) }
        position += 1
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw JSONError(.badString, offset: offset) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        var result: UInt16 = 0
        for _ in 0..<4 {
            let byte = try peek()
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw JSONError(.badString, offset: position)
            }
            result = result << 4 | UInt16(digit)
            position += 1
        }
        return result
    }
}

extension JSON {
    /// Parses the JSON text in a buffer.
    ///
    /// - Throws: ``JSONError`` naming the place of the first fault.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        self = try JSONParser.parse(bytes)
    }

    /// Parses JSON text given as bytes.
    ///
    /// - Throws: ``JSONError`` naming the place of the first fault.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        let parse = { (buffer: UnsafeRawBufferPointer) -> Result<JSON, JSONError> in
            Result { () throws(JSONError) in try JSONParser.parse(buffer) }
        }
        let contiguous = bytes.withContiguousStorageIfAvailable { parse(UnsafeRawBufferPointer($0)) }
        self = try (contiguous ?? Array(bytes).withUnsafeBytes(parse)).get()
    }

    /// Parses JSON text.
    ///
    /// - Throws: ``JSONError`` naming the place of the first fault.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }
}
