import Crypto

/// Digests of content, for entity tags and for telling requests apart.
public enum ContentDigest {
    /// SHA-256 of some bytes in hexadecimal.
    ///
    /// - Parameters:
    ///   - bytes: the content.
    ///   - length: how many digits to give; default all 64.
    public static func hexadecimal(of bytes: [UInt8], length: Int = 64) -> String {
        let digits = SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        return String(digits.joined().prefix(length))
    }
}
