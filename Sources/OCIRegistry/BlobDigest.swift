import Crypto

/// The SHA-256 of some content, as registries write it: `sha256:` and 64 hexadecimal digits (OCI image specification, "Digests").
public struct BlobDigest: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The 64 digits.
    public let hex: String

    /// The digest of some content.
    public init(of content: some Sequence<UInt8>) {
        hex = SHA256.hash(data: Array(content)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Reads a digest.
    ///
    /// - Throws: ``RegistryError`` `registry_digest_invalid` when the text is none, or one of another algorithm.
    public init(parsing text: String) throws(RegistryError) {
        guard text.hasPrefix("sha256:"), text.utf8.count == 71,
            text.utf8.dropFirst(7).allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { throw RegistryError(.digestInvalid, "A digest is written as sha256: and 64 hexadecimal digits in lower case.") }
        hex = String(text.dropFirst(7))
    }

    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public var description: String { "sha256:\(hex)" }
}
