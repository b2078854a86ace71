import Foundation
import HTTPOperations
import JSONValue
import ModelProxy
import ModelProxyFixtures
import NIOHTTP1
import Postgres
import SealedSecrets
import Testing

@testable import ControlPlane

/// The keys of providers (W-28), and what tenants used.
struct ProviderKeyTests {
    private static let secret = "sk-proj-VERY-SECRET-0123456789"

    @Test func aKeyIsSealedGivenOnAndNeverShown() async throws {
        try await withBudgets { stage, proxy in
            let none = try await stage.send(.GET, "/providers/keys")
            #expect(
                none.body == [
                    ["provider": "claude", "configured": false, "updatedAt": .null, "toldAt": .null, "lastError": .null],
                    ["provider": "openai", "configured": false, "updatedAt": .null, "toldAt": .null, "lastError": .null],
                ]
            )
            let header = [("Idempotency-Key", "one")]
            let set = try await stage.send(.PUT, "/providers/keys/OpenAI", ["apiKey": .string(" \(Self.secret)\n")], headers: header)
            #expect(set.status == 200, "\(set.body.text())")
            #expect(set.body["provider"] == "openai")
            #expect(set.body["configured"] == true)
            #expect(set.body["updatedAt"]?.stringValue != nil)
            #expect(
                try await stage.send(.PUT, "/providers/keys/OpenAI", ["apiKey": .string(" \(Self.secret)\n")], headers: header).body
                    == set.body
            )
            try await eventually("the proxy has it") {
                proxy.state.credentials["opencrane-openai"]?["credential_values"]?["api_key"] == .string(Self.secret)
            }
            #expect(try await stage.send(.PUT, "/providers/keys/claude", ["apiKey": "sk-ant"]).status == 200)
            try await eventually("the proxy knows whose it is") {
                proxy.state.credentials["opencrane-claude"]?["credential_info"]?["custom_llm_provider"] == "anthropic"
            }
            // Neither the answers nor any row hold the key or a part of it.
            #expect(!(try await stage.send(.GET, "/providers/keys")).body.text().contains("SECRET"))
            #expect(try await stage.rows("select encode(sealed_key, 'escape') from provider_keys").allSatisfy { !$0.contains("SECRET") })
            for table in ["audit_entries", "outbox", "idempotency_keys"] {
                let rows = try await stage.rows("select t::text from \(unescaped: table) t")
                #expect(rows.allSatisfy { !$0.contains("SECRET") }, "\(table)")
            }
            let tag = try #require(set.headers["ETag"].first)
            #expect(try await stage.send(.PUT, "/providers/keys/openai", ["apiKey": "sk-two"], headers: [("If-Match", tag)]).status == 200)
            #expect(try await stage.send(.PUT, "/providers/keys/openai", ["apiKey": "sk-3"], headers: [("If-Match", tag)]).status == 412)
            try await eventually("the proxy has the next one") {
                proxy.state.credentials["opencrane-openai"]?["credential_values"]?["api_key"] == "sk-two"
            }
            #expect(try await stage.send(.DELETE, "/providers/keys/openai").status == 204)
            #expect(try await stage.send(.DELETE, "/providers/keys/openai").code == "PROVIDER_KEY_NOT_FOUND")
            try await eventually("the proxy lets it go") { proxy.state.credentials["opencrane-openai"] == nil }
            #expect(
                try await stage.trail("ProviderKey/openai") == [
                    "ProviderKeyCreated static-token", "ProviderKeyUpdated static-token", "ProviderKeyDeleted static-token",
                ]
            )
            for (path, body) in [("openai", ["apiKey": " "]), ("openai", [:]), ("a%20b", ["apiKey": "x"])] as [(String, JSON)] {
                #expect(try await stage.send(.PUT, "/providers/keys/\(path)", body).status == 422)
            }
        }
    }

    /// A key that leaked is replaced where it is used, and whoever asks is told when: with every release of the proxy.
    @Test(arguments: ModelProxyState.Release.allCases)
    func aKeyIsRotatedInTheProxyToo(_ release: ModelProxyState.Release) async throws {
        try await withBudgets { stage, proxy in
            proxy.change { $0.release = release }
            @Sendable func shown(_ member: String) async throws -> JSON? {
                try await stage.send(.GET, "/providers/keys").body.arrayValue?.first { $0["provider"] == "openai" }?[member]
            }
            @Sendable func used() -> JSON? { proxy.state.credentials["opencrane-openai"]?["credential_values"]?["api_key"] }
            #expect(try await stage.send(.PUT, "/providers/keys/openai", ["apiKey": "sk-leaked"]).status == 200)
            try await eventually("the proxy has the first") { used() == "sk-leaked" }
            try await eventually("that is shown") { try await shown("toldAt")?.stringValue != nil }
            proxy.change { $0.failsCredentials = true }
            #expect(try await stage.send(.PUT, "/providers/keys/openai", ["apiKey": "sk-new"]).body["toldAt"] == .null)
            try await eventually("the failure is shown") { try await shown("lastError")?.stringValue != nil }
            #expect(try await shown("toldAt") == .null)
            #expect(try await shown("lastError").map { !$0.text().contains("SECRET-UPSTREAM-TEXT") } == true)
            proxy.change { $0.failsCredentials = false }
            try await eventually("the proxy has the second") { used() == "sk-new" }
            try await eventually("that is shown too") {
                let (told, failure) = (try await shown("toldAt"), try await shown("lastError"))
                return told?.stringValue != nil && failure == .null
            }
            proxy.change { $0.failsCredentials = true }
            #expect(try await stage.send(.DELETE, "/providers/keys/openai").status == 204)
            let tries = proxy.calls.filter { $0.hasPrefix("DELETE /credentials") }.count
            try await eventually("it is tried") { proxy.calls.filter { $0.hasPrefix("DELETE /credentials") }.count > tries }
            #expect(used() == "sk-new")
            proxy.change { $0.failsCredentials = false }
            try await eventually("the proxy lets it go") { used() == nil }
        }
    }

    @Test func withoutASealingKeyNothingIsKept() async throws {
        try await withBudgets({ $0.sealer = nil }) { stage, proxy in
            let refused = try await stage.send(.PUT, "/providers/keys/openai", ["apiKey": .string(Self.secret)])
            #expect(refused.status == 503)
            #expect(refused.code == "SEALING_NOT_CONFIGURED")
            #expect(try await stage.rows("select provider from provider_keys").isEmpty)
        }
    }

    @Test func anotherSealingKeyTakesOver() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            for name in ["openai", "claude"] {
                #expect(try await stage.send(.PUT, "/providers/keys/\(name)", ["apiKey": .string(Self.secret)]).status == 200)
            }
            let (old, new) = (try testKey("one", 1), try testKey("two", 100))
            let resealing = ProviderKeyResealing(pool: stage.pool, keys: try SealingKeyring(current: new, older: [old]))
            #expect(try await resealing.run() == .init(total: 2, resealed: 2))
            #expect(try await resealing.run() == .init(total: 2, resealed: 0))
            // The old key is not needed any more.
            var settings = try modelProxySettings(proxy)
            settings.sealer = SecretSealer(keys: try SealingKeyring(current: new))
            let client = try #require(settings.client)
            let handler = ProviderKeyHandler(
                proxy: client,
                keys: ProviderKeyRepository(pool: stage.pool),
                sealer: settings.sealer,
                now: { Date() }
            )
            try await handler.deliver(OutboxEntry(topic: handler.topic, key: "openai"))
            #expect(proxy.state.credentials["opencrane-openai"]?["credential_values"]?["api_key"] == .string(Self.secret))
            let lost = ProviderKeyResealing(pool: stage.pool, keys: try SealingKeyring(current: old))
            await #expect(throws: SealingError.self) { try await lost.run() }
        }
    }

    @Test func halfASettingStopsTheStart() throws {
        func problem(_ variables: [String: String]) -> String? {
            do {
                _ = try ControlPlaneConfiguration(
                    environment: variables.merging(["OPENCRANE_API_TOKEN": Stage.token]) { $1 },
                    readFile: { _ in "" }
                )
                return nil
            } catch {
                return (error as ConfigurationError).variable
            }
        }
        #expect(problem([:]) == nil)
        #expect(problem(["LITELLM_ENDPOINT": "http://litellm:4000"]) == "LITELLM_MASTER_KEY")
        #expect(problem(["LITELLM_MASTER_KEY": "sk"]) == "LITELLM_ENDPOINT")
        #expect(problem(["LITELLM_ENDPOINT": "litellm", "LITELLM_MASTER_KEY": "sk"]) == "LITELLM_ENDPOINT")
        #expect(problem(["LITELLM_ENDPOINT": "http://litellm:4000", "LITELLM_MASTER_KEY": "sk"]) == nil)
        #expect(problem(["LITELLM_DEFAULT_MONTHLY_BUDGET_USD": "-1"]) == "LITELLM_DEFAULT_MONTHLY_BUDGET_USD")
        #expect(problem(["OPENCRANE_BUDGET_WEBHOOK_URL": "ftp://x"]) == "OPENCRANE_BUDGET_WEBHOOK_URL")
        #expect(problem(["OPENCRANE_SEALING_KEYS": "nonsense"]) == "OPENCRANE_SEALING_KEYS")
    }

    @Test func usesAreCountedByTenantAndModel() async throws {
        try await withBudgets { stage, proxy in
            try await stage.makeTenant("mia", customer: "corp")
            try await stage.makeTenant("leo", customer: "other")
            try await eventually("both have keys") {
                let keys = try await stage.rows("select tenant from model_keys order by tenant")
                return keys == ["leo", "mia"]
            }
            let (mia, leo) = (try #require(proxy.live("mia").first), try #require(proxy.live("leo").first))
            let today = UsageDay(Date())
            func row(_ day: UsageDay, _ key: String, _ model: String, _ input: Int64, _ spend: Double) -> JSON {
                [
                    "date": .string("\(day)"), "api_key": .string(key), "model": .string(model), "prompt_tokens": .integer(input),
                    "completion_tokens": 5, "spend": .number(spend),
                ]
            }
            proxy.change { state in
                state.daily = [
                    row(today, mia, "gpt", 10, 0.5), row(today, mia, "opus", 20, 1.25), row(today, leo, "gpt", 30, 0.1),
                    row(today, "somebody-elses", "gpt", 1000, 99), row(today.advanced(by: -1), mia, "gpt", 7, 0.25),
                ]
            }
            try await eventually("all is counted") { try await stage.send(.GET, "/token-usage").body.arrayValue?.count == 4 }
            let all = try await stage.send(.GET, "/token-usage").body.arrayValue ?? []
            #expect(
                all.map { "\($0["tenant"]?.stringValue ?? "") \($0["model"]?.stringValue ?? "")" } == [
                    "leo gpt", "mia gpt", "mia opus", "mia gpt",
                ]
            )
            #expect(all[2]["inputTokens"] == 20)
            #expect(all[2]["outputTokens"] == 5)
            #expect(all[2]["totalCostUsd"]?.numberValue == 1.25)
            #expect(all[2]["recordedAt"]?.stringValue != nil)
            let own = try await stage.send(.GET, "/token-usage?tenant=mia&limit=2")
            #expect(own.body.arrayValue?.count == 2)
            #expect(try await stage.pages("/token-usage?tenant=mia&limit=1").map(\.count) == [1, 1, 1])
            #expect(try await stage.pages("/token-usage?limit=3").flatMap { $0 } == all)
            #expect(try await stage.send(.GET, "/token-usage?limit=0").status == 422)
            #expect(try await stage.send(.GET, "/token-usage?cursor=nonsense").status == 400)

            // What a day comes to is replaced, not added, and a revoked key's uses stay its tenant's.
            proxy.change { $0.daily[0] = row(today, mia, "gpt", 15, 0.75) }
            try await eventually("more is counted") {
                try await stage.send(.GET, "/token-usage?tenant=mia&limit=1").body[0]?["inputTokens"] == 15
            }
            #expect(try await stage.send(.POST, "/ai-budget/mia/litellm-key/revoke").status == 200)
            try await eventually("there is another key") { proxy.live("mia").first.map { $0 != mia } ?? false }
            let other = try #require(proxy.live("mia").first)
            try await eventually("it is known") {
                try await stage.rows("select tenant from model_keys where key_hash = \(other)") == ["mia"]
            }
            proxy.change { $0.daily.append(row(today, other, "gpt", 1, 0.01)) }
            try await eventually("both are counted") {
                try await stage.send(.GET, "/token-usage?tenant=mia&limit=1").body[0]?["inputTokens"] == 16
            }
        }
    }
}
