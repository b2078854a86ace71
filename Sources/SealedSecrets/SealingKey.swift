import Crypto
import Foundation
import Observability

/// A key of 256 bits with the name that sealed values carry.
public struct SealingKey: Sendable, CustomStringConvertible {
    /// Length of the key material in bytes.
    public static let length = 32
    /// The longest id, in characters.
    public static let longestID = 32

    /// Name of the key: 1 to 32 of `a`–`z`, `0`–`9`, `-`, `_` and `.`. It is stored in clear beside what the key sealed.
    public let id: String
    let material: Secret<SymmetricKey>

    /// A key.
    ///
    /// - Parameters:
    ///   - id: its name; never give two keys the same one.
    ///   - material: 32 random bytes.
    /// - Throws: ``SealingError`` with `invalidKey`.
    public init(id: String, material: Secret<[UInt8]>) throws(SealingError) {
        guard Self.isID(id) else {
            throw SealingError(
                .invalidKey,
                "A key id is 1 to \(Self.longestID) of a-z, 0-9, '-', '_' and '.'; one of the keys has another."
            )
        }
        let bytes = material.reveal()
        guard bytes.count == Self.length else {
            throw SealingError(
                .invalidKey,
                "The key '\(id)' has \(bytes.count) bytes; \(Self.length) are needed (openssl rand -base64 32)."
            )
        }
        guard bytes.contains(where: { $0 != bytes[0] }) else {
            throw SealingError(.invalidKey, "The key '\(id)' is one byte repeated; make one with openssl rand -base64 32.")
        }
        self.id = id
        self.material = Secret(SymmetricKey(data: bytes))
    }

    /// A key from its base64 text, with or without padding.
    ///
    /// - Throws: ``SealingError`` with `invalidKey`.
    public init(id: String, base64 text: SensitiveString) throws(SealingError) {
        let trimmed = text.reveal().trimmingCharacters(in: .whitespacesAndNewlines)
        let bare = trimmed.prefix { $0 != "=" }
        guard let data = Data(base64Encoded: bare + String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)) else {
            throw SealingError(.invalidKey, "The key '\(id)' is not base64.")
        }
        try self.init(id: id, material: Secret(Array(data)))
    }

    /// The id; never the key.
    public var description: String { "SealingKey(\(id))" }

    static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= longestID
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
                default: false
                }
            }
    }
}
