import FleetTemplates
import Foundation
import JSONValue
import OpenClawGateway
import Projection
import Testing

@testable import ControlPlane

@Suite struct SyncPlanTests {
    private static func row() -> AgentRow {
        let id = UUID()
        return AgentRow(
            id: id,
            boardID: UUID(),
            gatewayID: "g",
            namespace: "n",
            tenant: "t",
            name: "A",
            key: AgentRow.key(of: id),
            now: Date()
        )
    }

    private static func tools(_ token: String) throws -> String { try ToolsFile([.authToken: token, .agentName: "A"]).text }

    @Test func anAgentKeepsTheTokenItHas() throws {
        var row = Self.row()
        let token = AgentToken(agent: row.id, secret: [UInt8](repeating: 1, count: 32))
        let other = AgentToken(agent: row.id, secret: [UInt8](repeating: 2, count: 32))
        row.tokenHash = token.hash
        let text = try Self.tools(token.text)
        #expect(TokenDecision(written: text, row: row, rotates: false) == .keep(token))
        #expect(TokenDecision(written: text, row: row, rotates: true) == .replace)
        #expect(TokenDecision(written: nil, row: row, rotates: true) == .replace)
        // One that was written before it was noted is as good.
        row.nextTokenHash = other.hash
        #expect(TokenDecision(written: try Self.tools(other.text), row: row, rotates: false) == .keep(other))
    }

    @Test func aTokenThatIsNotTheAgentsIsNotGuessed() throws {
        var row = Self.row()
        let stale = AgentToken(agent: row.id, secret: [UInt8](repeating: 3, count: 32))
        let foreign = AgentToken(agent: UUID(), secret: [UInt8](repeating: 1, count: 32))
        row.tokenHash = AgentToken(agent: row.id, secret: [UInt8](repeating: 1, count: 32)).hash
        let unreadable: [String?] = [nil, "", "# Tools\n", "AUTH_TOKEN=x", "AUTH_TOKEN=\(stale.text)"]
        for text in unreadable {
            #expect(TokenDecision(written: text, row: row, rotates: false) == .fail(.token(isThere: false)))
        }
        for text in [stale.text, foreign.text, "x", ""] {
            #expect(TokenDecision(written: try Self.tools(text), row: row, rotates: false) == .fail(.token(isThere: true)))
        }
        for isThere in [true, false] { #expect(SyncFailure.token(isThere: isThere).message.contains("rotate_tokens=true")) }
    }

    @Test func onlyWhatDiffersIsWrittenAndNotesAreKept() {
        let texts = ["SOUL.md": "s", "USER.md": "u", "MEMORY.md": "m", "TOOLS.md": "t"]
        func names(_ present: [String: String], _ overwrites: Bool = false) -> [String] {
            FilePlan.writes(texts, over: present, overwrites: overwrites).map(\.name)
        }
        #expect(names([:]) == ["SOUL.md", "TOOLS.md", "USER.md", "MEMORY.md"])
        #expect(names(texts).isEmpty && names(texts, true).isEmpty)
        #expect(names(["SOUL.md": "other", "USER.md": "own", "MEMORY.md": "", "TOOLS.md": "t"]) == ["SOUL.md"])
        #expect(names(["SOUL.md": "s", "USER.md": "own", "MEMORY.md": "", "TOOLS.md": "t"], true) == ["USER.md", "MEMORY.md"])
        #expect(FilePlan.writes(["notes.txt": "x"], over: [:], overwrites: true).isEmpty, "a gateway keeps no other files")
    }

    @Test func oneChangeServesManyAgents() {
        let parts = ["a", "b", "c"].map { BulkPatch.Part(id: $0, workspace: "/w/\($0)", heartbeat: ["every": "30s"]) }
        let settled: JSON = ["id": "b", "workspace": "/w/b", "heartbeat": ["every": "30s"]]
        let listed = BulkPatch.merged(["agents": ["list": [["id": "a", "workspace": "/w/a"], settled]]], parts)
        #expect(
            listed == [
                "agents": [
                    "list": [["id": "a", "heartbeat": ["every": "30s"]]]
                ]
            ],
            "one that is not there was taken away: it is not brought back"
        )
        let keyed = BulkPatch.merged(["agents": ["entries": ["a": ["workspace": "/w/a"], "b": settled]]], Array(parts.prefix(2)))
        #expect(keyed == ["agents": ["entries": ["a": ["heartbeat": ["every": "30s"]]]]])
        #expect(BulkPatch.merged(["agents": ["list": [settled]]], [parts[1]]) == nil)
        #expect(BulkPatch.merged([:], []) == nil)
    }

    @Test func waitingIsBoundedAndGrows() {
        var backoff = BoundedBackoff(limit: .seconds(20))
        var elapsed = Duration.zero
        var pauses: [Duration] = []
        while let pause = backoff.pause(elapsed: elapsed, random: 0.5), pauses.count < 100 {
            pauses.append(pause)
            elapsed += pause
        }
        #expect(elapsed < .seconds(20) && pauses.count < 10 && pauses.first == .milliseconds(750))
        #expect(pauses == pauses.sorted())
        for random in [0.0, 1.0] {
            var other = BoundedBackoff(limit: .seconds(600))
            let first = other.pause(elapsed: .zero, random: random) ?? .zero
            #expect(first > .milliseconds(599) && first < .milliseconds(901), "a fifth to either side")
            for _ in 0..<100 { #expect(other.pause(elapsed: .zero, random: random) ?? .zero < .milliseconds(9601)) }
        }
    }

    @Test func onlyWhatMayPassIsTriedAgain() {
        func pause(_ error: GatewayError, _ tries: Int = 0) -> Duration? { SyncRun.pause(after: error, tries: tries) }
        func failed(_ message: String, code: String = "INVALID_REQUEST", retryAfter: Duration? = nil) -> GatewayError {
            GatewayError(.failed, message, failure: GatewayFailure(code: code, message: message, retryAfter: retryAfter))
        }
        for code in [GatewayError.Code.closed, .timeout, .unreachable, .busy] {
            #expect(pause(GatewayError(code, "x")) != nil)
            #expect(pause(GatewayError(code, "x"), 5) == nil, "not for ever")
        }
        #expect(pause(failed("rate limit exceeded", code: "UNAVAILABLE", retryAfter: .seconds(3))) == .seconds(3))
        #expect(pause(failed("rate limit exceeded", code: "UNAVAILABLE", retryAfter: .seconds(60))) == nil)
        for error in [failed("unsupported file \"x\""), failed("unknown agent id"), failed("invalid params")] {
            #expect(pause(error) == nil)
        }
        for code in [GatewayError.Code.refused, .unsupported, .tooLarge, .invalidAnswer] { #expect(pause(GatewayError(code, "x")) == nil) }
        #expect(SyncFailure(failed("unknown agent id")) == .absent)
        #expect(SyncFailure(failed("unsupported file \"x\"")).isUnsupportedFile)
        #expect(SyncFailure(GatewayError(.closed, "x")).isGatewayAway && !SyncFailure(failed("x")).isGatewayAway)
    }
}
