import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import LocalCluster
import LocalPostgres
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

/// Every operation of the main surface while what it stands on is away: it says so, has done nothing by halves, and works again by itself.
@Suite struct OutageTableTests {
    private static let bodies: [String: JSON] = [
        "createTenant": ["name": "leo", "displayName": "Leo", "email": "leo@corp.example"], "updateTenant": ["team": "other"],
        "updateTenantDatasets": ["org": [], "team": ["t"], "project": [], "personal": []], "createPolicy": ["name": "closed"],
        "updatePolicy": [:], "createClusterTenant": ["name": "corp", "displayName": "Corp"],
        "updateClusterTenant": ["displayName": "Other"],
        "createGroup": ["name": "ops", "scope": "org"], "updateGroup": ["name": "other"],
        "createMcpServer": ["name": "search", "endpoint": "https://mcp.example.com", "transport": "streamable-http"],
        "updateMcpServer": ["name": "other"], "addMcpServerCredential": ["displayName": "one", "brokeringMode": "obo"],
        "createSkillBundle": ["name": "greeting", "version": "1.0.0"], "updateSkillBundle": ["status": "draft"],
        "createThirdPartySource": ["name": "theirs", "type": "mcp-registry", "url": "https://registry.example.com/v0"],
        "updateThirdPartySource": ["name": "other"], "createAccessToken": ["name": "another"],
        "upsertProviderKey": ["apiKey": "sk-0123456789"], "updateGlobalBudget": ["monthlyLimitUsd": 1],
        "upsertAccountBudget": ["monthlyLimitUsd": 1], "setAwarenessRollout": ["targetVersion": "awareness/v2"],
        "setAwarenessWave": ["wave": "canary"],
        "setSessionScope": ["principal": "user:mia", "scopes": [["scope": "org", "payloadId": "news"]]],
        "setPlatformDns": ["provider": "cloudflare", "zone": "ai.corp.test", "email": "ops@corp.test", "apiToken": "t"],
    ]
    private static let places = ["provider": "openai", "userId": "x@corp.example", "sessionKey": "s", "digest": "none"]

    /// An answer with the operation that gave it.
    private struct Told: Sendable {
        var label: OperationLabel
        var answer: Stage.Answer
        var title: String { "\(label.id): \(answer.status) \(answer.body.text().prefix(200))" }
        var isWrite: Bool { label.method != .get }
    }

    /// Asks for every operation that needs a caller, some at a time.
    private func walk(_ stage: Stage) async throws -> [Told] {
        let labels = stage.plane.surface.operations.map(\.label).filter { $0.access != .open }
        return try await withThrowingTaskGroup(of: Told.self) { group in
            var told: [Told] = []
            for (index, label) in labels.enumerated() {
                if index >= 8, let one = try await group.next() { told.append(one) }
                group.addTask {
                    var path = label.path.description
                    for name in label.path.parameterNames {
                        let isID = name.lowercased().hasSuffix("id") && Self.places[name] == nil
                        let value = Self.places[name] ?? (isID ? "0b8e3b1c-0000-4000-8000-000000000000" : "mia")
                        path = path.replacing("{\(name)}", with: value)
                    }
                    let isText = label.path.description.hasSuffix("/content") && label.method == .put
                    return Told(
                        label: label,
                        answer: try await stage.send(
                            HTTPMethod(rawValue: label.method.rawValue),
                            path,
                            Self.bodies[label.id],
                            text: isText ? "# hello" : nil,
                            headers: isText ? [("Content-Type", "text/markdown")] : []
                        )
                    )
                }
            }
            for try await one in group { told.append(one) }
            return told
        }
    }

    /// What holds of every answer, whatever is away.
    private func check(_ told: [Told]) {
        #expect(told.count > 60, "\(told.count) operations")
        for one in told {
            #expect(one.answer.status != 500 && one.answer.status != 504, "\(one.title)")
            guard one.answer.status >= 502 else { continue }
            let codes = one.label.errors.filter { $0.status.code == one.answer.status }.map(\.code)
            #expect(one.answer.code.map(codes.contains) == true, "not declared: \(one.title)")
            if one.answer.status == 503, one.answer.code?.hasSuffix("_NOT_CONFIGURED") == false {
                #expect(one.answer.headers.contains(name: "Retry-After"), "\(one.title)")
            }
        }
    }

    /// How many rows the tables have that callers write to.
    private func counts(_ stage: Stage) async throws -> [String] {
        var counts: [String] = []
        for table in [
            "access_tokens", "ai_budgets", "audit_entries", "awareness_rollout", "cluster_tenants", "grants", "groups", "idempotency_keys",
            "mcp_servers", "provider_keys", "session_scopes", "skill_bundles", "skill_contents", "tenant_datasets", "tenants",
            "third_party_sources", "write_intents",
        ] { counts += try await stage.rows("select \(table) || ' ' || count(*) from \(unescaped: table)") }
        return counts
    }

    @Test(.timeLimit(.minutes(15))) func withoutADatabaseEveryOperationSaysSoAndNothingIsDone() async throws {
        try await withPrivatePostgres { server in
            try await withStage(database: server.configuration) { stage in
                let manager = try await CertManager(stage)
                #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
                let before = try await counts(stage)
                await server.stop()
                let told = try await walk(stage)
                check(told)
                // Whoever could be asked at all was told; the rest is refused before any row is needed, or needs none.
                let others = told.filter { $0.answer.status < 502 }
                #expect(others.count < 12, "\(others.map(\.title))")
                #expect(others.filter { $0.isWrite && $0.answer.status < 300 }.map(\.title) == [])
                #expect(try await manager.issuer() == nil)
                #expect(try await manager.secrets().isEmpty)
                #expect(try await stage.object(.tenant, "leo") == nil)
                try await server.start()
                try await eventually("the database is back") { try await stage.send(.GET, "/tenants/mia").status == 200 }
                #expect(try await counts(stage) == before)
                let after = try await walk(stage)
                #expect(after.filter { $0.answer.status == 500 || $0.answer.code == "DATABASE_UNAVAILABLE" }.map(\.title) == [])
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func withoutKubernetesReadsGoOnAndWritesAreCaughtUp() async throws {
        let relay = IntentRelay.Configuration(
            interval: .milliseconds(50),
            backoff: IntentBackoff(first: .milliseconds(50), longest: .milliseconds(200))
        )
        try await withStage(relay: relay) { stage in
            let manager = try await CertManager(stage)
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let away = stage.cluster.faults.add(Fault(action: .status(503), times: nil))
            let told = try await walk(stage)
            check(told)
            // What only needs rows goes on.
            for id in ["listTenants", "getTenant", "listPolicies", "listClusterTenants", "listAuditEntries", "listGroups", "createGroup"] {
                guard let one = told.first(where: { $0.label.id == id }) else { continue }
                #expect(one.answer.status < 300, "\(one.title)")
            }
            #expect(told.first { $0.label.id == "createTenant" }?.answer.code == "WRITE_PENDING")
            #expect(told.first { $0.label.id == "setPlatformDns" }?.answer.code == "KUBERNETES_UNAVAILABLE")
            #expect(told.filter { $0.answer.status == 503 }.count > 5)
            #expect(try await stage.rows("select id::text from audit_entries where resource like 'PlatformDNS/%'").isEmpty)
            stage.cluster.faults.remove(away)
            try await eventually("what was accepted is done") {
                try await stage.rows("select count(*)::text from write_intents where state = 'open'") == ["0"]
            }
            #expect(try await stage.object(.tenant, "leo") != nil)
            #expect(try await stage.send(.GET, "/tenants/drift").body[at: ["summary", "driftCount"]] == 0)
            #expect(try await manager.issuer() == nil)
            #expect(try await stage.send(.PUT, "/platform/dns", Self.bodies["setPlatformDns"]).status == 200)
        }
    }
}
