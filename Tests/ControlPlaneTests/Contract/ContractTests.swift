import CraneAPI
import Entitlements
import Foundation
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct ContractTests {
    private func makeServer(_ stage: Stage, _ name: String, status: String = "active", _ grants: [JSON]) async throws -> String {
        let answer = try await stage.send(
            .POST,
            "/mcp-servers",
            [
                "name": .string(name), "endpoint": .string("https://\(name).example/mcp"), "transport": "streamable-http",
                "status": .string(status), "description": "d", "grants": .array(grants),
            ]
        )
        #expect(answer.status == 201, "\(answer.body.text())")
        return answer.body["id"]?.stringValue ?? ""
    }

    private func names(_ contract: JSON, _ path: [String]) -> [String] {
        (contract[at: path]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
    }

    /// Weakness 45: three shapes of contracts, ids here and names there, and no hash for pods.
    @Test func peopleAndPodsGetTheSameDocument() async throws {
        try await withStage(configure: { $0.contractGateway = "http://gateway:8080" }) { stage in
            try await stage.makeRunning("mia", ["team": "ops"])
            let id = try await makeServer(stage, "jira", [["subjectType": "department", "subjectId": "ops"]])
            _ = try await makeServer(stage, "wiki", [["subjectType": "tenant", "subjectId": "leo"]])
            _ = try await makeServer(stage, "draft", status: "draft", [["subjectType": "everyone"]])
            try await stage.makeGroup("all", [["payloadId": "handbook", "subjectType": "everyone"]])
            let shown = try await stage.send(.GET, "/tenants/mia/effective-contract")
            let polled = try await stage.pod(.GET, "/contract", token: stage.workloadToken("openclaw-mia"))
            #expect(shown.status == 200 && shown.body == polled.body, "\(shown.body.text())")
            #expect(EffectiveContract.isIntact(shown.body))
            let contract = try #require(shown.body["contractId"]?.stringValue)
            #expect(shown.headers.first(name: "ETag") == "\"\(contract)\"" && polled.headers.first(name: "ETag") == "\"\(contract)\"")
            #expect(shown.body["tenant"] == ["name": "mia", "team": "ops", "policyRef": .null])
            #expect(
                shown.body[at: ["mcp", "servers"]] == [
                    ["id": .string(id), "name": "jira", "transport": "streamable-http", "endpoint": "https://jira.example/mcp"]
                ]
            )
            #expect(shown.body[at: ["mcp", "gateway"]] == "http://gateway:8080" && shown.body[at: ["skills", "registry"]] == .null)
            #expect(shown.body[at: ["awareness", "grants"]] == [["payloadId": "handbook", "access": "allow", "scope": "org"]])
            #expect(shown.body[at: ["awareness", "version"]] == "awareness/v1alpha1" && shown.body[at: ["awareness", "wave"]] == "org")
            let same = [("If-None-Match", "\"\(contract)\"")]
            #expect(try await stage.send(.GET, "/tenants/mia/effective-contract", headers: same).status == 304)
            #expect(try await stage.pod(.GET, "/contract", token: stage.workloadToken("openclaw-mia"), headers: same).status == 304)
            #expect(try await stage.send(.GET, "/tenants/zoe/effective-contract").code == "TENANT_NOT_FOUND")
        }
    }

    @Test func thePolicyInForceAndTheTenantsOwnListPlayTheirPart() async throws {
        try await withStage { stage in
            for name in ["jira", "wiki", "mail"] { _ = try await makeServer(stage, name, [["subjectType": "everyone"]]) }
            let policy: JSON = ["name": "base", "mcpServers": ["deny": ["wiki", "unheard-of"]]]
            #expect(try await stage.send(.POST, "/policies", policy).status == 201)
            try await stage.makeRunning("mia", policy: "base")
            #expect(try await stage.send(.PUT, "/tenants/mia", ["mcpPolicy": ["deny": ["mail"]]]).status == 200)
            let contract = try await stage.send(.GET, "/tenants/mia/effective-contract").body
            #expect(contract[at: ["tenant", "policyRef"]] == "base")
            #expect(names(contract, ["mcp", "servers"]) == ["jira"])
            #expect(names(contract, ["mcp", "denied"]) == ["mail", "unheard-of", "wiki"])
            // A policy that is gone allows nothing until another one is in force.
            #expect(try await stage.send(.DELETE, "/policies/base").status == 200)
            let after = try await stage.send(.GET, "/tenants/mia/effective-contract").body
            #expect(names(after, ["mcp", "servers"]) == [] && after["contractId"] != contract["contractId"])
        }
    }

    @Test func rulesNameServersByNameOrID() {
        let servers = [("1", "a"), ("2", "b"), ("3", "c")].map {
            EffectiveContract.Server(id: $0.0, name: $0.1, transport: "sse", endpoint: "e")
        }
        func sort(_ rules: ServerRules, granted: Set<String> = ["1", "2", "3"]) -> [[String]] {
            let sorted = rules.sort(servers, granted: granted)
            return [sorted.allowed.map(\.name), sorted.denied.map(\.name).sorted()]
        }
        #expect(sort(ServerRules()) == [["a", "b", "c"], []])
        #expect(sort(ServerRules(), granted: ["2"]) == [["b"], ["a", "c"]])
        #expect(sort(ServerRules(policy: AccessList(allow: ["1", "b"]))) == [["a", "b"], ["c"]])
        #expect(sort(ServerRules(policy: AccessList(allow: ["a"], deny: ["1"]))) == [[], ["a", "b", "c"]], "denial wins")
        #expect(sort(ServerRules(policy: AccessList(allow: []))) == [[], ["a", "b", "c"]], "an empty list allows nothing")
        #expect(sort(ServerRules(policy: AccessList(deny: ["a"]), tenant: AccessList(allow: ["a", "b"]))) == [["b"], ["a", "c"]])
        #expect(sort(ServerRules(isPolicyMissing: true)) == [[], ["a", "b", "c"]])
    }

    @Test func aPodThatWaitsIsToldAsSoonAsItsContractIsAnotherOne() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            let token = try await stage.workloadToken("openclaw-mia")
            let first = try await stage.pod(.GET, "/contract", token: token)
            let same = [("If-None-Match", try #require(first.headers.first(name: "ETag")))]
            // Nothing has changed: the time is used up.
            let start = ContinuousClock.now
            #expect(try await stage.pod(.GET, "/contract?wait=1", token: token, headers: same).status == 304)
            #expect(ContinuousClock.now - start >= .seconds(1))
            async let waiting = stage.pod(.GET, "/contract?wait=30", token: token, headers: same)
            _ = try await makeServer(stage, "jira", [["subjectType": "everyone"]])
            let second = try await waiting
            #expect(second.status == 200 && names(second.body, ["mcp", "servers"]) == ["jira"])
            #expect(try await stage.pod(.GET, "/contract?wait=31", token: token).status == 422)
            // Without a version there is nothing to wait for.
            #expect(try await stage.pod(.GET, "/contract?wait=30", token: token).status == 200)
        }
    }

    @Test func aRoomHasAsManyPlacesAsItHas() {
        let room = WaitingRoom(capacity: 2)
        #expect(room.enter() && room.enter() && !room.enter())
        room.leave()
        #expect(room.enter())
    }

    @Test func skillsMustBeGrantedPublishedScannedAndListed() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia", ["skillAllowlist": ["triage", "notes", "unscanned", "draft"]])
            let digest = "sha256:" + String(repeating: "a", count: 64)
            for (name, status, granted) in [
                ("triage", "published", true), ("notes", "published", false), ("draft", "draft", true), ("unlisted", "published", true),
            ] {
                let id = UUID()
                let published: Date? = status == "published" ? Date() : nil
                try await stage.pool.execute(
                    """
                    insert into skill_bundles (id, name, version, description, digest, scope, status, tags, published_at, scan_digest,
                        scan_passed, created_at, updated_at)
                    values (\(id), \(name), '1.0.0', 'd', \(digest), 'org', \(status), '{}', \(published), \(digest), true, now(), now())
                    """
                )
                guard granted else { continue }
                try await stage.pool.execute(
                    """
                    insert into grants (id, payload_type, payload_id, scope, subject_type, subject_id, access, priority, created_at, updated_at)
                    values (\(UUID()), 'skill-bundle', \(id.uuidString.lowercased()), 'org', 'everyone', '*', 'allow', 0, now(), now())
                    """
                )
            }
            let contract = try await stage.send(.GET, "/tenants/mia/effective-contract").body
            #expect(names(contract, ["skills", "entitled"]) == ["triage"])
            #expect(contract[at: ["skills", "entitled"]]?[0]?["digest"] == .string(digest))
        }
    }
}
