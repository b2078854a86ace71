/// The text form of one-dimensional arrays (PostgreSQL documentation, section 8.15.6).
enum PostgresArray {
    /// Writes an array; every element is quoted, so that no element can be taken for NULL or a delimiter.
    static func text(of elements: [String?]) -> String {
        var text = "{"
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(",") }
            guard let element else {
                text.append("NULL")
                continue
            }
            text.append("\"")
            for character in element.unicodeScalars {
                if character == "\"" || character == "\\" { text.unicodeScalars.append("\\") }
                text.unicodeScalars.append(character)
            }
            text.append("\"")
        }
        text.append("}")
        return text
    }

    /// Reads an array.
    ///
    /// - Returns: the elements, `nil` for NULL; `nil` for text that is no one-dimensional array.
    static func elements(of text: String) -> [String?]? {
        var scanner = Scanner(bytes: Array(text.utf8))
        return scanner.array()
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        mutating func array() -> [String?]? {
            // An array whose lower bound is not 1 is written "[0:2]={…}".
            if bytes.first == UInt8(ascii: "["), let equals = bytes.firstIndex(of: UInt8(ascii: "=")) { position = equals + 1 }
            guard take(UInt8(ascii: "{")) else { return nil }
            var elements: [String?] = []
            if take(UInt8(ascii: "}")) { return position == bytes.count ? elements : nil }
            while true {
                guard let element = element() else { return nil }
                elements.append(element.text)
                if take(UInt8(ascii: ",")) { continue }
                return take(UInt8(ascii: "}")) && position == bytes.count ? elements : nil
            }
        }

        mutating func element() -> (text: String?, Void)? {
            if take(UInt8(ascii: "\"")) { return quoted().map { ($0, ()) } }
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: ","), bytes[position] != UInt8(ascii: "}") {
                if bytes[position] == UInt8(ascii: "{") { return nil }
                position += 1
            }
            guard position > start else { return nil }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            return (text == "NULL" ? nil : text, ())
        }

        mutating func quoted() -> String? {
            var content: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard position < bytes.count else { return nil }
                    content.append(bytes[position])
                    position += 1
                default: content.append(byte)
                }
            }
            return nil
        }

        mutating func take(_ byte: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }
    }
}
