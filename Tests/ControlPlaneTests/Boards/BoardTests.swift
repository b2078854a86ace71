import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct BoardTests {
    private static func spec(_ name: String, organization: String? = nil, email: String? = nil, maxAgents: Int64? = nil) -> JSON {
        var fleet: JSON = [:]
        if let organization { fleet["organization"] = .string(organization) }
        if let maxAgents { fleet["maxAgents"] = .integer(maxAgents) }
        return [
            "displayName": .string(name), "email": .string(email ?? "\(name)@x.example"), "fleet": fleet,
            "runtime": ["type": "VirtualMachine", "machine": ["provider": "local"]],
        ]
    }

    /// Makes a tenant in a machine, and gives its uid.
    private static func make(_ stage: Stage, _ name: String, _ spec: JSON, status: JSON = ["phase": "Running"]) async throws -> String {
        let made = try await stage.make(.tenant, name, spec: spec)
        try await stage.report(name, status)
        return try #require(made.metadata.uid)
    }

    private static func acting(_ organization: String) -> [(String, String)] { [("X-OpenCrane-Organization", organization)] }

    private static func names(_ answer: Stage.Answer) -> [String] {
        (answer.body["items"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }.sorted()
    }

    @Test func boardsAndGatewaysAreReadFromTenants() async throws {
        try await withStage { stage in
            let gateway: JSON = ["url": "ws://10.0.0.7:18789", "version": "2026.3.2", "protocol": 4]
            let uid = try await Self.make(
                stage,
                "acme",
                Self.spec("Acme", organization: "org_a", maxAgents: 3),
                status: ["phase": "Running", "gateway": gateway]
            )
            // Neither a pod nor another namespace's.
            try await stage.make(.tenant, "pod", spec: ["displayName": "Pod", "email": "p@x.example"])
            try await stage.project("pod")

            let list = try await stage.send(.GET, "/gateways")
            #expect(list.status == 200 && list.body["total"] == 1 && list.body["limit"] == 200 && list.body["offset"] == 0)
            let shown = try #require(list.body["items"]?[0])
            let board = Board.id(ofTenant: uid)
            #expect(shown["id"] == .string(uid))
            #expect(shown["board_id"] == .string(board.text))
            #expect(shown["url"] == "ws://10.0.0.7:18789" && shown["version"] == "2026.3.2" && shown["protocol"] == 4)
            #expect(shown["state"] == "ready" && shown["organization_id"] == "org_a")
            #expect(!list.body.text().lowercased().contains("token"), "a gateway's token is shown to nobody")
            #expect(try await stage.send(.GET, "/gateways/\(uid)").body == shown)
            #expect(try await stage.send(.GET, "/gateways/\(uid.uppercased())").body == shown, "ids are compared without regard to case")

            let one = try await stage.send(.GET, "/boards/\(board.uuidString)")
            #expect(one.status == 200 && one.body["gateway"] == shown && one.body["max_agents"] == 3 && one.body["agent_count"] == 0)
            #expect(one.body["slug"] == "acme" && one.body["gateway_id"] == shown["id"])
            let boards = try await stage.send(.GET, "/boards")
            #expect(boards.body["total"] == 1 && boards.body["items"]?[0]?["id"] == one.body["id"])
            #expect(boards.body["items"]?[0]?["gateway"] == nil)
        }
    }

    @Test func anIdOfABoardIsTheSameForProgramAndDatabase() async throws {
        try await withStage { stage in
            for uid in ["", "x", "0a3f6c2e-0000-4000-8000-00000000000a"] {
                let text = try await stage.rows("select (md5('opencrane-board:' || \(uid)::text)::uuid)::text")
                #expect(text == [Board.id(ofTenant: uid).text])
            }
            let plan = try await stage.rows("select indexdef from pg_indexes where indexname = 'tenants_by_board'")
            #expect(plan.count == 1)
        }
    }

    @Test func capacityIsTheTenantsElseTheConfigured() async throws {
        try await withStage(configure: { $0.boardCapacity = 7 }) { stage in
            let own = try await Self.make(stage, "own", Self.spec("Own", maxAgents: 200))
            let plain = try await Self.make(stage, "plain", Self.spec("Plain"))
            #expect(try await stage.send(.GET, "/boards/\(Board.id(ofTenant: own))").body["max_agents"] == 200)
            #expect(try await stage.send(.GET, "/boards/\(Board.id(ofTenant: plain))").body["max_agents"] == 7)
        }
    }

    @Test func anOrganisationSeesItsOwnAndNothingElse() async throws {
        try await withStage { stage in
            let a = try await Self.make(stage, "a", Self.spec("A", organization: "org_a"))
            let b = try await Self.make(stage, "b", Self.spec("B", organization: "org_b"))
            let mine = try await Self.make(stage, "mine", Self.spec("Mine", email: "Me@X.example"))
            for path in ["/boards", "/gateways"] {
                #expect(Self.names(try await stage.send(.GET, path)) == ["A", "B", "Mine"])
                #expect(Self.names(try await stage.send(.GET, path, headers: Self.acting("org_a"))) == ["A"])
                #expect(Self.names(try await stage.send(.GET, path, headers: Self.acting("org_c"))).isEmpty)
                let person = [("X-OpenCrane-User", "me@x.EXAMPLE")]
                #expect(Self.names(try await stage.send(.GET, path, headers: person)) == ["Mine"])
                // No fall-through from the organisation to the person.
                #expect(Self.names(try await stage.send(.GET, path, headers: Self.acting("org_c") + person)).isEmpty)
                #expect(try await stage.send(.GET, path, token: nil).status == 401)
            }
            #expect(try await stage.send(.GET, "/gateways/\(a)", headers: Self.acting("org_a")).status == 200)
            for uid in [b, mine, UUID().uuidString] {
                let gateway = try await stage.send(.GET, "/gateways/\(uid)", headers: Self.acting("org_a"))
                #expect(gateway.status == 404 && gateway.body["detail"] == "Gateway not found" && gateway.body["request_id"] != nil)
                let board = try await stage.send(.GET, "/boards/\(Board.id(ofTenant: uid))", headers: Self.acting("org_a"))
                #expect(board.status == 404 && board.body["detail"] == "Board not found")
            }
        }
    }

    @Test func anInstanceIsItsOrganisationsAndNobodysOwnFleet() async throws {
        try await withStage { stage in
            let uid = try await Self.make(stage, "inst-1", Self.spec("Mine", email: "me@x.example"))
            let person = [("X-OpenCrane-User", "me@x.example")]
            func fleet() async throws -> JSON? {
                let headers = person + [("Authorization", "Bearer \(Stage.token)")]
                return try await stage.order(.GET, "/fleet", platformToken: nil, headers: headers).body["fleet"]
            }
            #expect(try await fleet() != .null)
            #expect(Self.names(try await stage.send(.GET, "/boards", headers: person)) == ["Mine"])
            // The same tenant, made for an instance that somebody in an organisation ordered for the person.
            try await stage.recordInstance("inst-1", of: "org_i", tenant: uid)
            #expect(try await fleet() == .null)
            #expect(Self.names(try await stage.send(.GET, "/gateways", headers: person)).isEmpty)
            let own = try await stage.send(.GET, "/gateways/\(uid)", headers: Self.acting("org_i"))
            #expect(own.status == 200 && own.body["organization_id"] == "org_i")
            #expect(Self.names(try await stage.send(.GET, "/boards", headers: Self.acting("org_i"))) == ["Mine"])
            #expect(Self.names(try await stage.send(.GET, "/boards", headers: Self.acting("org_a"))).isEmpty)
        }
    }

    @Test func listsArePagedAndBadInputIsNamed() async throws {
        try await withStage { stage in
            for index in 0..<3 { _ = try await Self.make(stage, "f-\(index)", Self.spec("F\(index)")) }
            for path in ["/boards", "/gateways"] {
                var seen: [String] = []
                for offset in 0..<4 {
                    let page = try await stage.send(.GET, "\(path)?limit=1&offset=\(offset)")
                    #expect(page.body["total"] == 3 && page.body["limit"] == 1 && page.body["offset"] == .integer(Int64(offset)))
                    seen += Self.names(page)
                }
                #expect(seen.sorted() == ["F0", "F1", "F2"])
                for query in ["?limit=0", "?limit=201", "?offset=-1", "?limit=x", "?colour=red", "?limit=1&limit=2"] {
                    let answer = try await stage.send(.GET, path + query)
                    #expect(answer.status == 422 && answer.body["detail"]?[0]?["loc"]?[0] == "query", "\(query)")
                }
                for id in ["x", "%20", "00000000-0000-0000-0000-00000000000g"] {
                    #expect(try await stage.send(.GET, "\(path)/\(id)").status == 422, "\(id)")
                }
            }
        }
    }

    @Test(arguments: [
        ("Pending", false, "provisioning"), ("Provisioning", false, "provisioning"), ("Running", true, "ready"),
        ("Degraded", true, "degraded"), ("Degraded", false, "provisioning"), ("Error", false, "error"), ("Suspended", true, "suspended"),
        ("Terminating", true, "terminating"), ("Unheard", false, "provisioning"),
    ])
    func thePhaseSaysHowAGatewayIs(phase: String, isSeen: Bool, state: String) throws {
        #expect(FleetGateway.State(phase: TenantPhase(rawValue: phase) ?? .pending, isSuspended: false, isSeen: isSeen).rawValue == state)
        #expect(FleetGateway.State(phase: .running, isSuspended: true, isSeen: true) == .suspended)
    }
}
