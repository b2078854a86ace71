import Crypto
import Observability

/// What one login must remember between leaving for the provider and coming back (RFC 7636, OpenID Connect Core 1.0 section 3.1.2.1).
///
/// Keep it where only this browser's session reaches it, for minutes, and use it once.
public struct LoginAttempt: Sendable, Hashable {
    /// How much randomness state, nonce and verifier have, in bytes.
    public static let entropy = 32

    /// Ties the response to the browser.
    public let state: String
    /// Ties the ID token to the login.
    public let nonce: String
    /// Proves at the token endpoint that this client began the login: 43 characters.
    public let verifier: SensitiveString
    /// Where the browser goes afterwards; always a path of this service.
    public let returnPath: String

    /// An attempt as it was stored.
    ///
    /// - Parameter returnPath: checked again by ``ReturnPath``.
    public init(state: String, nonce: String, verifier: SensitiveString, returnPath: String) {
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.returnPath = ReturnPath.checked(returnPath)
    }

    /// A new attempt.
    ///
    /// - Parameters:
    ///   - returnPath: what the caller asked for; `/` when it would lead elsewhere.
    ///   - generator: of secure random numbers, such as `SystemRandomNumberGenerator`.
    public init(returnPath: String?, using generator: inout some RandomNumberGenerator) {
        func text() -> String {
            Base64URL.encode((0..<Self.entropy).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        }
        self.init(state: text(), nonce: text(), verifier: Secret(text()), returnPath: ReturnPath.checked(returnPath))
    }

    /// The challenge that goes to the provider: SHA-256 of the verifier.
    public var challenge: String { Base64URL.encode(Array(SHA256.hash(data: Array(verifier.reveal().utf8)))) }
}
