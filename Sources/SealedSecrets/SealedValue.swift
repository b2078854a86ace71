/// What is stored: version, id of the key, nonce, ciphertext and tag.
///
/// As bytes: `01`, length of the id, id, nonce (12), ciphertext, tag (16). Version and id are authenticated as well.
public struct SealedValue: Sendable, Hashable, CustomStringConvertible {
    static let version: UInt8 = 1
    static let nonceLength = 12
    static let tagLength = 16

    /// Id of the key that sealed it.
    public let keyID: String
    let nonce: [UInt8]
    let ciphertext: [UInt8]
    let tag: [UInt8]

    init(keyID: String, nonce: [UInt8], ciphertext: [UInt8], tag: [UInt8]) {
        self.keyID = keyID
        self.nonce = nonce
        self.ciphertext = ciphertext
        self.tag = tag
    }

    /// Reads stored bytes. Only their shape is checked here; ``SecretSealer/open(_:at:)`` checks the rest.
    ///
    /// - Throws: ``SealingError`` with `malformed`.
    public init(bytes: [UInt8]) throws(SealingError) {
        guard let version = bytes.first else { throw SealingError(.malformed, "A sealed value is empty.") }
        guard version == Self.version else {
            throw SealingError(.malformed, "A sealed value has version \(version); known is \(Self.version).")
        }
        guard bytes.count >= 2, bytes.count >= 2 + Int(bytes[1]) + Self.nonceLength + Self.tagLength else {
            throw SealingError(.malformed, "A sealed value is cut off: it has \(bytes.count) bytes.")
        }
        let start = 2 + Int(bytes[1])
        let id = String(decoding: bytes[2..<start], as: UTF8.self)
        guard SealingKey.isID(id) else { throw SealingError(.malformed, "A sealed value names no key.") }
        keyID = id
        nonce = Array(bytes[start..<start + Self.nonceLength])
        ciphertext = Array(bytes[(start + Self.nonceLength)..<(bytes.count - Self.tagLength)])
        tag = Array(bytes.suffix(Self.tagLength))
    }

    /// What to store.
    public var bytes: [UInt8] { Self.header(keyID) + nonce + ciphertext + tag }

    /// Names the key and the size.
    public var description: String { "SealedValue(key: \(keyID), \(ciphertext.count) bytes)" }

    static func header(_ keyID: String) -> [UInt8] { [version, UInt8(truncatingIfNeeded: keyID.utf8.count)] + Array(keyID.utf8) }
}
