import Observability

/// The URL that ends the session at the provider (OpenID Connect RP-Initiated Logout 1.0).
public enum EndSessionRequest {
    /// The end-session URL.
    ///
    /// - Parameters:
    ///   - idToken: of the login; without it the provider may ask the person.
    ///   - returnURI: where the provider sends the browser afterwards, as registered with it.
    ///   - state: comes back with the browser.
    /// - Returns: `nil` when the provider offers none.
    public static func url(
        metadata: ProviderMetadata,
        configuration: OpenIDConfiguration,
        idToken: SensitiveString? = nil,
        returnURI: String? = nil,
        state: String? = nil
    ) -> String? {
        guard let endpoint = metadata.endSessionEndpoint else { return nil }
        var pairs = [("client_id", configuration.clientID)]
        if let idToken { pairs.append(("id_token_hint", idToken.reveal())) }
        if let returnURI { pairs.append(("post_logout_redirect_uri", returnURI)) }
        if let state, returnURI != nil { pairs.append(("state", state)) }
        return AuthorizationRequest.append(pairs, to: endpoint)
    }
}
