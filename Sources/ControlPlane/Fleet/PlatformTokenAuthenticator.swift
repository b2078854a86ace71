import Crypto
import HTTPOperations
import HTTPTypes

/// Knows the token that the platform's own programs send as `X-Platform-Token`. Without a configured token nobody is let in.
struct PlatformTokenAuthenticator: Authenticator {
    private static let header = HTTPField.Name("X-Platform-Token")
    static let credential = CredentialScheme.header(
        "platformToken",
        header: "X-Platform-Token",
        description: "The token of the platform's own programs."
    )

    private let digest: SHA256.Digest?

    /// Makes an authenticator.
    ///
    /// - Parameter token: the token; nil refuses every request with 503.
    /// - Throws: ``WeakToken`` when it is shorter than 32 characters.
    init(token: String?) throws(WeakToken) {
        if let token, token.utf8.count < 32 { throw WeakToken() }
        digest = token.map { SHA256.hash(data: Array($0.utf8)) }
    }

    func authenticate(_ headers: HTTPFields) async throws -> Principal? {
        guard let digest else { throw OperationError.platformTokenNotConfigured }
        // Swift Crypto compares digests in constant time.
        guard let name = Self.header, let token = headers[name], SHA256.hash(data: Array(token.utf8)) == digest else {
            throw OperationError(.unauthorized, code: "unauthorized", message: "A valid X-Platform-Token is needed.")
        }
        return Principal(subject: "platform-token", roles: [.platformAdmin], method: "platform-token")
    }
}

extension OperationError {
    /// 503: nobody has set the platform token, so that nobody can be let in.
    static let platformTokenNotConfigured = OperationError(
        .serviceUnavailable,
        code: "platform_token_not_configured",
        message: "The provision flow is off: no platform token is configured (OPENCRANE_PLATFORM_TOKEN)."
    )
}
