import DevelopmentGateway
import FleetTemplates
import Foundation
import JSONValue
import NIOHTTP1
import OpenClawGateway
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct TemplateSyncTests {
    private static func sync(
        _ play: AgentStage,
        _ query: String = "include_main=false",
        headers: [(String, String)] = []
    ) async throws -> Stage.Answer {
        try await play.send(.POST, "/gateways/\(play.uid)/templates/sync?\(query)", headers: headers)
    }

    /// Makes agents, and gives their rows.
    private static func agents(_ play: AgentStage, _ names: [String]) async throws -> [AgentRow] {
        var rows: [AgentRow] = []
        for name in names {
            let made = try await play.send(.POST, "/agents", play.body(name))
            #expect(made.status == 200, "\(made.body.text())")
            rows.append(try await play.row(try #require(made.agent)))
        }
        return rows
    }

    private static func path(_ row: AgentRow, _ file: String) throws -> String { try #require(row.workspacePath) + "/" + file }
    private static func read(_ row: AgentRow, _ file: String) throws -> String {
        try String(contentsOfFile: path(row, file), encoding: .utf8)
    }
    private static func write(_ text: String, _ row: AgentRow, _ file: String) throws {
        try text.write(toFile: path(row, file), atomically: false, encoding: .utf8)
    }
    private static func token(_ play: AgentStage, _ row: AgentRow) throws -> String {
        try #require(ToolsFile(parsing: try play.tools(row)).settings[.authToken])
    }

    /// Marks every file with an old date; those that are written lose it.
    private static func age(_ row: AgentRow) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: try #require(row.workspacePath)) {
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path(row, name))
        }
    }
    private static func written(_ row: AgentRow) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: try #require(row.workspacePath)).filter { name in
            let date = try FileManager.default.attributesOfItem(atPath: path(row, name))[.modificationDate] as? Date
            return date != Date(timeIntervalSince1970: 1)
        }.sorted()
    }

    @Test(.timeLimit(.minutes(15))) func onlyDifferencesAreWrittenAndTokensStay() async throws {
        try await withAgentStage { play in
            try await play.withGateway { _ in
                let rows = try await Self.agents(play, ["A", "B"])
                let tokens = try rows.map { try Self.token(play, $0) }
                try Self.write("my own notes", rows[0], "MEMORY.md")
                try Self.write("spoiled", rows[0], "SOUL.md")
                for row in rows { try Self.age(row) }
                let first = try await Self.sync(play)
                #expect(
                    first.body == [
                        "gateway_id": .string(play.uid), "include_main": false, "reset_sessions": false, "agents_updated": 2,
                        "agents_skipped": 0, "main_updated": false, "errors": [],
                    ],
                    "\(first.body.text())"
                )
                #expect(try rows.map(Self.written) == [["SOUL.md"], []])
                #expect(try rows.map { try Self.token(play, $0) } == tokens)
                #expect(try Self.read(rows[0], "MEMORY.md") == "my own notes")

                // A change of a row reaches the file; the agent's notes are written only on demand.
                _ = try await play.agents.update(rows[1].id, now: Date()) { row in
                    row.soulTemplate = "Speak softly."
                    return []
                }
                #expect(try await Self.sync(play, "include_main=false&overwrite=true").body["agents_updated"] == 2)
                #expect(try Self.read(rows[1], "SOUL.md").contains("Speak softly."))
                #expect(try Self.read(rows[0], "MEMORY.md") == "# Memory\n")
                #expect(try Self.written(rows[1]) == ["SOUL.md"])
                for row in rows {
                    let after = try await play.row(row.id)
                    #expect(
                        after.leaseHolder == nil && after.leaseUntil == nil && after.status == .ready && after.tokenHash == row.tokenHash
                    )
                }
                #expect(try await play.stage.rows("select count(*)::text from audit_entries where action = 'AgentSynced'") == ["4"])
                // First steps are taken once, unless somebody wants them taken again.
                #expect(
                    try await Self.sync(play, "include_main=false&force_bootstrap=true&reset_sessions=true").body["agents_updated"] == 2
                )
                #expect(try Self.read(rows[0], "BOOTSTRAP.md").contains("Introduce yourself"))
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func tokensAreReplacedOnlyOnDemand() async throws {
        try await withAgentStage { play in
            try await play.withGateway { _ in
                let rows = try await Self.agents(play, ["Lost", "Stale", "Fine"])
                let tokens = try rows.map { try Self.token(play, $0) }
                try Self.write("# Tools\n\nnothing here\n", rows[0], "TOOLS.md")
                let stale = AgentToken(agent: rows[1].id, secret: [UInt8](repeating: 7, count: 32)).text
                try Self.write(try ToolsFile([.authToken: stale]).text, rows[1], "TOOLS.md")
                let skipped = try await Self.sync(play)
                #expect(skipped.status == 200 && skipped.body["agents_updated"] == 1 && skipped.body["agents_skipped"] == 2)
                let errors = skipped.body["errors"]?.arrayValue ?? []
                #expect(Set(errors.compactMap { $0["agent_name"]?.stringValue }) == ["Lost", "Stale"])
                for error in errors {
                    #expect(
                        error["message"]?.stringValue?.contains("rotate_tokens=true") == true
                            && error["board_id"] == .string(play.board.text)
                    )
                }
                #expect(!skipped.body.text().contains("oca_"), "no token is shown")
                #expect(try play.tools(rows[0]) == "# Tools\n\nnothing here\n", "an agent that is passed over is left alone")

                let healed = try await Self.sync(play, "include_main=false&rotate_tokens=true")
                #expect(healed.body["agents_updated"] == 3 && healed.body["errors"] == [])
                for (row, old) in zip(rows, tokens) {
                    let new = try Self.token(play, row)
                    #expect(new != old)
                    #expect(try await play.send(.POST, "/agent/heartbeat", token: new).status == 200)
                    #expect(try await play.send(.POST, "/agent/heartbeat", token: old).status == 401)
                    #expect(try await play.row(row.id).nextTokenHash == nil)
                }
                #expect(try await Self.sync(play).body["agents_updated"] == 3)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func aGatewayThatIsAwayIsWaitedForAndNotForEver() async throws {
        try await withAgentStage(configure: { $0.templateSync.waiting = .seconds(2) }) { play in
            let port = try await play.withGateway { gateway in
                _ = try await Self.agents(play, ["A"])
                return gateway.port
            }
            let away = try await Self.sync(play)
            #expect(
                away.status == 502 && away.body["detail"]?.stringValue?.hasPrefix("Gateway template sync failed") == true,
                "\(away.body)"
            )
            #expect(["GATEWAY_UNREACHABLE", "GATEWAY_TIMEOUT"].contains(away.body["code"]?.stringValue ?? ""))
            let later = Task { try await Self.sync(play) }
            let answer = try await play.withGateway(port: port) { _ in try await later.value }
            #expect(answer.status == 200 && answer.body["agents_updated"] == 1, "\(answer.body.text())")
        }
    }

    @Test(.timeLimit(.minutes(15))) func aRestartInTheMiddleAndOneChangeForAll() async throws {
        try await withAgentStage { play in
            let port = try await play.withGateway { gateway in
                for row in try await Self.agents(play, ["A", "B", "C"]) {
                    _ = try await play.agents.update(row.id, now: Date()) { row in
                        row.heartbeat = ["every": "45s", "target": "last"]
                        row.soulTemplate = "New."
                        return []
                    }
                }
                return gateway.port
            }
            // It takes one change a minute, and closes every connection with 1012 after it.
            try await withGatewayProcess(in: play.directory, port: port) {
                $0.restartsOnChange = true
                $0.changesPerMinute = 1
            } _: { _ in
                let answer = try await Self.sync(play)
                #expect(answer.status == 200 && answer.body["agents_updated"] == 3 && answer.body["errors"] == [], "\(answer.body.text())")
                let config = try JSON(parsing: Data(contentsOf: play.directory.appending(path: "openclaw.json")))
                let agents = (config[at: ["agents", "list"]]?.arrayValue ?? []).filter { $0["id"]?.stringValue?.hasPrefix("mc-") == true }
                #expect(agents.count == 3 && agents.allSatisfy { $0["heartbeat"]?["every"] == "45s" })
                // Nothing differs any more: no further change, which would have to wait a minute.
                #expect(try await Self.sync(play).body["agents_updated"] == 3)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func oneAgentsTroubleIsNotTheOthers() async throws {
        try await withAgentStage { play in
            try await play.withGateway { _ in
                let rows = try await Self.agents(play, ["Fine", "Linked", "Gone", "Busy"])
                // A gateway takes no symbolic link for a file: that does not pass by itself.
                try FileManager.default.removeItem(atPath: Self.path(rows[1], "SOUL.md"))
                try FileManager.default.createSymbolicLink(atPath: Self.path(rows[1], "SOUL.md"), withDestinationPath: "/etc/hostname")
                try await withTenantGateways(locate: { _ in
                    GatewayAccess(
                        endpoint: GatewayEndpoint(host: "127.0.0.1", port: try await Self.port(play)),
                        token: GatewayProcess.token,
                        device: GatewayProcess.device
                    )
                }) { gateways in try await gateways.withGateway(of: "g") { _ = try await $0.deleteAgent(rows[2].key) } }
                _ = try await play.agents.update(rows[3].id, now: Date()) { row in
                    row.leaseHolder = UUID()
                    row.leaseUntil = Date().addingTimeInterval(60)
                    return []
                }
                let unmade = try await play.row(try await play.record("Unmade").id)
                try Self.write("spoiled", rows[0], "SOUL.md")
                let answer = try await Self.sync(play)
                #expect(
                    answer.status == 200 && answer.body["agents_updated"] == 1 && answer.body["agents_skipped"] == 4,
                    "\(answer.body.text())"
                )
                var messages: [String: String] = [:]
                for error in answer.body["errors"]?.arrayValue ?? [] {
                    messages[error["agent_name"]?.stringValue ?? ""] = error["message"]?.stringValue
                }
                #expect(messages["Linked"]?.contains("SOUL.md") == true && messages["Gone"]?.contains("force=true") == true)
                #expect(messages["Busy"]?.contains("in a while") == true && messages["Unmade"]?.contains("not provisioned yet") == true)
                #expect(try Self.read(rows[0], "SOUL.md") != "spoiled")
                #expect(try await play.row(unmade.id) == unmade, "nobody touched it")
            }
        }
    }

    private static func port(_ play: AgentStage) async throws -> Int {
        let row = try await TenantRepository(pool: play.stage.pool).get(uid: play.uid)
        return try #require(row?.metadata.status?[at: ["machine", "port"]]?.integerValue.flatMap { Int(exactly: $0) })
    }

    @Test(.timeLimit(.minutes(15))) func theTenantsOwnAgentsAreSyncedFromItsTemplate() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let plan = try FleetPlan(nil, catalog: .builtIn)
                let without = try await Self.sync(play, "")
                #expect(without.status == 200 && without.body["main_updated"] == false && without.body["agents_skipped"] == 0)
                #expect(without.body["errors"]?.arrayValue?.count == 7 && without.body["errors"]?[0]?["agent_id"] == .null)
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    try await gateways.withGateway(of: "g") { client in
                        for agent in plan.agents {
                            _ = try await client.ensureAgent(agent.name, workspace: "\(gateway.directory.path)/workspace-\(agent.name)")
                        }
                    }
                }
                let lead = try await Self.sync(play, "include_main=true&lead_only=true")
                #expect(lead.body["main_updated"] == true && lead.body["agents_updated"] == 0, "\(lead.body.text())")
                func text(_ agent: String, _ file: String) throws -> String {
                    try String(contentsOfFile: "\(gateway.directory.path)/workspace-\(agent)/\(file)", encoding: .utf8)
                }
                #expect(try text("conductor", "AGENTS.md").contains("You are `conductor`"))
                #expect(try !text("mason", "AGENTS.md").contains("You are `mason`"))
                #expect(try await Self.sync(play, "include_main=true").body["main_updated"] == true)
                let expected = AgentWorkspace(agent: plan.agents[1], of: plan.agents, tenant: "Acme", owner: "a@x.example").files
                for (name, content) in expected where !AgentFiles.notes.contains(name) { #expect(try text("mason", name) == content) }
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func itIsForTheOwnersAndBadInputIsNamed() async throws {
        try await withAgentStage { play in
            try await play.withGateway { _ in
                _ = try await Self.agents(play, ["A"])
                let board = try await Self.sync(play, "include_main=false&board_id=\(play.board.text)")
                #expect(board.body["agents_updated"] == 1)
                #expect(try await Self.sync(play, "include_main=false&board_id=\(UUID().text)").body["detail"] == "Board not found")
                #expect(try await Self.sync(play, "include_main=false&lead_only=true").body["agents_updated"] == 0)
                let other = try await Self.sync(play, headers: [("X-OpenCrane-Organization", "org_b")])
                #expect(other.status == 404 && other.body["detail"] == "Gateway not found")
                let own = try await Self.sync(play, headers: [("X-OpenCrane-Organization", "org_a")])
                #expect(own.status == 200)
                for query in ["overwrite=yes", "board_id=x", "colour=red", "lead_only=true&lead_only=false"] {
                    #expect(try await Self.sync(play, query).status == 422, "\(query)")
                }
                #expect(try await play.send(.POST, "/gateways/x/templates/sync").status == 422)
                #expect(try await play.send(.POST, "/gateways/\(play.uid)/templates/sync", token: nil).status == 401)
            }
        }
    }
}
