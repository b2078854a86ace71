import FleetTemplates
import Foundation
import JSONValue
import NIOHTTP1
import OpenClawGateway
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct AgentOperationTests {
    @Test(.timeLimit(.minutes(15))) func anAgentIsMadeAsTheContractSays() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let made = try await play.send(.POST, "/agents", play.body())
                #expect(made.status == 200, "\(made.body.text())")
                let id = try #require(made.agent)
                let key = "mc-\(id.text)"
                let path = "\(gateway.directory.path)/workspace-\(key)"
                #expect(made.body["created_at"]?.stringValue?.count == 20 && made.body["updated_at"]?.stringValue?.count == 20)
                var body = made.body
                (body["created_at"], body["updated_at"]) = ("t", "t")
                #expect(
                    body == [
                        "id": .string(id.text), "gateway_id": .string(play.uid), "board_id": .string(play.board.text),
                        "name": "Financial Operations Lead", "status": "ready", "gateway_agent_id": .string(key),
                        "workspace_path": .string(path), "is_mc_agent": true, "is_board_lead": false, "is_gateway_main": false,
                        "openclaw_session_id": .string("agent:\(key):main"), "created_at": "t", "updated_at": "t",
                        "identity_profile": ["role": "cfo", "specialty": "budget_planning"],
                    ],
                    "\(made.body.text(pretty: true))"
                )
                #expect(try await play.send(.GET, "/agents/\(id.text)").body == made.body)
                let list = try await play.send(.GET, "/agents?board_id=\(play.board.text)&status=ready&is_mc_agent=true&limit=5")
                #expect(list.body == ["items": [made.body], "total": 1, "limit": 5, "offset": 0])
                #expect(try await play.send(.GET, "/agents?gateway_id=\(UUID().text)").body["total"] == 0)
                #expect(try await play.send(.GET, "/agents?is_mc_agent=false").body["total"] == 0)

                // What was written is on disk, and is read back over the socket.
                let names = ["AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md", "MEMORY.md"]
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    try await gateways.withGateway(of: play.uid) { client in
                        #expect(try await client.agents().map(\.id).filter { $0.hasPrefix("mc-") } == [key])
                        for name in names {
                            let text = try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
                            #expect(try await client.file(name, of: key) == text && !text.isEmpty)
                        }
                        let sessions = try await client.call("sessions.list")
                        #expect(sessions["sessions"]?[0]?["key"] == .string("agent:\(key):main"))
                    }
                }
                let identity = try String(contentsOfFile: "\(path)/IDENTITY.md", encoding: .utf8)
                #expect(identity.contains("- Name: Financial Operations Lead\n- Role: cfo\n"), "\(identity)")
                #expect(identity.contains("You are a CFO agent responsible for financial planning and analysis."))

                // The token in its file lets the agent in, which makes it active.
                let tools = ToolsFile(parsing: try play.tools(try await play.row(id)))
                let token = try #require(tools.settings[.authToken])
                #expect(tools.settings[.baseURL] == AgentStage.address && tools.settings[.agentID] == id.text)
                #expect(tools.settings[.workspacePath] == path && tools.settings[.workspaceRoot] == gateway.directory.path)
                #expect(tools.settings[.boardID] == play.board.text)
                let beat = try await play.send(.POST, "/agent/heartbeat", token: nil, headers: [("X-Agent-Token", token)])
                #expect(beat.status == 200 && beat.body["status"] == "active" && beat.body["last_seen_at"] != nil, "\(beat.body.text())")
                let idle = try await play.send(.POST, "/agents/\(id.text)/heartbeat", ["status": "idle"], token: token)
                #expect(idle.status == 200 && idle.body["status"] == "idle")
                // It is what others see of it.
                let shown = try await play.send(.GET, "/agents/\(id.text)").body
                #expect(shown["status"] == "idle" && shown["last_seen_at"] == idle.body["last_seen_at"] && shown["last_seen_at"] != nil)
                #expect(try await play.send(.GET, "/agent/healthz", token: token).body == ["ok": true])
                #expect(try await play.send(.GET, "/agent/healthz", token: token + "x").status == 401)
                // Nothing else is an agent's to do.
                #expect(try await play.send(.GET, "/agents", token: token).status == 403)
                #expect(try await play.send(.POST, "/agents/\(UUID().text)/heartbeat", [:], token: token).status == 403)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func changesReachTheGatewayAndNotesStay() async throws {
        try await withAgentStage { play in
            try await play.withGateway(restartsOnChange: true) { _ in
                let made = try await play.send(
                    .POST,
                    "/agents",
                    play.body { $0["heartbeat_config"] = ["interval_seconds": 30, "missing_tolerance": 120] }
                )
                // The gateway closed every connection in the middle of it.
                #expect(made.status == 200 && made.body["status"] == "ready", "\(made.body.text())")
                #expect(made.body["heartbeat_config"] == ["interval_seconds": 30, "missing_tolerance": 120])
                let id = try #require(made.agent)
                let row = try await play.row(id)
                let path = try #require(row.workspacePath)
                func entry() throws -> JSON? {
                    try JSON(parsing: Data(contentsOf: play.directory.appending(path: "openclaw.json")))[at: ["agents", "list"]]?
                        .arrayValue?.first { $0["id"] == .string(row.key) }
                }
                #expect(try entry()?["heartbeat"] == ["every": "30s", "target": "last"])
                #expect(row.missingTolerance == 120)

                try "# Memory\n\nremember me\n".write(toFile: "\(path)/MEMORY.md", atomically: true, encoding: .utf8)
                let before = try play.tools(row)
                let same = try await play.send(.PATCH, "/agents/\(id.text)", [:])
                #expect(same.status == 200 && same.body == made.body, "nothing changed, nothing was done")
                #expect(try await play.row(id).generation == 1)
                let changed = try await play.send(
                    .PATCH,
                    "/agents/\(id.text)",
                    ["name": "CFO", "heartbeat_config": .null, "soul_template": "Be kind.", "identity_profile": .null]
                )
                #expect(
                    changed.status == 200 && changed.body["name"] == "CFO" && changed.body["status"] == "ready",
                    "\(changed.body.text())"
                )
                #expect(changed.body["heartbeat_config"] == nil && changed.body["identity_profile"] == nil)
                #expect(try entry()?["heartbeat"] == nil && entry()?["name"] == "CFO")
                #expect(try String(contentsOfFile: "\(path)/MEMORY.md", encoding: .utf8).contains("remember me"))
                #expect(try String(contentsOfFile: "\(path)/SOUL.md", encoding: .utf8) == "# Soul\n\nBe kind.\n")
                #expect(try String(contentsOfFile: "\(path)/IDENTITY.md", encoding: .utf8).contains("- Role: Generalist"))
                let token = ToolsFile(parsing: before).settings[.authToken]
                #expect(ToolsFile(parsing: try play.tools(row)).settings[.authToken] == token, "the token stays")
                #expect(ToolsFile(parsing: try play.tools(row)).settings[.agentName] == "CFO")
                #expect(try play.gatewayAgents() == [row.key], "made again, it is still one")

                let refused = try await play.send(.PATCH, "/agents/\(id.text)", ["status": "paused"])
                #expect(refused.status == 403 && refused.code == "AGENT_STATUS_CONTROLLED")
                #expect(refused.body["detail"] == "status is controlled by agent heartbeat" && refused.body["request_id"] != nil)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func aGatewayThatIsAwayIsMadeUpFor() async throws {
        try await withAgentStage { play in
            let port = try await play.withGateway { $0.port }
            let refused = try await play.send(.POST, "/agents", play.body())
            #expect(refused.status == 502 && refused.code == "GATEWAY_PROVISION_FAILED", "\(refused.body.text())")
            #expect(refused.body["detail"]?.stringValue?.hasPrefix("Gateway provision failed: ") == true)
            let list = try await play.send(.GET, "/agents")
            let shown = try #require(list.body["items"]?[0])
            #expect(shown["status"] == "provisioning" && shown["gateway_agent_id"] == .null && shown["workspace_path"] == .null)
            #expect(shown["last_provision_error"]?.stringValue?.isEmpty == false)
            let id = try #require(shown["id"]?.stringValue.flatMap { UUID(uuidString: $0) })
            #expect(try await play.row(id).leaseHolder == nil, "nobody works on it")
            #expect(try await play.send(.POST, "/agents", play.body()).status == 409, "its name is taken")
            let again = try await play.send(.PATCH, "/agents/\(id.text)?force=true", [:])
            #expect(again.status == 502)

            try await play.withGateway(port: port) { _ in
                let healed = try await play.send(.PATCH, "/agents/\(id.text)?force=true", [:])
                #expect(healed.status == 200 && healed.body["status"] == "ready", "\(healed.body.text())")
                #expect(healed.body["last_provision_error"] == nil)
                #expect(try play.gatewayAgents() == ["mc-\(id.text)"])
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func whatWasInterruptedGoesOnByItself() async throws {
        try await withAgentStage(reconciles: true) { play in
            let port = try await play.withGateway { $0.port }
            #expect(try await play.send(.POST, "/agents", play.body()).status == 502)
            let id = try #require(try await play.send(.GET, "/agents").body["items"]?[0]?["id"]?.stringValue)
            try await play.withGateway(port: port) { _ in
                try await eventually("the agent is ready") { try await play.send(.GET, "/agents/\(id)").body["status"] == "ready" }
            }
            // The gateway is away while the agent is to go: that is finished later too.
            let going = try await play.send(.DELETE, "/agents/\(id)")
            #expect(going.status == 502 && going.code == "GATEWAY_CLEANUP_FAILED", "\(going.body.text())")
            #expect(try await play.send(.GET, "/agents/\(id)").body["status"] == "deleting")
            #expect(try await play.send(.PATCH, "/agents/\(id)?force=true", [:]).code == "AGENT_DELETING")
            try await play.withGateway(port: port) { _ in
                try await eventually("the agent is gone") { try await play.send(.GET, "/agents/\(id)").body["status"] == "deleted" }
                #expect(try play.gatewayAgents().isEmpty)
                #expect(try await play.send(.POST, "/agents", play.body()).status == 200, "its name is free")
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func deletionIsRepeatable() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let id = try #require(try await play.send(.POST, "/agents", play.body()).agent)
                let token = try #require(ToolsFile(parsing: try play.tools(try await play.row(id))).settings[.authToken])
                let path = try #require(try await play.row(id).workspacePath)
                let foreign = [("X-OpenCrane-Organization", "org_b")]
                #expect(try await play.send(.DELETE, "/agents/\(id.text)", headers: foreign).status == 404)
                #expect(try await play.send(.GET, "/agents/\(id.text)", headers: foreign).status == 404)
                #expect(try await play.send(.PATCH, "/agents/\(id.text)", [:], headers: foreign).status == 404)
                #expect(try await play.send(.GET, "/agents", headers: foreign).body["total"] == 0)
                #expect(try await play.send(.GET, "/agents", headers: [("X-OpenCrane-Organization", "org_a")]).body["total"] == 1)
                #expect(try await play.send(.DELETE, "/agents/\(UUID().text)").status == 404)

                // Somebody has taken it away from the gateway already.
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    try await gateways.withGateway(of: play.uid) { _ = try await $0.deleteAgent("mc-\(id.text)") }
                }
                for _ in 0..<2 {
                    let gone = try await play.send(.DELETE, "/agents/\(id.text)")
                    #expect(gone.status == 200 && gone.body == ["ok": true], "\(gone.body.text())")
                }
                #expect(!FileManager.default.fileExists(atPath: path))
                #expect(try await play.send(.POST, "/agent/heartbeat", token: token).status == 401, "its token is void")
                #expect(try await play.send(.GET, "/agents").body["total"] == 0)
                #expect(try await play.send(.GET, "/agents?status=deleted").body["total"] == 1)
                #expect(try await play.send(.PATCH, "/agents/\(id.text)?force=true", [:]).status == 404)
                let trail = try await play.stage.rows("select action from audit_entries where resource like 'Agent/%' order by id")
                #expect(trail == ["AgentCreated", "AgentDeleted"])
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    let month: TimeInterval = 30 * 86_400
                    try await AgentReconciler(provisioner: play.replica(gateways, ahead: month - 60)).forget()
                    #expect(try await play.agents.get(id) != nil)
                    try await AgentReconciler(provisioner: play.replica(gateways, ahead: month + 60)).forget()
                    #expect(try await play.agents.get(id) == nil)
                }
                #expect(try await play.send(.DELETE, "/agents/\(id.text)").status == 404)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func aBoardTakesAsManyAsItMay() async throws {
        try await withAgentStage(maxAgents: 3) { play in
            try await play.withGateway { _ in
                let answers = try await withThrowingTaskGroup(of: Stage.Answer.self) { group in
                    for number in 0..<8 { group.addTask { try await play.send(.POST, "/agents", play.body("agent \(number)")) } }
                    return try await group.reduce(into: [Stage.Answer]()) { $0.append($1) }
                }
                #expect(answers.map(\.status).sorted() == [200, 200, 200, 403, 403, 403, 403, 403], "\(answers.map { $0.body.text() })")
                #expect(answers.filter { $0.status == 403 }.allSatisfy { $0.code == "BOARD_CAPACITY_EXCEEDED" })
                #expect(try play.gatewayAgents().count == 3)
                #expect(try await play.agents.count(board: play.board) == 3)
                let taken = try await play.send(.GET, "/agents").body["items"]?[0]
                let id = try #require(taken?["id"]?.stringValue)
                #expect(try await play.send(.DELETE, "/agents/\(id)").status == 200)
                let names = try await play.send(.GET, "/agents").body["items"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
                let name = try #require(names.first)
                let duplicate = try await play.send(.POST, "/agents", play.body(" \(name.uppercased()) "))
                #expect(duplicate.status == 409 && duplicate.code == "AGENT_NAME_TAKEN", "\(duplicate.body.text())")
                #expect(try await play.send(.POST, "/agents", play.body("the last")).status == 200)
                let other = try #require(names.last)
                let row = try #require(
                    try await play.agents.list(AgentFilter(scope: .all), limit: 9, offset: 0).rows.first { $0.name == name }
                )
                let renamed = try await play.send(.PATCH, "/agents/\(row.id.text)", ["name": .string(other)])
                #expect(renamed.status == 409 && renamed.code == "AGENT_NAME_TAKEN", "\(renamed.body.text())")
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func whatCannotBeAskedForIsNamed() async throws {
        try await withAgentStage { play in
            let unknown = try await play.send(.POST, "/agents", play.body { $0["board_id"] = .string(UUID().text) })
            #expect(unknown.status == 404 && unknown.body["detail"] == "Board not found")
            let hidden = try await play.send(.POST, "/agents", play.body(), headers: [("X-OpenCrane-Organization", "org_b")])
            #expect(hidden.status == 404 && hidden.body["detail"] == unknown.body["detail"], "a hidden board is like none")
            #expect(try await play.send(.POST, "/agents", play.body(), token: nil).status == 401)
            #expect(try await play.send(.POST, "/agents", play.body(), token: "nonsense").status == 401)

            let table: [(String, [JSON])] = [
                ("name", ["", "   ", .string(String(repeating: "x", count: 121)), 1, .null, "a\u{7}b"]),
                ("board_id", ["x", 1]),
                ("status", ["ready", "deleted", "", 1]),
                ("heartbeat_config", ["x", []]),
                ("identity_profile", [1, "x", []]),
                ("identity_template", [.string(String(repeating: "x", count: 20_001)), 1]),
                ("soul_template", [.string(String(repeating: "x", count: 20_001)), 1]),
                ("colour", ["red"]),
                ("board_id", [.null]),
            ]
            for (member, values) in table {
                for value in values {
                    let answer = try await play.send(.POST, "/agents", play.body { $0[member] = value })
                    #expect(answer.status == 422, "\(member) \(value.text().prefix(40)): \(answer.status) \(answer.body.text())")
                    #expect(
                        answer.body["detail"]?[0]?["loc"] == ["body", .string(member)],
                        "\(member) \(value.text().prefix(40)): \(answer.body.text())"
                    )
                }
            }
            for (config, member) in [
                (["interval_seconds": 9], "interval_seconds"), (["interval_seconds": 60, "missing_tolerance": 59], "missing_tolerance"),
                (["every": "5s"], "every"), (["every": "soon"], "every"), (["every": "1m", "interval_seconds": 60], "every"),
                (["target": ""], "target"), (["colour": 1], "colour"), (["includeReasoning": "yes"], "includeReasoning"),
            ] as [(JSON, String)] {
                let answer = try await play.send(.POST, "/agents", play.body { $0["heartbeat_config"] = config })
                #expect(answer.status == 422, "\(config.text()): \(answer.body.text())")
                #expect(answer.body["detail"]?[0]?["loc"] == ["body", "heartbeat_config", .string(member)], "\(answer.body.text())")
            }
            let both = try await play.send(.POST, "/agents", play.body("") { $0["heartbeat_config"] = ["every": "x"] })
            #expect(both.status == 422)
            #expect(try await play.send(.GET, "/agents/not-an-id").status == 422)
            #expect(try await play.send(.GET, "/agents?limit=201").status == 422)
            #expect(try await play.agents.count(board: play.board) == 0)
        }
    }

    @Test(.timeLimit(.minutes(15))) func retiredAgentsAreMadeAndNotWoken() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                for status in ["paused", "retired"] {
                    let made = try await play.send(.POST, "/agents", play.body(status) { $0["status"] = .string(status) })
                    #expect(made.status == 200 && made.body["status"] == "paused", "\(made.body.text())")
                    let id = try #require(made.agent)
                    try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                        try await gateways.withGateway(of: play.uid) { client in
                            let history = try await client.history(of: "agent:mc-\(id.text):main")
                            #expect(history["messages"] == [])
                        }
                    }
                    let row = try await play.row(id)
                    #expect(row.checkInDeadline == nil && row.nextAttemptAt == nil && row.isRetired == (status == "retired"))
                }
            }
        }
    }
}
