import Crypto
import HTTPTypes

/// Knows one bearer token. Only its digest is kept, and digests are compared in constant time.
public struct StaticTokenAuthenticator: Authenticator {
    private let digest: SHA256.Digest
    private let principal: Principal

    /// Makes an authenticator.
    ///
    /// - Parameters:
    ///   - token: the token; refused when shorter than 32 characters, as it could be guessed.
    ///   - principal: who presents it.
    /// - Throws: ``WeakToken``.
    public init(token: String, principal: Principal) throws(WeakToken) {
        guard token.utf8.count >= 32 else { throw WeakToken() }
        digest = SHA256.hash(data: Array(token.utf8))
        self.principal = principal
    }

    public func authenticate(_ headers: HTTPFields) async throws -> Principal? {
        guard let token = BearerToken.find(in: headers) else { return nil }
        // Swift Crypto compares digests in constant time.
        return SHA256.hash(data: Array(token.utf8)) == digest ? principal : nil
    }
}

/// A static token is too short to be safe.
public struct WeakToken: Error, CustomStringConvertible {
    /// Stable code.
    public let code = "WEAK_TOKEN"

    /// Makes an error.
    public init() {}

    public var description: String { "a static token needs at least 32 characters; make one with: openssl rand -hex 32" }
}
