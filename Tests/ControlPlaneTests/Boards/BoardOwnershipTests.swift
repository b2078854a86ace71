import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

extension Stage {
    /// Records an instance, as an order does.
    ///
    /// - Parameters:
    ///   - hostname: its host's name.
    ///   - organization: whose it is.
    ///   - id: its id.
    ///   - customer: the customer it is for.
    ///   - tenant: the unique id of its tenant, once it has one.
    func recordInstance(
        _ hostname: String,
        of organization: String,
        id: UUID = UUID(),
        customer: String? = nil,
        tenant: String? = nil
    ) async throws {
        try await pool.execute(
            """
            insert into instances (id, task_id, organization, customer_id, agent_name, idempotency_key, request_hash, region_id, tier_id, tier_name,
                preset_id, hostname, namespace, tenant_uid, tenant_spec, actor, request_id, created_at, updated_at)
            values (\(id), \(UUID()), \(organization), \(customer), 'a', \(id.uuidString), 'h', 'r', 't', 't', 'p', \(hostname), \(Self.namespace),
                \(tenant), '{}', 'a', 'r', now(), now())
            """
        )
    }
}

@Suite struct BoardOwnershipTests {
    private static func make(_ stage: Stage, _ name: String, externalID: String? = nil) async throws -> String {
        var fleet: JSON = [:]
        if let externalID { fleet["externalId"] = .string(externalID) }
        let made = try await stage.make(
            .tenant,
            name,
            spec: [
                "displayName": .string(name), "email": "me@x.example", "fleet": fleet,
                "runtime": ["type": "VirtualMachine", "machine": ["provider": "local"]],
            ]
        )
        try await stage.report(name, ["phase": "Running"])
        return try #require(made.metadata.uid)
    }

    private static func names(_ stage: Stage, _ organization: String?, user: String? = nil) async throws -> [String] {
        var headers: [(String, String)] = []
        if let organization { headers.append(("X-OpenCrane-Organization", organization)) }
        if let user { headers.append(("X-OpenCrane-User", user)) }
        var found: [[String]] = []
        for path in ["/boards", "/gateways"] {
            let items = try await stage.send(.GET, path, headers: headers).body["items"]?.arrayValue ?? []
            found.append(items.compactMap { $0["name"]?.stringValue }.sorted())
        }
        #expect(found[0] == found[1])
        return found[0]
    }

    @Test func aTenantIsNotAnInstancesByItsNameAlone() async throws {
        try await withStage { stage in
            let (late, early) = (UUID(), UUID())
            // The instance's own tenant is gone, or not made yet, and somebody else has taken the name.
            try await stage.recordInstance("taken", of: "org_i", id: late, tenant: "of-another-tenant")
            try await stage.recordInstance("free", of: "org_i", id: early)
            let taken = try await Self.make(stage, "taken")
            _ = try await Self.make(stage, "free")
            #expect(try await Self.names(stage, "org_i").isEmpty)
            #expect(try await Self.names(stage, nil, user: "me@x.example") == ["free", "taken"])
            let gateway = try await stage.send(.GET, "/gateways/\(taken)", headers: [("X-OpenCrane-Organization", "org_i")])
            #expect(gateway.status == 404)
            // The instance's own has its id, also before the instance has noted that it has it.
            let own = UUID()
            try await stage.recordInstance("own", of: "org_i", id: own)
            _ = try await Self.make(stage, "own", externalID: own.text)
            #expect(try await Self.names(stage, "org_i") == ["own"])
            #expect(try await Self.names(stage, nil, user: "me@x.example") == ["free", "taken"])
        }
    }

    @Test func aFleetDoesNotTakeTheNameOfAnInstance() async throws {
        try await withStage { stage in
            try await stage.recordInstance("host-1", of: "org_i")
            let fleets = FleetRepository(pool: stage.pool)
            func claim(_ name: String) async throws -> FleetClaim {
                try await fleets.claim(organization: nil, externalID: "x", namespace: Stage.namespace, name: name, now: Date())
            }
            #expect(try await claim("host-1") == .idTaken)
            #expect(try await claim("host-2") == .granted)
            try await stage.pool.execute("update instances set deleted_at = now()")
            #expect(try await claim("host-1") == .granted, "its instance is gone")
        }
    }

    @Test func aCustomerSeesItsOwnAndWhatIsNobodys() async throws {
        try await withStage { stage in
            var uids: [String: String] = [:]
            for (name, customer) in [("one", "c1@x.example"), ("two", "c2@x.example"), ("all", nil)] {
                let uid = try await Self.make(stage, name)
                uids[name] = uid
                try await stage.recordInstance(name, of: "org_i", customer: customer, tenant: uid)
            }
            #expect(try await Self.names(stage, "org_i") == ["all", "one", "two"], "whoever administers it sees all of it")
            #expect(try await Self.names(stage, "org_i", user: "c1@x.example") == ["all", "one"])
            #expect(try await Self.names(stage, "org_i", user: "c2@x.example") == ["all", "two"])
            #expect(try await Self.names(stage, "org_i", user: "c3@x.example") == ["all"])
            let headers = [("X-OpenCrane-Organization", "org_i"), ("X-OpenCrane-User", "c2@x.example")]
            let uid = try #require(uids["one"])
            #expect(try await stage.send(.GET, "/gateways/\(uid)", headers: headers).status == 404)
            #expect(try await stage.send(.GET, "/boards/\(Board.id(ofTenant: uid).text)", headers: headers).status == 404)
            #expect(try await stage.send(.POST, "/gateways/\(uid)/templates/sync", headers: headers).status == 404)
            let order: JSON = ["name": "Mine", "board_id": .string(Board.id(ofTenant: uid).text)]
            let made = try await stage.send(.POST, "/agents", order, headers: headers)
            #expect(made.status == 404 && made.code == "BOARD_NOT_FOUND", "\(made.body.text())")
        }
    }
}
