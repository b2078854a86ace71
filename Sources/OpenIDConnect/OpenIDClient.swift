import Foundation
import JSONValue
import Observability

/// Logs people in through a provider: OpenID Connect's authorization code flow with PKCE.
///
/// It keeps nothing about a login. Make a ``LoginAttempt``, store it with the browser's session, send the browser to
/// ``authorizationURL(for:prompt:loginHint:)``, and hand what comes back to ``completeLogin(query:attempt:now:)`` with the stored attempt.
public struct OpenIDClient: Sendable {
    /// What it was set up with.
    public let configuration: OpenIDConfiguration
    /// The provider.
    public let provider: OpenIDProvider
    private let transport: any OpenIDTransport
    private let limits: OpenIDLimits

    /// A client; nothing is fetched yet.
    ///
    /// - Parameters:
    ///   - transport: carries calls of the provider. Default: HTTP/1.1 with the system's trust roots.
    ///   - limits: of each call.
    ///   - monotonic: time since any fixed moment, for the age of documents. Default: the system's continuous clock.
    /// - Throws: ``OpenIDError`` with `configurationInvalid`.
    public init(
        configuration: OpenIDConfiguration,
        transport: any OpenIDTransport = HTTPOpenIDTransport(),
        limits: OpenIDLimits = OpenIDLimits(),
        monotonic: @escaping @Sendable () -> Duration = monotonicTime
    ) throws(OpenIDError) {
        try configuration.check()
        self.configuration = configuration
        self.transport = transport
        self.limits = limits
        provider = OpenIDProvider(configuration: configuration, transport: transport, limits: limits, now: monotonic)
    }

    /// Where to send the browser.
    ///
    /// - Throws: ``OpenIDError`` when the provider's metadata cannot be had.
    public func authorizationURL(for attempt: LoginAttempt, prompt: String? = nil, loginHint: String? = nil) async throws(OpenIDError)
        -> String
    {
        let metadata = try await provider.metadata()
        return AuthorizationRequest.url(attempt, metadata: metadata, configuration: configuration, prompt: prompt, loginHint: loginHint)
    }

    /// A login that is complete.
    public struct Login: Sendable {
        /// Who logged in.
        public var identity: OpenIDIdentity
        /// The ID token, for ending the provider's session.
        public var idToken: SensitiveString
        /// Where the browser goes.
        public var returnPath: String
    }

    /// Checks what the browser came back with, exchanges the code, checks the ID token, and decides whether the person may come in.
    ///
    /// - Parameters:
    ///   - query: of the call of the redirect URI, without the question mark.
    ///   - attempt: what the browser's session remembers; forget it first, so that it is used once.
    ///   - now: the wall clock.
    /// - Throws: ``OpenIDError``.
    public func completeLogin(query: String, attempt: LoginAttempt, now: Date) async throws(OpenIDError) -> Login {
        let metadata = try await provider.metadata()
        let response = try AuthorizationResponse(query: query, attempt: attempt, metadata: metadata)
        let request = try TokenExchange.request(code: response.code, attempt: attempt, metadata: metadata, configuration: configuration)
        let tokens = try TokenExchange.read(await transport.send(request, limits: limits))
        var claims = try await verifiedClaims(of: tokens.idToken, nonce: attempt.nonce, accessToken: tokens.accessToken, now: now)
        if configuration.asksForUserInfo, configuration.claims.lacksSomething(claims), let endpoint = metadata.userInfoEndpoint {
            try await addUserInfo(from: endpoint, accessToken: tokens.accessToken, to: &claims)
        }
        let identity = try OpenIDIdentity(claims: claims, mapping: configuration.claims)
        try configuration.admission.check(identity)
        return Login(identity: identity, idToken: tokens.idToken, returnPath: attempt.returnPath)
    }

    /// Checks an ID token and returns who it speaks of, without asking whether the person may come in.
    ///
    /// - Parameters:
    ///   - nonce: that the token must bear; `nil` for none.
    ///   - now: the wall clock.
    /// - Throws: ``OpenIDError``.
    public func identity(of idToken: SensitiveString, nonce: String? = nil, now: Date) async throws(OpenIDError) -> OpenIDIdentity {
        let claims = try await verifiedClaims(of: idToken, nonce: nonce, accessToken: nil, now: now)
        return try OpenIDIdentity(claims: claims, mapping: configuration.claims)
    }

    /// Where to send the browser to end the provider's session; `nil` when the provider offers nothing for it.
    ///
    /// - Throws: ``OpenIDError`` when the provider's metadata cannot be had.
    public func endSessionURL(
        idToken: SensitiveString? = nil,
        returnURI: String? = nil,
        state: String? = nil
    ) async throws(OpenIDError) -> String? {
        let metadata = try await provider.metadata()
        return EndSessionRequest.url(metadata: metadata, configuration: configuration, idToken: idToken, returnURI: returnURI, state: state)
    }

    private func verifiedClaims(
        of idToken: SensitiveString,
        nonce: String?,
        accessToken: SensitiveString?,
        now: Date
    ) async throws(OpenIDError) -> JSON {
        let token = try SignedToken(idToken.reveal())
        let rules = IDTokenRules(configuration)
        let algorithm = try rules.algorithm(of: token)
        guard try await provider.verifies(token, algorithm) else {
            throw OpenIDError(.tokenSignature, "The signature of the ID token is wrong.")
        }
        try rules.check(token.claims, algorithm: algorithm, nonce: nonce, accessToken: accessToken?.reveal(), now: now)
        return token.claims
    }

    /// Adds what the ID token lacks; what it says itself counts.
    private func addUserInfo(from endpoint: String, accessToken: SensitiveString, to claims: inout JSON) async throws(OpenIDError) {
        let request = OpenIDRequest(.get, endpoint, authorization: Secret("Bearer " + accessToken.reveal()))
        let answer = try await transport.send(request, limits: limits)
        guard answer.status == 200 else {
            throw OpenIDError(.providerUnreachable, "The provider's user information endpoint answers with status \(answer.status).")
        }
        guard let answered = try? JSON(parsing: answer.body), let members = answered.objectValue else {
            throw OpenIDError(.tokenResponseInvalid, "The provider's user information is not a JSON object.")
        }
        guard members["sub"] == claims["sub"] else {
            throw OpenIDError(.tokenClaims, "The provider's user information is about another person.")
        }
        // An address and the word about it belong together: both of the ID token, or both of here.
        let mapping = configuration.claims
        let known = mapping.email.value(in: claims)
        let isSameAddress = known != nil && known == mapping.email.value(in: answered)
        if known == nil { claims[mapping.emailVerified.description] = nil }
        for (name, value) in members where claims[name] == nil {
            if name == mapping.emailVerified.description, known != nil, !isSameAddress { continue }
            claims[name] = value
        }
    }
}
