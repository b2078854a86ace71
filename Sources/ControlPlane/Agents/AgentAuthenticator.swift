import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Logging
import Projection

extension Role {
    /// An agent that calls with its own token.
    static let agent: Role = "agent"
}

/// Lets agents in by their tokens, and notes that they called. Who is not let in is not told why.
struct AgentAuthenticator: Authenticator {
    private static let header = HTTPField.Name("X-Agent-Token")
    static let credential = CredentialScheme(
        name: "bearerOrAgentToken",
        json: [
            "type": "http", "scheme": "bearer",
            "description":
                "A person's or program's bearer token; or an agent's token, which may be sent as the header X-Agent-Token instead.",
        ]
    )

    let agents: AgentRepository
    /// How often an agent's call is noted.
    let touchInterval: Duration
    let logger: Logger
    let now: @Sendable () -> Date
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let guesses = GuessLimit()

    /// Makes an authenticator.
    ///
    /// - Parameters:
    ///   - agents: the agents.
    ///   - touchInterval: how often an agent's call is noted.
    ///   - logger: takes notes.
    ///   - now: the time.
    ///   - instant: the time, for limits.
    init(
        agents: AgentRepository,
        touchInterval: Duration,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of limits
    ) {
        self.agents = agents
        self.touchInterval = touchInterval
        self.logger = logger
        self.now = now
        self.instant = instant
    }

    func authenticate(_ headers: HTTPFields) async throws -> Principal? { try await authenticate(headers, from: nil) }

    func authenticate(_ headers: HTTPFields, from remoteAddress: String?) async throws -> Principal? {
        guard let text = Self.text(in: headers) else { return nil }
        let (network, instant) = (GuessLimit.network(of: remoteAddress), instant())
        let token = AgentToken(text)
        // The budget is asked for first: whoever guesses must not make the database work.
        try guesses.admit(token?.hash, from: network, now: instant)
        guard let token, let row = try await onDatabase({ try await agents.getCaller(token.agent) }), token.opens(row) else {
            // Another credential beside a wrong one does not help: whoever sends it means it.
            guesses.refused(token?.hash, from: network, now: instant)
            throw OperationError.unauthorized
        }
        guesses.accepted(token.hash, now: instant)
        do {
            try await agents.touch(row.id, interval: touchInterval.seconds, now: now())
        } catch {
            // That it called is not noted; what it called for may still be done.
            logger.notice("an agent's call was not noted", metadata: ["error": .string("\(error)")])
        }
        return Principal(subject: "agent:\(row.id.text)", roles: [.agent], method: "agent-token")
    }

    private static func text(in headers: HTTPFields) -> String? {
        if let header, let text = headers[header] { return text }
        return BearerToken.find(in: headers).flatMap { $0.hasPrefix(AgentToken.prefix) ? $0 : nil }
    }
}

extension Principal {
    /// The agent that calls; nil for anybody else.
    var agentID: UUID? {
        guard method == "agent-token", roles == [.agent], subject.hasPrefix("agent:") else { return nil }
        return UUID(uuidString: String(subject.dropFirst("agent:".count)))
    }
}
