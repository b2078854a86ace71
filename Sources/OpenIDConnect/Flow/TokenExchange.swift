import Foundation
import JSONValue
import Observability

/// The exchange of a code for tokens (RFC 6749 section 4.1.3).
enum TokenExchange {
    /// - Throws: ``OpenIDError`` with `configurationInvalid` when the provider offers no way to authenticate that is known here.
    static func request(
        code: String,
        attempt: LoginAttempt,
        metadata: ProviderMetadata,
        configuration: OpenIDConfiguration
    ) throws(OpenIDError) -> OpenIDRequest {
        var pairs = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", configuration.redirectURI),
            ("code_verifier", attempt.verifier.reveal()),
        ]
        var request = OpenIDRequest(.post, metadata.tokenEndpoint)
        if let secret = configuration.clientSecret?.reveal() {
            if metadata.tokenAuthentications.contains("client_secret_basic") {
                let credentials = "\(FormEncoding.escape(configuration.clientID)):\(FormEncoding.escape(secret))"
                request.authorization = Secret("Basic " + Data(credentials.utf8).base64EncodedString())
            } else if metadata.tokenAuthentications.contains("client_secret_post") {
                pairs += [("client_id", configuration.clientID), ("client_secret", secret)]
            } else {
                throw OpenIDError(.configurationInvalid, "The provider accepts neither client_secret_basic nor client_secret_post.")
            }
        } else {
            pairs.append(("client_id", configuration.clientID))
        }
        request.form = Secret(FormEncoding.encode(pairs))
        return request
    }

    /// The tokens of an answer.
    struct Tokens: Sendable {
        var idToken: SensitiveString
        var accessToken: SensitiveString
    }

    /// - Throws: ``OpenIDError`` with `codeRejected`, `clientRejected`, `providerUnreachable` or `tokenResponseInvalid`.
    static func read(_ answer: OpenIDAnswer) throws(OpenIDError) -> Tokens {
        let json = try? JSON(parsing: answer.body)
        guard answer.status == 200 else {
            switch (answer.status, json?["error"]?.stringValue) {
            case (_, "invalid_grant"?):
                throw OpenIDError(.codeRejected, "The provider does not accept the code; it was used or is too old. Begin anew.")
            case (_, "invalid_client"?), (_, "unauthorized_client"?), (401, _), (403, _):
                throw OpenIDError(.clientRejected, "The provider does not accept this client; compare client id, secret and redirect URI.")
            case (400..<500, _): throw OpenIDError(.codeRejected, "The provider refuses to exchange the code (status \(answer.status)).")
            default: throw OpenIDError(.providerUnreachable, "The provider's token endpoint answers with status \(answer.status).")
            }
        }
        guard let json else { throw OpenIDError(.tokenResponseInvalid, "The answer of the provider's token endpoint is not JSON.") }
        guard let idToken = json["id_token"]?.stringValue, let accessToken = json["access_token"]?.stringValue else {
            throw OpenIDError(.tokenResponseInvalid, "The answer of the provider's token endpoint lacks the ID token or the access token.")
        }
        guard json["token_type"]?.stringValue?.lowercased() == "bearer" else {
            throw OpenIDError(.tokenResponseInvalid, "The provider's access token is of a type that is not known here.")
        }
        return Tokens(idToken: Secret(idToken), accessToken: Secret(accessToken))
    }
}
