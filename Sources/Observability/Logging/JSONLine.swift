import Logging

/// Builds one JSON object on one line.
struct JSONLine {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func add(_ key: String, string value: String) {
        begin(key)
        append(string: value)
    }

    mutating func add(_ key: String, value: Logger.Metadata.Value, redaction: LogRedaction) {
        begin(key)
        append(value, key: key, redaction: redaction)
    }

    mutating func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func begin(_ key: String) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        append(string: key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ value: Logger.Metadata.Value, key: String, redaction: LogRedaction) {
        if redaction.hides(key) {
            append(string: "<redacted>")
            return
        }
        switch value {
        case .string(let text): append(string: text)
        case .stringConvertible(let value): append(convertible: value)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, key: "", redaction: redaction)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let members):
            bytes.append(UInt8(ascii: "{"))
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                begin(key)
                append(value, key: key, redaction: redaction)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Numbers and truth values stay such, so that log stores can compare them.
    private mutating func append(convertible value: any CustomStringConvertible & Sendable) {
        switch value {
        case let value as Bool: bytes.append(contentsOf: value.description.utf8)
        case let value as any FixedWidthInteger: bytes.append(contentsOf: "\(value)".utf8)
        case let value as Double where value.isFinite: bytes.append(contentsOf: value.description.utf8)
        default: append(string: value.description)
        }
    }

    private mutating func append(string: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
