import Crypto
import Foundation
import HTTPOperations

/// The key of a program: `ock_live_<id without dashes>_<32 random bytes in base64url>`. The id says which key it may be; the rest proves it.
///
/// Its description shows the id alone, so that it can stand in a log.
struct APIKey: Sendable, Hashable, CustomStringConvertible {
    /// What every key begins with.
    static let prefix = "ock_live_"
    private static let idLength = 32
    private static let secretLength = 43

    /// The whole text, to be shown once and never kept.
    let text: String
    /// Id of the key.
    let id: UUID

    /// Reads a key.
    ///
    /// - Returns: nil when the text cannot be one; there is one way of writing each.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let prefix = Array(Self.prefix.utf8)
        guard bytes.count == prefix.count + Self.idLength + 1 + Self.secretLength, bytes.starts(with: prefix) else { return nil }
        let digits = bytes[prefix.count..<prefix.count + Self.idLength]
        guard digits.allSatisfy(Self.isHexadecimal), bytes[prefix.count + Self.idLength] == UInt8(ascii: "_"),
            bytes.suffix(Self.secretLength).allSatisfy(Self.isBase64URL), let id = Self.id(of: String(decoding: digits, as: UTF8.self))
        else { return nil }
        self.text = text
        self.id = id
    }

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - secret: 32 random bytes.
    init(id: UUID, secret: [UInt8]) {
        let digits = id.uuidString.lowercased().filter { $0 != "-" }
        let encoded = Data(secret).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        text = Self.prefix + digits + "_" + encoded
        self.id = id
    }

    /// Its SHA-256 in hexadecimal: all that is kept of it. A key is random enough that nothing slower is needed.
    var hash: String { ContentDigest.hexadecimal(of: Array(text.utf8)) }

    var description: String { "API key \(id.uuidString.lowercased())" }

    private static func id(of digits: String) -> UUID? {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text += "-" }
            text.append(digit)
        }
        return UUID(uuidString: text)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension APIKey {
    /// Whether two digests are the same, in a time that says nothing of where they differ.
    static func isSame(_ left: String, _ right: String) -> Bool {
        // Swift Crypto compares digests in constant time.
        SHA256.hash(data: Array(left.utf8)) == SHA256.hash(data: Array(right.utf8))
    }
}
