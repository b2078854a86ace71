/// Writes JSON values as text, keys sorted by their UTF-8 bytes.
struct JSONSerializer {
    private(set) var bytes: [UInt8] = []
    let pretty: Bool
    /// Whether what JSON allows as it is and YAML does not, or folds into a blank, is escaped too (YAML 1.1 sections 5.1 and 5.4).
    let forYAML: Bool

    init(pretty: Bool, forYAML: Bool) {
        (self.pretty, self.forYAML) = (pretty, forYAML)
        bytes.reserveCapacity(256)
    }

    mutating func write(_ value: JSON, indent: Int = 0) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .number(let value): append(Self.text(of: value))
        case .string(let value): write(string: value)
        case .array(let elements): write(array: elements, indent: indent)
        case .object(let members): write(object: members, indent: indent)
        }
    }

    /// JSON has no infinities and no NaN: they become `null`, as in JavaScript.
    private static func text(of number: Double) -> String {
        guard number.isFinite else { return "null" }
        let text = "\(number)"
        // Swift writes 1e+20 where Go and JavaScript accept it as well; "5.0" stays, so that a number is read back as a number.
        return text
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func newLine(_ indent: Int) {
        guard pretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indent * 2))
    }

    private mutating func write(array: [JSON], indent: Int) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in array.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine(indent + 1)
            write(element, indent: indent + 1)
        }
        if !array.isEmpty { newLine(indent) }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(object: [String: JSON], indent: Int) {
        bytes.append(UInt8(ascii: "{"))
        var first = true
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            if !first { bytes.append(UInt8(ascii: ",")) }
            first = false
            newLine(indent + 1)
            write(string: key)
            bytes.append(UInt8(ascii: ":"))
            if pretty { bytes.append(0x20) }
            write(value, indent: indent + 1)
        }
        if !first { newLine(indent) }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(string: String) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
        string.withUTF8 { text in
            var index = 0
            while index < text.count {
                let byte = text[index]
                switch byte {
                case UInt8(ascii: "\""): append("\\\"")
                case UInt8(ascii: "\\"): append("\\\\")
                case 0x0A: append("\\n")
                case 0x0D: append("\\r")
                case 0x09: append("\\t")
                case 0..<0x20: escape(UInt16(byte))
                case 0x7F where forYAML: escape(UInt16(byte))
                case 0xC2 where forYAML, 0xE2 where forYAML, 0xEF where forYAML:
                    let length = byte == 0xC2 ? 2 : 3
                    let unit = Self.unit(text[index..<(index + length)])
                    if Self.isRefusedByYAML(unit) { escape(unit) } else { bytes.append(contentsOf: text[index..<(index + length)]) }
                    index += length - 1
                default: bytes.append(byte)
                }
                index += 1
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The code point of two or three bytes of UTF-8.
    private static func unit(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16 {
        let first = UInt16(bytes[bytes.startIndex]) & (bytes.count == 2 ? 0x1F : 0x0F)
        return bytes.dropFirst().reduce(first) { $0 << 6 | UInt16($1 & 0x3F) }
    }

    /// Whether a code point is a control character, a line break of its own, a byte order mark or no character.
    private static func isRefusedByYAML(_ unit: UInt16) -> Bool {
        switch unit {
        case 0x80...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}

extension JSON {
    /// The canonical JSON text as bytes: keys sorted, no white space unless `pretty`.
    ///
    /// - Parameters:
    ///   - pretty: indent by two spaces, one member a line.
    ///   - forYAML: escape also what readers of YAML do not take as it is; default `false`, so that the text, and digests of it, are those that
    ///     other writers of canonical JSON make.
    public func serialized(pretty: Bool = false, forYAML: Bool = false) -> [UInt8] {
        var serializer = JSONSerializer(pretty: pretty, forYAML: forYAML)
        serializer.write(self)
        return serializer.bytes
    }

    /// The canonical JSON text: keys sorted, no white space unless `pretty`.
    public func text(pretty: Bool = false) -> String {
        String(decoding: serialized(pretty: pretty), as: UTF8.self)
    }
}
