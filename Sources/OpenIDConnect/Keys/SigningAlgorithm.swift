import Crypto

/// An algorithm that ID tokens may be signed with (RFC 7518, RFC 8037). Those with shared secrets and `none` are not among them, so that a
/// public key can never be taken for a secret.
public enum SigningAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// RSA, PKCS #1 v1.5, SHA-256; keys of at least 2048 bits.
    case rs256 = "RS256"
    /// ECDSA on P-256, SHA-256.
    case es256 = "ES256"
    /// Ed25519.
    case edDSA = "EdDSA"

    /// The left half of a token's hash, as `at_hash` has it (OpenID Connect Core 1.0 section 3.1.3.6).
    func halfHash(of token: String) -> String {
        let bytes = Array(token.utf8)
        return switch self {
        case .rs256, .es256: Base64URL.encode(Array(SHA256.hash(data: bytes)).prefix(16))
        case .edDSA: Base64URL.encode(Array(SHA512.hash(data: bytes)).prefix(32))
        }
    }
}
