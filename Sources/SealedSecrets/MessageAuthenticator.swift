import Crypto
import Foundation
import Observability

/// Says of messages that they were made where the sealing keys are: HMAC-SHA-256 (RFC 2104) with keys that are derived from them
/// (HKDF, RFC 5869), one for each purpose.
public struct MessageAuthenticator: Sendable, CustomStringConvertible {
    /// What a code says of a message.
    public enum Verdict: Sendable, Hashable {
        /// The key made it for this message.
        case authentic
        /// It was made by another key, or for another message or purpose.
        case wrong
        /// The key that it names is not in the ring.
        case unknownKey
    }

    private let currentID: String
    private let current: SymmetricKey
    private let older: [String: SymmetricKey]

    /// An authenticator.
    ///
    /// - Parameters:
    ///   - ring: the sealing keys; the current one authenticates, all check.
    ///   - purpose: what for; a code for one purpose is wrong for every other.
    public init(keys ring: SealingKeyring, purpose: String) {
        func derived(_ key: SealingKey) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: key.material.reveal(),
                info: Data(purpose.utf8),
                outputByteCount: SealingKey.length
            )
        }
        currentID = ring.current.id
        current = derived(ring.current)
        older = Dictionary(ring.older.map { ($0.id, derived($0)) }) { first, _ in first }
    }

    /// Authenticates a message with the current key.
    public func code(for message: [UInt8]) -> AuthenticationCode {
        AuthenticationCode(keyID: currentID, bytes: Array(HMAC<SHA256>.authenticationCode(for: message, using: current)))
    }

    /// Checks a code, in constant time.
    public func check(_ code: AuthenticationCode, of message: [UInt8]) -> Verdict {
        guard let key = code.keyID == currentID ? current : older[code.keyID] else { return .unknownKey }
        return HMAC<SHA256>.isValidAuthenticationCode(code.bytes, authenticating: message, using: key) ? .authentic : .wrong
    }

    /// The ids of the keys; never the keys.
    public var description: String { "MessageAuthenticator(\(([currentID] + older.keys.sorted()).joined(separator: ", ")))" }
}

/// That a message was made where a sealing key is.
public struct AuthenticationCode: Sendable, Hashable {
    /// Id of the key.
    public var keyID: String
    /// The code, 32 bytes.
    public var bytes: [UInt8]

    /// A code as it was stored.
    public init(keyID: String, bytes: [UInt8]) {
        self.keyID = keyID
        self.bytes = bytes
    }
}
