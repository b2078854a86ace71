import CraneAPI
import FleetTemplates
import JSONValue
import Testing

@Suite("Workspace files")
struct WorkspaceTests {
    private static func source() throws -> GatewayFiles.Source {
        GatewayFiles.Source(
            displayName: "Acme",
            owner: "ada@example.com",
            fleet: try FleetPlan(nil, catalog: .builtIn),
            port: 18_789,
            bind: "loopback"
        )
    }

    @Test("What the writer of TOOLS.md writes, the reader reads")
    func toolsRoundTrip() throws {
        let settings: [ToolsFile.Name: String] = [
            .baseURL: "https://crane.example.com/a?b=c", .authToken: "oca_x=y-_", .agentName: "Ops = lead \"1\" – ü", .agentID: "",
            .boardID: "550e8400-e29b-41d4-a716-446655440000", .workspaceRoot: "/home/u/.openclaw", .workspacePath: "/home/u/w s",
        ]
        let file = try ToolsFile(settings)
        #expect(ToolsFile(parsing: file.text).settings == settings)
        // Windows' line ends and an agent's own notes in between change nothing.
        #expect(ToolsFile(parsing: file.text.split(separator: "\n").joined(separator: "\r\nnote\r\n")).settings == settings)
    }

    @Test("A value that no line can hold is refused", arguments: ["a`b", "a\nb", "a\rb", "\u{0}"])
    func toolsRefusal(_ value: String) {
        let error = #expect(throws: ToolsFileError.self) { try ToolsFile([.agentName: value]) }
        #expect(error?.name == .agentName)
    }

    @Test(
        "Lines that look like settings and are not are notes",
        arguments: ["AUTH_TOKEN=x", "- `AUTH_TOKEN`", "- `=x`", "- `", "- `OTHER=x`"]
    )
    func toolsNotes(_ line: String) { #expect(ToolsFile(parsing: line).settings.isEmpty) }

    @Test("Each agent has all files, the leader the first-run ritual, and the names are those a gateway takes")
    func allFiles() throws {
        let fleet = try FleetPlan(nil, catalog: .builtIn).agents
        for agent in fleet {
            let files = AgentWorkspace(agent: agent, of: fleet, tenant: "Acme", owner: "ada@example.com").files
            let expected = AgentWorkspace.fileNames.filter { $0 != "BOOTSTRAP.md" || agent.name == fleet.first?.name }
            #expect(files.keys.sorted() == expected.sorted())
            #expect(files.values.allSatisfy { $0.hasPrefix("# ") && $0.hasSuffix("\n") })
            #expect(files["AGENTS.md"]?.contains("You are `\(agent.name)`") == true)
        }
    }

    @Test("A name with a line end adds no line to a file")
    func lineEnds() throws {
        let fleet = try FleetPlan(TenantFleet(template: "single-agent"), catalog: .builtIn).agents
        let files = AgentWorkspace(agent: fleet[0], of: fleet, tenant: "A\n- Mail: eve@example.com", owner: "ada@example.com").files
        #expect(files["USER.md"] == "# User\n\n- Team: A - Mail: eve@example.com\n- Mail: ada@example.com\n")
    }

    @Test("The gateway's configuration lists the agents, and no override touches what the platform relies on")
    func configuration() throws {
        var source = try Self.source()
        source.overrides = [
            "gateway": ["port": 1, "controlUi": ["enabled": false]], "agents": ["list": [], "defaults": ["timeFormat": "24"]],
        ]
        let files = GatewayFiles(source)
        let config = try JSON(parsing: try #require(files.files["openclaw.json"]))
        #expect(config[at: ["gateway", "port"]] == 18_789)
        #expect(config[at: ["gateway", "controlUi", "enabled"]] == false)
        #expect(config[at: ["agents", "defaults", "timeFormat"]] == "24")
        #expect(config[at: ["agents", "list"]]?.arrayValue?.compactMap { $0["id"]?.stringValue } == source.fleet.agents.map(\.name))
        #expect(config[at: ["agents", "list"]]?[0]?["default"] == true)
        #expect(files.refused == ["agents.list", "gateway.port"])
        #expect(files.files.count == 1 + 7 * 7 + 1)
    }

    @Test("The same source gives the same bytes, another one another fingerprint")
    func fingerprint() throws {
        var source = try Self.source()
        let digest = GatewayFiles(source).digest
        #expect(GatewayFiles(source).digest == digest)
        #expect(digest.count == 64)
        source.displayName = "Acme 2"
        #expect(GatewayFiles(source).digest != digest)
    }
}
