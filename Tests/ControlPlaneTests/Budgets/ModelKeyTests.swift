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
