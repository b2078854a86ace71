/// What the provider sent the browser back with (RFC 6749 section 4.1.2, RFC 9207).
public struct AuthorizationResponse: Sendable {
    /// The code, to be exchanged once.
    let code: String

    /// Reads the query string of a call of the redirect URI.
    ///
    /// - Parameters:
    ///   - query: without the question mark.
    ///   - attempt: what this browser's session remembers.
    ///   - metadata: whether responses name the issuer.
    /// - Throws: ``OpenIDError`` with `responseInvalid`, `stateMismatch`, `responseIssuerMismatch`, `authorizationDenied` or `authorizationFailed`.
    public init(query: String, attempt: LoginAttempt, metadata: ProviderMetadata) throws(OpenIDError) {
        guard query.utf8.count <= 8192, let pairs = FormEncoding.decode(query) else {
            throw OpenIDError(.responseInvalid, "This is not an answer to a login; begin anew.")
        }
        var values: [String: String] = [:]
        for pair in pairs where values.updateValue(pair.value, forKey: pair.name) != nil {
            throw OpenIDError(.responseInvalid, "The answer to the login has a parameter twice; begin anew.")
        }
        // Before anything else of the response is believed.
        guard let state = values["state"], ConstantTime.areEqual(state, attempt.state) else {
            throw OpenIDError(.stateMismatch, "This answer belongs to another login, or the login took too long; begin anew.")
        }
        guard values["iss"] == metadata.issuer || (values["iss"] == nil && !metadata.namesIssuerInResponses) else {
            throw OpenIDError(.responseIssuerMismatch, "The answer to the login comes from another provider; begin anew.")
        }
        if let error = values["error"] {
            // Only what RFC 6749 allows in a code is repeated; descriptions are for logs of the provider.
            let name = error.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F } ? String(error.prefix(40)) : "unknown"
            switch error {
            case "access_denied": throw OpenIDError(.authorizationDenied, "The login was refused.")
            default: throw OpenIDError(.authorizationFailed, "The provider could not log you in (\(name)); begin anew.")
            }
        }
        guard let code = values["code"], !code.isEmpty else {
            throw OpenIDError(.responseInvalid, "The answer to the login has no code; begin anew.")
        }
        self.code = code
    }
}
