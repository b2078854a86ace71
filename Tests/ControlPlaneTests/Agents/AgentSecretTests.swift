import FleetTemplates
import Foundation
import JSONValue
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

/// Keeps every line of a log.
struct LogKeeper: LogHandler {
    let lines = NIOLockedValueBox<[String]>([])
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.withLockedValue { $0.append("\(event.message) \(metadata) \(event.metadata ?? [:])") }
    }
}

@Suite struct AgentSecretTests {
    @Test(.timeLimit(.minutes(15))) func aTokenIsInItsFileAndNowhereElse() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let keeper = LogKeeper()
                let logger = Logger(label: "kept") { _ in keeper }
                var answers: [String] = []
                let made = try await play.send(.POST, "/agents", play.body())
                let id = try #require(made.agent)
                var tokens: [String] = []
                func keep() async throws {
                    tokens.append(try #require(ToolsFile(parsing: try play.tools(try await play.row(id))).settings[.authToken]))
                }
                try await keep()
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    _ = try await play.replica(gateways, logger: logger)
                        .provision(id, ProvisionOptions(rotatesToken: true), by: AgentActor(subject: "s", requestID: "r"))
                }
                try await keep()
                answers.append(made.body.text())
                for (method, path) in [("GET", "/agents/\(id.text)"), ("GET", "/agents"), ("POST", "/agents/\(id.text)/token/rotate")] {
                    answers.append(try await play.send(.init(rawValue: method), path).body.text())
                }
                try await keep()
                answers.append(try await play.send(.PATCH, "/agents/\(id.text)", ["name": "x"]).body.text())
                answers.append(try await play.send(.POST, "/agent/heartbeat", token: tokens[2]).body.text())
                answers.append(try await play.send(.POST, "/agent/heartbeat", token: tokens[0]).body.text())
                answers.append(try await play.send(.GET, "/audit?limit=100").body.text())
                answers += try await play.stage.rows("select audit_entries::text from audit_entries")
                answers += try await play.stage.rows("select agents::text from agents")
                answers += keeper.lines.withLockedValue { $0 }
                #expect(Set(tokens).count == 3 && keeper.lines.withLockedValue { !$0.isEmpty })
                for token in tokens {
                    let secret = String(token.suffix(43))
                    #expect(answers.allSatisfy { !$0.contains(secret) && !$0.contains(GatewayProcess.token) })
                }
                let hash = try #require(try await play.row(id).tokenHash)
                #expect(answers.filter { $0.contains(hash) }.count == 1, "its hash is in its row alone")
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func whoGuessesHasToWait() async throws {
        try await withAgentStage { play in
            try await play.withGateway { _ in
                let id = try #require(try await play.send(.POST, "/agents", play.body()).agent)
                let good = try #require(ToolsFile(parsing: try play.tools(try await play.row(id))).settings[.authToken])
                #expect(try await play.send(.POST, "/agent/heartbeat", token: good).status == 200)
                let other = AgentToken(agent: id, secret: [UInt8](repeating: 1, count: 32)).text
                let nobody = AgentToken(agent: UUID(), secret: [UInt8](repeating: 1, count: 32)).text
                var bodies: Set<String> = []
                for token in [other, nobody, "oca_x", String(good.dropLast()) + "~"] {
                    let answer = try await play.send(.POST, "/agent/heartbeat", token: token)
                    #expect(answer.status == 401)
                    bodies.insert(answer.body["detail"]?.stringValue ?? "")
                }
                #expect(bodies.count == 1, "nobody is told why")
                // A wrong token beside an administrator's is not passed over.
                #expect(try await play.send(.GET, "/agents", headers: [("X-Agent-Token", other)]).status == 401)
                var last = Stage.Answer(status: 0, headers: [:], body: .null)
                for _ in 0..<20 { last = try await play.send(.POST, "/agent/heartbeat", token: other) }
                #expect(last.status == 429 && last.headers.first(name: "Retry-After") != nil)
                #expect(try await play.send(.POST, "/agent/heartbeat", token: good).status == 200, "who had a good one before need not")
                #expect(try await play.send(.GET, "/agents").status == 200)
            }
        }
    }
}
