import FleetTemplates
import Foundation
import JSONValue
import Logging
import NIOHTTP1
import OpenClawGateway
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct AgentCrashTests {
    /// Runs an agent's provisioning over a transport until it is done, or until the transport is cut and the process with it.
    private static func run(_ play: AgentStage, _ id: UUID, _ gateway: GatewayProcess, _ transport: CuttingTransport) async throws {
        try await withTenantGateways(transport: transport, locate: { _ in gateway.access }) { gateways in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await play.replica(gateways).provision(id, by: nil) }
                group.addTask { for await _ in transport.isCut {} }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// What every run has to end in.
    private static func check(_ play: AgentStage, _ id: UUID, _ note: Comment) async throws {
        let row = try await play.row(id)
        #expect(row.status == .ready, note)
        #expect(row.lastProvisionError == nil, note)
        #expect(row.leaseHolder == nil, note)
        let tools = ToolsFile(parsing: try play.tools(row)).settings
        let token = try #require(tools[.authToken].flatMap { AgentToken($0) }, note)
        #expect(row.tokenHash == token.hash && row.nextTokenHash == nil, note)
        #expect(tools[.agentName] == row.name, note)
        let config = try JSON(parsing: Data(contentsOf: play.directory.appending(path: "openclaw.json")))
        let entries = (config[at: ["agents", "list"]]?.arrayValue ?? []).filter { $0["id"] == .string(row.key) }
        #expect(entries.count == 1, note)
        #expect(entries.first?["heartbeat"] == ["every": "30s", "target": "last"], note)
        for name in ["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md", "MEMORY.md"] {
            #expect(FileManager.default.fileExists(atPath: (row.workspacePath ?? "") + "/\(name)"), note)
        }
    }

    @Test(.timeLimit(.minutes(15))) func aCrashAtAnyCallLeavesWhatTheNextRunMends() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let whole = CuttingTransport()
                let first = try await play.record("whole")
                try await Self.run(play, first.id, gateway, whole)
                try await Self.check(play, first.id, "whole")
                let calls = whole.calls.compactMap { $0["method"]?.stringValue }
                #expect(
                    Set(calls).isSuperset(of: [
                        "config.get", "agents.create", "agents.update", "config.patch", "agents.files.set", "sessions.patch", "chat.send",
                    ])
                )
                #expect((12...40).contains(calls.count))
                for cut in CuttingTransport.Cut.allCases {
                    for number in 0..<calls.count {
                        let note: Comment = "\(cut) call \(number), \(calls[number])"
                        let row = try await play.record("agent \(cut) \(number)")
                        try await Self.run(play, row.id, gateway, CuttingTransport(calls: number, cut: cut))
                        #expect(try await play.row(row.id).status == .provisioning, note)
                        // Another replica takes it up, when it is due or its lease is over.
                        try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                            try await AgentReconciler(provisioner: play.replica(gateways, ahead: 200)).sweep()
                        }
                        try await Self.check(play, row.id, note)
                    }
                }
                #expect(try play.gatewayAgents().count == 2 * calls.count + 1)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func bothTokensAreGoodUntilTheNewOneIsThere() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let made = try await play.send(.POST, "/agents", play.body())
                let id = try #require(made.agent)
                @Sendable func token() async throws -> String {
                    try #require(ToolsFile(parsing: try play.tools(try await play.row(id))).settings[.authToken])
                }
                func beats(_ token: String) async throws -> Bool {
                    try await play.send(.POST, "/agent/heartbeat", token: token).status == 200
                }
                let old = try await token()
                let rotated = try await play.send(.POST, "/agents/\(id.text)/token/rotate")
                #expect(rotated.status == 200 && !rotated.body.text().contains("oca_"), "\(rotated.body.text())")
                let second = try await token()
                #expect(old != second)
                #expect(try await [beats(second), beats(old)] == [true, false])

                // The process ends when the new token was written and nobody knows.
                let transport = CuttingTransport()
                try await withTenantGateways(transport: transport, locate: { _ in gateway.access }) { gateways in
                    _ = try await play.replica(gateways).provision(id, ProvisionOptions(rotatesToken: true), by: nil)
                }
                let writes = transport.calls.enumerated().filter { $0.element[at: ["params", "name"]] == "TOOLS.md" }
                #expect(writes.map { $0.element["method"] } == ["agents.files.get", "agents.files.set", "agents.files.get"])
                let third = try await token()
                #expect(third != second)
                #expect(try await [beats(third), beats(second)] == [true, false])
                for (cut, isWritten) in [(CuttingTransport.Cut.before, false), (.after, true)] {
                    let before = try await token()
                    let cutting = CuttingTransport(calls: writes[1].offset, cut: cut)
                    try await withTenantGateways(transport: cutting, locate: { _ in gateway.access }) { gateways in
                        await withTaskGroup(of: Void.self) { group in
                            let rotation = ProvisionOptions(rotatesToken: true)
                            group.addTask { _ = try? await play.replica(gateways).provision(id, rotation, by: nil) }
                            group.addTask { for await _ in cutting.isCut {} }
                            await group.next()
                            group.cancelAll()
                        }
                    }
                    #expect(try await beats(before), "the old token is good: nobody knows yet that it was replaced")
                    if isWritten {
                        try await eventually("the file is written") { try await token() != before }
                        #expect(try await beats(try await token()), "the new one is too")
                    }
                    let row = try await play.row(id)
                    #expect(row.status == .updating && row.nextTokenHash != nil)
                    try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                        try await AgentReconciler(provisioner: play.replica(gateways, ahead: 200)).sweep()
                    }
                    let after = try await token()
                    #expect(after != before)
                    #expect(try await [beats(after), beats(before)] == [true, false])
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func replicasShareTheWork() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let rows = try await withThrowingTaskGroup(of: AgentRow.self) { group in
                    for number in 0..<8 { group.addTask { try await play.record("agent \(number)") } }
                    return try await group.reduce(into: [AgentRow]()) { $0.append($1) }
                }
                let transports = [CuttingTransport(), CuttingTransport(), CuttingTransport()]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for transport in transports {
                        group.addTask {
                            try await withTenantGateways(transport: transport, locate: { _ in gateway.access }) { gateways in
                                let reconciler = AgentReconciler(provisioner: play.replica(gateways))
                                while try await reconciler.sweep() > 0 {}
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let made = transports.flatMap(\.calls).filter { $0["method"] == "agents.create" }
                    .compactMap { $0[at: ["params", "name"]]?.stringValue }
                #expect(made.sorted() == rows.map(\.key).sorted(), "each was made once, by one of them")
                #expect(try play.gatewayAgents().sorted() == rows.map(\.key).sorted())
                for row in rows { #expect(try await play.row(row.id).status == .ready) }
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func whoeverComesSecondWaitsOrIsToldSo() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let row = try await play.record("busy")
                let now = Date()
                _ = try await play.agents.update(row.id, now: now) { row in
                    row.take(UUID(), until: now.addingTimeInterval(60))
                    return []
                }
                let busy = try await play.send(.PATCH, "/agents/\(row.id.text)?force=true", [:])
                #expect(busy.status == 409 && busy.code == "AGENT_BUSY")
                let going = try await play.send(.DELETE, "/agents/\(row.id.text)")
                #expect(going.status == 502 && going.code == "GATEWAY_CLEANUP_FAILED")
                #expect(try await play.row(row.id).status == .deleting)
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    let held = try await AgentReconciler(provisioner: play.replica(gateways)).sweep()
                    #expect(held == 0, "somebody holds it")
                    let later = try await AgentReconciler(provisioner: play.replica(gateways, ahead: 61)).sweep()
                    #expect(later == 1)
                }
                #expect(try await play.row(row.id).status == .deleted)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func anAgentThatIsDeletedWhileItIsMadeIsGoneInTheEnd() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let row = try await play.record("going")
                // The process that makes it ends in the middle; the row is let go with its lease.
                try await Self.run(play, row.id, gateway, CuttingTransport(calls: 6, cut: .after))
                #expect(try await play.send(.DELETE, "/agents/\(row.id.text)").status == 200)
                #expect(try await play.row(row.id).status == .deleted)
                #expect(try play.gatewayAgents().isEmpty)
                // Whoever was at it cannot bring it back.
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    await #expect(throws: (any Error).self) { _ = try await play.replica(gateways).run(row, holder: UUID()) }
                }
                #expect(try await play.row(row.id).status == .deleted)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func deletionDoesNotWaitForWhoeverMakesTheAgent() async throws {
        try await withAgentStage { play in
            try await play.withGateway { _ in
                for round in 0..<5 {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            let made = try await play.send(.POST, "/agents", play.body("round \(round)"))
                            #expect([200, 409].contains(made.status), "\(made.body.text())")
                        }
                        try await eventually("the agent is recorded") {
                            try await play.send(.GET, "/agents").body["items"]?[0]?["name"] == .string("round \(round)")
                        }
                        let id = try #require(try await play.send(.GET, "/agents").body["items"]?[0]?["id"]?.stringValue)
                        let gone = try await play.send(.DELETE, "/agents/\(id)")
                        #expect(gone.status == 200, "\(gone.body.text())")
                        try await group.waitForAll()
                    }
                    #expect(try play.gatewayAgents().isEmpty)
                    #expect(try await play.send(.GET, "/agents").body["total"] == 0)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func whoDoesNotCallIsWokenThreeTimes() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let id = try #require(try await play.send(.POST, "/agents", play.body()).agent)
                let tools = try play.tools(try await play.row(id))
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    for turn in 1...3 {
                        let row = try await play.row(id)
                        #expect(row.status == .ready && row.wakeAttempts == turn)
                        let replica = play.replica(gateways, ahead: TimeInterval(100 * turn))
                        #expect(try await AgentReconciler(provisioner: replica).sweep() == 1)
                    }
                    let row = try await play.row(id)
                    #expect(row.status == .offline && row.nextAttemptAt == nil)
                    #expect(row.lastProvisionError == "Agent did not check in after wake; max wake attempts reached")
                    try await gateways.withGateway(of: play.uid) { client in
                        let heard = try await client.history(of: row.sessionID)["messages"]?.arrayValue?.filter { $0["role"] == "user" }
                        #expect(heard?.count == 3)
                    }
                }
                #expect(try play.tools(try await play.row(id)) == tools, "its token stays")
                let token = try #require(ToolsFile(parsing: tools).settings[.authToken])
                let beat = try await play.send(.POST, "/agent/heartbeat", token: token)
                #expect(beat.body["status"] == "active" && beat.body["last_provision_error"] == nil, "\(beat.body.text())")
            }
        }
    }
}
