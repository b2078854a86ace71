import JSONValue

/// What a provider says about itself (OpenID Connect Discovery 1.0 section 3).
public struct ProviderMetadata: Sendable, Hashable {
    /// The issuer identifier.
    public let issuer: String
    /// Where browsers are sent to log in.
    public let authorizationEndpoint: String
    /// Where codes are exchanged.
    public let tokenEndpoint: String
    /// Where the keys are.
    public let keysURL: String
    /// Where more about the person can be asked.
    public let userInfoEndpoint: String?
    /// Where browsers are sent to log out.
    public let endSessionEndpoint: String?
    /// How clients may authenticate at the token endpoint.
    public let tokenAuthentications: Set<String>
    /// Whether authorization responses name the issuer (RFC 9207).
    public let namesIssuerInResponses: Bool

    /// Reads and checks a discovery document.
    ///
    /// - Parameters:
    ///   - json: the document.
    ///   - configuration: the issuer must be this one to the letter; endpoints must be https unless it says otherwise.
    /// - Throws: ``OpenIDError`` with `issuerMismatch` or `metadataInvalid`.
    public init(_ json: JSON, for configuration: OpenIDConfiguration) throws(OpenIDError) {
        guard let issuer = json["issuer"]?.stringValue else {
            throw OpenIDError(.metadataInvalid, "The provider's metadata names no issuer.")
        }
        guard issuer == configuration.issuer else {
            throw OpenIDError(
                .issuerMismatch,
                "The provider calls itself \(issuer.prefix(200)), configured is \(configuration.issuer); they must agree to the letter."
            )
        }
        func endpoint(_ name: String) throws(OpenIDError) -> String? {
            guard let value = json[name], !value.isNull else { return nil }
            guard let text = value.stringValue, EndpointURL.isUsable(text, plainHTTP: configuration.allowsPlainHTTP) else {
                throw OpenIDError(.metadataInvalid, "The provider's \(name) is not an https URL.")
            }
            return text
        }
        func required(_ name: String) throws(OpenIDError) -> String {
            guard let text = try endpoint(name) else { throw OpenIDError(.metadataInvalid, "The provider's metadata names no \(name).") }
            return text
        }
        self.issuer = issuer
        authorizationEndpoint = try required("authorization_endpoint")
        tokenEndpoint = try required("token_endpoint")
        keysURL = try required("jwks_uri")
        userInfoEndpoint = try endpoint("userinfo_endpoint")
        endSessionEndpoint = try endpoint("end_session_endpoint")
        tokenAuthentications = Self.list(json, "token_endpoint_auth_methods_supported") ?? ["client_secret_basic"]
        namesIssuerInResponses = json["authorization_response_iss_parameter_supported"]?.boolValue ?? false
        if let types = Self.list(json, "response_types_supported"), !types.contains("code") {
            throw OpenIDError(.metadataInvalid, "The provider does not offer the authorization code flow.")
        }
        if let methods = Self.list(json, "code_challenge_methods_supported"), !methods.contains("S256") {
            throw OpenIDError(.metadataInvalid, "The provider does not offer PKCE with S256.")
        }
        if let algorithms = Self.list(json, "id_token_signing_alg_values_supported"),
            algorithms.isDisjoint(with: configuration.algorithms.map(\.rawValue))
        {
            throw OpenIDError(.metadataInvalid, "The provider signs with \(algorithms.sorted().joined(separator: ", ")); none is allowed.")
        }
    }

    private static func list(_ json: JSON, _ name: String) -> Set<String>? {
        json[name]?.arrayValue.map { Set($0.compactMap(\.stringValue)) }
    }
}
