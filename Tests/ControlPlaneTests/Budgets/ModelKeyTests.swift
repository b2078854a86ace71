import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import ModelProxy
import ModelProxyFixtures
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

/// The life of a tenant's key for the model proxy (W-16).
struct ModelKeyTests {
    private struct Crash: Error {}

    @Test func aKeyLivesAsLongAsItsTenant() async throws {
        try await withBudgets { stage, proxy in
            #expect(try await stage.send(.GET, "/ai-budget/mia/litellm-key").code == "TENANT_NOT_FOUND")
            try await stage.makeTenant("mia", budget: 40)
            try await eventually("the tenant has a key") { try await stage.mark("mia") != nil }
            let value = try #require(try await stage.heldKey("mia"))
            let hash = ModelKey.hash(of: value)
            #expect(proxy.live("mia") == [hash], "one key, whose value the Secret holds")
            let row = try #require(proxy.state.keys[hash])
            #expect(row["max_budget"] == 40)
            #expect(row["budget_duration"] == "30d", "the month starts anew")
            #expect(row["team_id"] == "opencrane")
            #expect(row["user_id"] == "mia@corp.example")
            let secret = try #require(try await stage.secret("mia"))
            #expect(secret.metadata.ownerReferences.map(\.name) == ["mia"])
            #expect(try await stage.mark("mia") == String(hash.prefix(16)))
            let shown = try await stage.send(.GET, "/ai-budget/mia/litellm-key")
            #expect(shown.status == 200)
            #expect(shown.body["keyAlias"] == "opencrane-mia")
            #expect(shown.body["secretName"] == "openclaw-mia-litellm-key")
            #expect(shown.body["monthlyBudgetUsd"]?.numberValue == 40)
            #expect(!shown.body.text().contains(value))

            // Another ceiling changes the key, not its value.
            let edited = try await stage.send(.PUT, "/tenants/mia", ["monthlyBudgetUsd": 55])
            #expect(edited.status == 200, "\(edited.body.text())")
            try await eventually("the proxy has the ceiling") { proxy.state.keys[hash]?["max_budget"] == 55 }
            #expect(try await stage.heldKey("mia") == value)
            try await eventually("it is shown") {
                try await stage.send(.GET, "/ai-budget/mia/litellm-key").body["monthlyBudgetUsd"]?.numberValue == 55
            }

            #expect(try await stage.send(.DELETE, "/tenants/mia").status == 200)
            try await eventually("the key is gone") { proxy.live("mia").isEmpty }
            try await eventually("it is forgotten") { try await stage.rows("select tenant from model_key_state").isEmpty }
        }
    }

    @Test func aRevokedKeyEndsWhereItLives() async throws {
        try await withBudgets { stage, proxy in
            try await stage.makeTenant("mia", budget: 40)
            try await eventually("the tenant has a key") { try await stage.mark("mia") != nil }
            let before = try #require(try await stage.heldKey("mia"))
            proxy.spend(12.5, by: "mia")
            let header = [("Idempotency-Key", "revoke-1")]
            let revoked = try await stage.send(.POST, "/ai-budget/mia/litellm-key/revoke", headers: header)
            #expect(revoked.status == 200, "\(revoked.body.text())")
            #expect(revoked.body["status"] == "revoked")
            #expect(revoked.body["name"] == "mia")
            #expect(!proxy.live("mia").contains(ModelKey.hash(of: before)), "it is dead before the answer")
            try await eventually("another key is in the Secret") { try await stage.heldKey("mia") != before }
            let after = try #require(try await stage.heldKey("mia"))
            try await eventually("the pod is to be made anew") {
                try await stage.mark("mia") == String(ModelKey.hash(of: after).prefix(16))
            }
            #expect(proxy.live("mia") == [ModelKey.hash(of: after)])
            #expect(proxy.state.keys[ModelKey.hash(of: after)]?["spend"] == 12.5, "what was spent stays spent")

            let again = try await stage.send(.POST, "/ai-budget/mia/litellm-key/revoke", headers: header)
            #expect(again.body == revoked.body)
            #expect(proxy.live("mia") == [ModelKey.hash(of: after)], "a repetition revokes nothing")
            try await eventually("all is written down") {
                try await stage.trail("ModelKey/mia") == [
                    "ModelKeyIssued control-plane", "LiteLLMKeyRevoked static-token", "ModelKeyIssued control-plane",
                ]
            }
            #expect(try await stage.rows("select count(*)::text from model_keys where revoked_at is null") == ["1"])
            #expect(try await stage.send(.POST, "/ai-budget/nobody/litellm-key/revoke").code == "TENANT_NOT_FOUND")
        }
    }

    /// What was spent is known before the key ends: whoever finds the tenant without a key in between makes one that has spent it.
    @Test func noMomentForgetsWhatWasSpent() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia")
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            try await handler.reconcile("mia")
            proxy.spend(12.5, by: "mia")
            proxy.fail(500, at: "/key/delete")
            let refused = try await stage.send(.POST, "/ai-budget/mia/litellm-key/revoke")
            #expect(refused.status == 502)
            proxy.recover()
            proxy.change { $0.keys = [:] }
            try await handler.reconcile("mia")
            let hash = try #require(proxy.live("mia").first)
            #expect(proxy.state.keys[hash]?["spend"] == 12.5)
        }
    }

    /// A revocation that is cut off after it was noted, before or after the proxy ended the key: it is carried out, with the entry of whoever
    /// asked, and the tenant gets another key.
    @Test(arguments: [true, false]) func aRevocationThatIsCutOffIsCarriedOut(_ isDead: Bool) async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia")
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            try await handler.reconcile("mia")
            let before = try #require(try await stage.heldKey("mia"))
            proxy.spend(12.5, by: "mia")
            let client = try #require(try modelProxySettings(proxy).client)
            let known = try await client.key(alias: "opencrane-mia")
            let revocations = ModelKeyRevocations(pool: stage.pool)
            let draft = AuditDraft(actor: "ada", requestID: "r", action: "LiteLLMKeyRevoked", resource: "ModelKey/mia", message: "m")
            _ = try await revocations.begin("mia", key: known, audit: draft, now: Date())
            #expect(
                try await stage.rows("select outcome::text from audit_entries where action = 'LiteLLMKeyRevoked'") == ["pending"],
                "what is about to happen is in the trail"
            )
            if isDead { try await client.deleteKeys(aliases: ["opencrane-mia"]) }
            // The next look finds the tenant, and does what is left.
            try await stage.pool.execute("delete from outbox")
            try await handler.keys.announceDue(namespace: Stage.namespace, stale: .distantPast, limit: 500)
            #expect(try await stage.rows("select key from outbox where topic = 'model-proxy.key'") == ["mia"])
            try await handler.reconcile("mia")
            #expect(!proxy.live("mia").contains(ModelKey.hash(of: before)))
            let after = try #require(try await stage.heldKey("mia"))
            #expect(after != before && proxy.live("mia") == [ModelKey.hash(of: after)])
            #expect(proxy.state.keys[ModelKey.hash(of: after)]?["spend"] == 12.5)
            #expect(try await stage.rows("select outcome::text from audit_entries where action = 'LiteLLMKeyRevoked'") == ["succeeded"])
            #expect(try await stage.rows("select key_hash from model_key_revocations").isEmpty)
            try await handler.reconcile("mia")
            #expect(try await stage.heldKey("mia") == after, "once")
        }
    }

    /// A key that the proxy does not end lives on, and the trail says so.
    @Test func aRevocationThatTheProxyRefusesChangesNothing() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia")
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            try await handler.reconcile("mia")
            let before = try await stage.heldKey("mia")
            proxy.fail(500, at: "/key/delete")
            let headers = [("Idempotency-Key", "one")]
            let refused = try await stage.send(.POST, "/ai-budget/mia/litellm-key/revoke", headers: headers)
            #expect(refused.status == 502 && refused.code == "UPSTREAM_ERROR")
            #expect(try await stage.rows("select outcome::text from audit_entries where action = 'LiteLLMKeyRevoked'") == ["failed"])
            proxy.recover()
            try await handler.reconcile("mia")
            #expect(try await stage.heldKey("mia") == before)
            #expect(
                try await stage.send(.POST, "/ai-budget/mia/litellm-key/revoke", headers: headers).status == 200,
                "a refusal is not kept"
            )
        }
    }

    /// More revocations at once than the pool has connections: none of them waits for a connection while it holds one.
    @Test func manyRevocationsAtOnceStarveNobody() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            let names = (0..<12).map { "t\($0)" }
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            for name in names {
                try await stage.makeTenant(name)
                try await handler.reconcile(name)
            }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for name in names {
                    group.addTask {
                        // Whoever finds the room full comes again.
                        for _ in 0..<200 {
                            let answer = try await stage.send(.POST, "/ai-budget/\(name)/litellm-key/revoke")
                            guard answer.status == 503 else { return answer.status }
                            try await Task.sleep(for: .milliseconds(20))  // wait: as the answer says
                        }
                        return 0
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == names.map { _ in 200 })
            #expect(proxy.state.keys.isEmpty)
        }
    }

    /// Cut off between the proxy's word and the Secret, any number of times: one live key, the one in the Secret.
    @Test func crashesLeaveOneKey() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia")
            let settings = try modelProxySettings(proxy)
            var crashing = try stage.keyHandler(settings)
            crashing.afterGenerating = { throw Crash() }
            for _ in 0..<3 {
                await #expect(throws: Crash.self) { try await crashing.reconcile("mia") }
                #expect(proxy.live("mia").count == 1)
                #expect(try await stage.heldKey("mia") == nil)
            }
            let handler = try stage.keyHandler(settings)
            try await handler.reconcile("mia")
            let value = try #require(try await stage.heldKey("mia"))
            #expect(proxy.live("mia") == [ModelKey.hash(of: value)])
            try await handler.reconcile("mia")
            #expect(try await stage.heldKey("mia") == value, "what is in order stays")
            // Cut off after the Secret: the key stays, and is remembered.
            try await stage.pool.execute("delete from model_keys")
            try await handler.reconcile("mia")
            #expect(try await stage.heldKey("mia") == value)
            #expect(try await stage.rows("select count(*)::text from model_keys where revoked_at is null") == ["1"])
        }
    }

    /// Another tenant of the name inherits neither key nor spend nor what was used, also when nobody has seen the first one go.
    @Test func anotherTenantOfTheNameInheritsNothing() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia", budget: 40, customer: "corp")
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            try await handler.reconcile("mia")
            let before = try #require(try await stage.heldKey("mia"))
            proxy.spend(39, by: "mia")
            #expect(try await stage.send(.GET, "/ai-budget/mia/spend").body["budgetAlertState"] == "warning")
            let usage = TokenUsageRepository(pool: stage.pool)
            let used = ModelUsage.Key(day: "2026-03-01", model: "gpt", hash: ModelKey.hash(of: before))
            try await usage.keep([used: ModelUsage(input: 7, output: 1, cost: USD(1))], now: Date())
            func seen(by customer: String) async throws -> Int {
                let sight = ObjectSight(customer: customer)
                return try await usage.list(tenant: nil, seenBy: sight, namespace: Stage.namespace, limit: 10, cursor: nil).items.count
            }
            #expect(try await seen(by: "corp") == 1)

            #expect(try await stage.send(.DELETE, "/tenants/mia").status == 200)
            try await eventually("it is gone") { try await stage.object(.tenant, "mia") == nil }
            try await stage.makeTenant("mia", budget: 40, customer: "other")
            #expect(try await seen(by: "other") == 0)
            #expect(try await stage.send(.GET, "/ai-budget/mia/litellm-key").code == "MODEL_KEY_NOT_FOUND")
            try await handler.reconcile("mia")
            let after = try #require(try await stage.heldKey("mia"))
            #expect(after != before && proxy.live("mia") == [ModelKey.hash(of: after)])
            #expect(proxy.state.keys[ModelKey.hash(of: after)]?["spend"]?.numberValue == 0)
            let spend = try await stage.send(.GET, "/ai-budget/mia/spend")
            #expect(spend.body["currentSpendUsd"]?.numberValue == 0 && spend.body["budgetAlertState"] == "ok")
            try await handler.reconcile("mia")
            #expect(try await stage.heldKey("mia") == after)
            #expect(
                try await usage.list(tenant: "mia", seenBy: .everything, namespace: Stage.namespace, limit: 10, cursor: nil).items.count
                    == 1
            )
        }
    }

    /// A Secret that somebody emptied, and a key that somebody deleted in the proxy, are mended.
    @Test func whatOthersBreakIsMended() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia")
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            try await handler.reconcile("mia")
            _ = try await stage.client.dynamic(CoreV1.Secret.resourceType, namespace: Stage.namespace)
                .delete(TenantNames(tenant: "mia").modelKeySecret)
            try await handler.reconcile("mia")
            let second = try #require(try await stage.heldKey("mia"))
            #expect(proxy.live("mia") == [ModelKey.hash(of: second)])
            proxy.change { $0.keys = [:] }
            try await handler.reconcile("mia")
            let third = try #require(try await stage.heldKey("mia"))
            #expect(third != second)
            #expect(proxy.live("mia") == [ModelKey.hash(of: third)])
        }
    }

    /// Kubernetes down: no key is made whose value nobody would have.
    @Test func withoutASecretThereIsNoKey() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia")
            try await stage.pool.execute("update tenants set status = '{}'")
            _ = try await stage.client.dynamic(Tenant.resourceType, namespace: Stage.namespace).mergePatch(
                ObjectKey(namespace: Stage.namespace, name: "mia"),
                ["status": ["targetNamespace": "not-there"]],
                subresource: "status"
            )
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            await #expect(throws: (any Error).self) { try await handler.reconcile("mia") }
            #expect(!proxy.calls.contains("POST /key/generate"))
        }
    }

    @Test func findsWhoHasToBeLookedAt() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            let keys = ModelKeyRepository(pool: stage.pool)
            func due(_ stale: Date = .distantPast) async throws -> [String] {
                try await stage.pool.execute("delete from outbox")
                try await keys.announceDue(namespace: Stage.namespace, stale: stale, limit: 500)
                return try await stage.rows("select key from outbox where topic = 'model-proxy.key' order by key")
            }
            try await stage.makeTenant("leo")
            try await stage.makeTenant("mia")
            #expect(try await due() == ["leo", "mia"])
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            try await handler.reconcile("leo")
            try await handler.reconcile("mia")
            #expect(try await due() == [])
            #expect(try await due(Date() + 60) == ["leo", "mia"], "now and then everybody is")
            try await stage.pool.execute("update tenants set generation = 7 where name = 'leo'")
            #expect(try await due() == ["leo"])
            try await stage.pool.execute("update tenants set deleted_at = now() where name = 'mia'")
            #expect(try await due() == ["leo", "mia"])
        }
    }
}
