import JSONValue

/// A token for Google's APIs.
struct AccessToken: Sendable, Hashable {
    var text: String
    /// How long it is good, from when it was asked for.
    var lifetime: Duration

    /// Reads the answer of the metadata server or of the token endpoint.
    ///
    /// - Throws: ``MachineError`` with `unauthorized` when it is a refusal, `unavailable` when the service is out of order.
    init(answer: HTTPExchange.Answer, from source: String) throws(MachineError) {
        let json = try? JSON(parsing: answer.bytes)
        guard answer.status == 200, let text = json?["access_token"]?.stringValue, let seconds = json?["expires_in"]?.integerValue,
            !text.isEmpty, seconds > 0
        else {
            let reason = json?["error_description"]?.stringValue ?? json?["error"]?.stringValue ?? ""
            let message = "\(source) gave no token (HTTP \(answer.status))\(reason.isEmpty ? "" : ": \(reason)")"
            let isPassing = answer.status == 429 || answer.status >= 500 || answer.status == 200
            throw MachineError(
                isPassing ? .unavailable : .unauthorized,
                message,
                isPermanent: !isPassing,
                retryAfter: isPassing ? .seconds(10) : nil
            )
        }
        self.text = text
        lifetime = .seconds(seconds)
    }

    init(text: String, lifetime: Duration) {
        self.text = text
        self.lifetime = lifetime
    }
}

/// Gives tokens.
protocol AccessTokenSource: Sendable {
    func fetch() async throws(MachineError) -> AccessToken
}

/// The metadata server of the machine this runs on.
struct MetadataTokenSource: AccessTokenSource {
    var host: String
    var exchange: HTTPExchange

    func fetch() async throws(MachineError) -> AccessToken {
        let url = "http://\(host)/computeMetadata/v1/instance/service-accounts/default/token"
        let answer = try await exchange.send("GET", url, headers: [("Metadata-Flavor", "Google")])
        return try AccessToken(answer: answer, from: "The metadata server")
    }
}
