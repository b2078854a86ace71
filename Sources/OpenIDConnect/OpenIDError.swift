/// Why a login or a call of the provider failed.
///
/// Messages never contain tokens, codes or secrets.
public struct OpenIDError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is: stable, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// The configuration of this client cannot work.
        case configurationInvalid = "OIDC_CONFIGURATION_INVALID"
        /// The provider gave no answer, or one that says it is out of order.
        case providerUnreachable = "OIDC_PROVIDER_UNREACHABLE"
        /// The provider did not answer in time.
        case providerTimedOut = "OIDC_PROVIDER_TIMED_OUT"
        /// An answer of the provider is larger than allowed.
        case answerTooLarge = "OIDC_PROVIDER_ANSWER_TOO_LARGE"
        /// The provider's metadata lacks something, or names endpoints that may not be used.
        case metadataInvalid = "OIDC_METADATA_INVALID"
        /// The provider's metadata names another issuer.
        case issuerMismatch = "OIDC_ISSUER_MISMATCH"
        /// The answer to a login names another issuer: a mix-up (RFC 9207), or somebody changed it.
        case responseIssuerMismatch = "OIDC_RESPONSE_ISSUER_MISMATCH"
        /// The provider publishes no key that can be used.
        case keysInvalid = "OIDC_KEYS_INVALID"
        /// The person or the provider said no.
        case authorizationDenied = "OIDC_AUTHORIZATION_DENIED"
        /// The provider answered the authorization request with another error.
        case authorizationFailed = "OIDC_AUTHORIZATION_FAILED"
        /// The call of the redirect URI is not an authorization response.
        case responseInvalid = "OIDC_RESPONSE_INVALID"
        /// The response belongs to another login.
        case stateMismatch = "OIDC_STATE_MISMATCH"
        /// The provider does not accept the code; it was used, or is too old.
        case codeRejected = "OIDC_CODE_REJECTED"
        /// The provider does not accept this client.
        case clientRejected = "OIDC_CLIENT_REJECTED"
        /// The answer to the code lacks something.
        case tokenResponseInvalid = "OIDC_TOKEN_RESPONSE_INVALID"
        /// The ID token is no signed token.
        case tokenMalformed = "OIDC_TOKEN_MALFORMED"
        /// The ID token is signed with an algorithm that is not on the list.
        case tokenAlgorithm = "OIDC_TOKEN_ALGORITHM"
        /// The ID token is signed by a key that the provider does not publish.
        case tokenUnknownKey = "OIDC_TOKEN_UNKNOWN_KEY"
        /// The signature of the ID token is wrong.
        case tokenSignature = "OIDC_TOKEN_SIGNATURE"
        /// The ID token is of another issuer.
        case tokenIssuer = "OIDC_TOKEN_ISSUER"
        /// The ID token is meant for another client.
        case tokenAudience = "OIDC_TOKEN_AUDIENCE"
        /// The ID token was asked for by another client.
        case tokenAuthorizedParty = "OIDC_TOKEN_AUTHORIZED_PARTY"
        /// The ID token is no longer valid.
        case tokenExpired = "OIDC_TOKEN_EXPIRED"
        /// The ID token is not valid yet.
        case tokenNotYetValid = "OIDC_TOKEN_NOT_YET_VALID"
        /// The ID token belongs to another login.
        case tokenNonce = "OIDC_TOKEN_NONCE"
        /// The ID token belongs to another access token.
        case tokenAccessHash = "OIDC_TOKEN_ACCESS_HASH"
        /// A claim of the ID token or of the user information is missing or of the wrong kind.
        case tokenClaims = "OIDC_TOKEN_CLAIMS"
        /// The person has no e-mail address and needs one.
        case emailMissing = "OIDC_EMAIL_MISSING"
        /// The provider does not vouch for the person's e-mail address.
        case emailNotVerified = "OIDC_EMAIL_NOT_VERIFIED"
        /// The person is on none of the lists of those who may come in.
        case notAdmitted = "OIDC_NOT_ADMITTED"
    }

    /// Whose fault it is, as far as it decides the answer to the browser.
    public enum Category: Sendable, Hashable {
        /// Wrong set-up here or at the provider.
        case setup
        /// The provider is out of reach or out of order: try again later.
        case provider
        /// The browser's request is not part of a login that this service began: begin anew.
        case request
        /// The provider's proof of identity does not hold.
        case token
        /// The person is known and may not come in.
        case person
    }

    /// What kind of trouble it is.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String
    /// The error below this one; for logs, not for browsers.
    public var cause: (any Error)?

    /// An error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whose fault it is.
    public var category: Category {
        switch code {
        case .configurationInvalid, .metadataInvalid, .issuerMismatch, .keysInvalid, .clientRejected: .setup
        case .providerUnreachable, .providerTimedOut, .answerTooLarge, .tokenResponseInvalid: .provider
        case .authorizationFailed, .responseInvalid, .responseIssuerMismatch, .stateMismatch, .codeRejected: .request
        case .tokenMalformed, .tokenAlgorithm, .tokenUnknownKey, .tokenSignature, .tokenIssuer, .tokenAudience, .tokenAuthorizedParty,
            .tokenExpired, .tokenNotYetValid, .tokenNonce, .tokenAccessHash, .tokenClaims:
            .token
        case .authorizationDenied, .emailMissing, .emailNotVerified, .notAdmitted: .person
        }
    }

    /// Code and sentence.
    public var description: String { "\(code.rawValue): \(message)" }
}
