/// The URL that begins a login at the provider.
public enum AuthorizationRequest {
    /// The authorization URL of the code flow with PKCE S256.
    ///
    /// - Parameters:
    ///   - prompt: `login` to have the person authenticate anew, `select_account`, `none`. Default: the provider's choice.
    ///   - loginHint: an e-mail address the provider may fill in.
    public static func url(
        _ attempt: LoginAttempt,
        metadata: ProviderMetadata,
        configuration: OpenIDConfiguration,
        prompt: String? = nil,
        loginHint: String? = nil
    ) -> String {
        let scopes = configuration.scopes.contains("openid") ? configuration.scopes : ["openid"] + configuration.scopes
        var pairs = [
            ("response_type", "code"), ("client_id", configuration.clientID), ("redirect_uri", configuration.redirectURI),
            ("scope", scopes.joined(separator: " ")), ("state", attempt.state), ("nonce", attempt.nonce),
            ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
        ]
        if let prompt { pairs.append(("prompt", prompt)) }
        if let loginHint { pairs.append(("login_hint", loginHint)) }
        return append(pairs, to: metadata.authorizationEndpoint)
    }

    static func append(_ pairs: [(String, String)], to url: String) -> String {
        let separator = !url.contains("?") ? "?" : url.hasSuffix("?") || url.hasSuffix("&") ? "" : "&"
        return url + separator + FormEncoding.encode(pairs)
    }
}
