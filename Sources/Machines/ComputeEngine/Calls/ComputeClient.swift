import JSONValue
import KubernetesClient

/// Sends calls to Compute Engine: addresses, tokens, time limits. Decides nothing.
actor ComputeClient {
    private let configuration: ComputeEngineConfiguration
    private let exchange: HTTPExchange
    private let tokens: TokenCache
    private var knownProject: String?

    init(configuration: ComputeEngineConfiguration, time: TimeSource) {
        self.configuration = configuration
        exchange = HTTPExchange(limit: configuration.callTimeout, time: time)
        let source: any AccessTokenSource =
            switch configuration.credentials {
            case .metadataServer(let host): MetadataTokenSource(host: host, exchange: exchange)
            case .serviceAccountKey(let key): ServiceAccountTokenSource(key: key, exchange: exchange, time: time)
            }
        tokens = TokenCache(source: source, time: time)
        knownProject = configuration.project
    }

    /// What came of a call.
    enum Outcome: Sendable {
        case answered(JSON)
        case refused(ComputeFault)
    }

    /// The project: the configured one, that of the key, or that of the machine this runs on.
    func project() async throws(MachineError) -> String {
        if let knownProject { return knownProject }
        switch configuration.credentials {
        case .serviceAccountKey(let key): knownProject = key.projectID
        case .metadataServer(let host):
            let answer = try await exchange.send(
                "GET",
                "http://\(host)/computeMetadata/v1/project/project-id",
                headers: [("Metadata-Flavor", "Google")]
            )
            let text = String(decoding: answer.bytes, as: UTF8.self)
            guard answer.status == 200, !text.isEmpty else {
                throw MachineError(.badAnswer, "The metadata server does not name the project (HTTP \(answer.status)); configure one")
            }
            knownProject = text
        }
        guard let knownProject else { throw MachineError(.invalidRequest, "No project is configured", isPermanent: true) }
        return knownProject
    }

    /// Makes a call. A refused token is replaced once.
    func send(_ call: ComputeCall) async throws(MachineError) -> Outcome {
        let url = "\(configuration.endpoint)/compute/v1/projects/\(try await project())/\(call.target)"
        let first = try await tokens.token()
        var answer = try await attempt(call, url, first)
        if answer.status == 401 {
            await tokens.drop(first)
            answer = try await attempt(call, url, try await tokens.token())
        }
        let json = try? JSON(parsing: answer.bytes)
        guard (200..<300).contains(answer.status) else {
            return .refused(ComputeFault(status: answer.status, body: json, retryAfter: answer.retryAfter))
        }
        guard let json else {
            throw MachineError(.badAnswer, "Compute Engine answered \(call.verb.rawValue) with something that is no JSON")
        }
        return .answered(json)
    }

    private func attempt(_ call: ComputeCall, _ url: String, _ token: String) async throws(MachineError) -> HTTPExchange.Answer {
        var headers = [("Authorization", "Bearer \(token)"), ("Accept", "application/json")]
        if call.body != nil { headers.append(("Content-Type", "application/json")) }
        // A POST without a body says so, else Google's front end refuses it (HTTP 411).
        let body = call.body?.serialized() ?? (call.method == "POST" ? [] : nil)
        return try await exchange.send(call.method, url, headers: headers, body: body)
    }
}
