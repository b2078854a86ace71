import JSONValue
import ModelProxy
import ModelProxyFixtures
import Observability
import Testing

/// The client against a stand-in that keeps LiteLLM's rules.
struct ModelProxyClientTests {
    private let wish = ModelKeyWish(alias: "opencrane-mia", budget: USD(50), team: "opencrane", user: "mia@corp.example")

    private func withProxy(_ body: @Sendable (ModelProxyStandIn, ModelProxyClient) async throws -> Void) async throws {
        try await ModelProxyStandIn.run { proxy in
            try await body(
                proxy,
                try ModelProxyClient(endpoint: proxy.base + "/", masterKey: SensitiveString(ModelProxyStandIn.masterKey))
            )
        }
    }

    private func failure(_ work: () async throws -> Void) async -> ModelProxyError? {
        do {
            try await work()
            return nil
        } catch {
            return error as? ModelProxyError
        }
    }

    @Test func leadsAKeyThroughItsLife() async throws {
        try await withProxy { proxy, client in
            try await client.requireAlive()
            try await client.setTeam("opencrane", limit: USD(1000))
            let (made, value) = try await client.generateKey(wish, spend: USD(2.5), metadata: ["tenant": "mia"])
            #expect(ModelKey.hash(of: value.reveal()) == made.hash)
            #expect(proxy.state.keys[made.hash]?["budget_duration"] == "30d")
            #expect(proxy.state.keys[made.hash]?["metadata"]?["tenant"] == "mia")
            let known = try await client.key(alias: "opencrane-mia")
            #expect(known?.meets(wish) == true)
            #expect(known?.spend == USD(2.5))
            #expect(try await client.key(hash: made.hash)?.hash == made.hash)
            #expect(await failure { _ = try await client.generateKey(wish) }?.code == .refused, "aliases are unique")

            var higher = wish
            higher.budget = USD(80)
            try await client.updateKey(made.hash, to: higher)
            #expect(try await client.key(alias: "opencrane-mia")?.budget == USD(80))
            try await client.deleteKeys(aliases: ["opencrane-mia"])
            try await client.deleteKeys(aliases: ["opencrane-mia"])
            #expect(try await client.key(alias: "opencrane-mia") == nil)
            #expect(try await client.key(hash: made.hash) == nil)
        }
    }

    @Test func readsEveryPageOfKeys() async throws {
        try await withProxy { proxy, client in
            try await client.setTeam("opencrane", limit: nil)
            for number in 0..<205 {
                var one = wish
                one.alias = "opencrane-t\(number)"
                _ = try await client.generateKey(one)
            }
            var seen: Set<String> = []
            var pages = 0
            try await client.keys(team: "opencrane") {
                pages += 1
                seen.formUnion($0.map(\.alias))
            }
            #expect(seen.count == 205)
            #expect(pages == 3)
        }
    }

    @Test(arguments: ModelProxyState.Release.allCases) func setsCeilings(_ release: ModelProxyState.Release) async throws {
        try await withProxy { proxy, client in
            proxy.change { $0.release = release }
            try await client.setTeam("opencrane", limit: USD(100))
            try await client.setTeam("opencrane", limit: USD(100))
            #expect(proxy.calls.filter { $0 == "POST /team/new" }.count == 1)
            #expect(try await client.requireTeam("opencrane", limit: USD(7)) == false)
            #expect(try await client.team("opencrane")?.budget == USD(100), "the ceiling of a team that is there stays")
            #expect(try await client.requireTeam("another", limit: USD(7)))
            #expect(try await client.team("another")?.budget == USD(7))
            try await client.setTeam("opencrane", limit: nil)
            #expect(try await client.team("opencrane")?.budget == nil)
            try await client.setAccount("mia@corp.example", in: "opencrane", limit: USD(30))
            try await client.setAccount("mia@corp.example", in: "opencrane", limit: USD(40))
            #expect(try await client.team("opencrane")?.members["mia@corp.example"]?.budget == USD(40))
            #expect(proxy.state.users["mia@corp.example"]?["max_budget"] == 40)
            try await client.setAccount("mia@corp.example", in: "opencrane", limit: nil)
            #expect(try await client.team("opencrane")?.members["mia@corp.example"]?.budget == nil)
            // An older proxy keeps the user's own, which it does not hold keys of teams to.
            #expect(proxy.state.users["mia@corp.example"]?["max_budget"] == (release == .v1_74 ? 40 : .null))
        }
    }

    /// However many members a team has: nothing that is told needs an answer with all of them.
    @Test func aLargeTeamStopsNoKeyAndNoCeiling() async throws {
        try await withProxy { proxy, client in
            try await client.setTeam("opencrane", limit: USD(100))
            proxy.change { $0.ballast = 9 << 20 }
            #expect(try await client.requireTeam("opencrane", limit: nil) == false)
            try await client.setTeam("opencrane", limit: USD(50))
            try await client.setAccount("mia@corp.example", in: "opencrane", limit: USD(30))
            try await client.setAccount("mia@corp.example", in: "opencrane", limit: USD(31))
            #expect(proxy.state.teams["opencrane"]?["max_budget"] == 50)
            #expect(proxy.state.members["opencrane"]?["mia@corp.example"]?["max_budget"] == 31)
            #expect(try await client.team("opencrane")?.budget == USD(50), "an answer of 9 MiB is read")
        }
    }

    @Test func endsKeysByTheirHashes() async throws {
        try await withProxy { proxy, client in
            let (first, _) = try await client.generateKey(wish)
            try await client.deleteKeys(aliases: ["opencrane-mia"])
            let (second, _) = try await client.generateKey(wish)
            try await client.deleteKeys(hashes: [first.hash])
            #expect(try await client.key(alias: "opencrane-mia")?.hash == second.hash, "another key of the name lives on")
            try await client.deleteKeys(hashes: [second.hash])
            #expect(try await client.key(alias: "opencrane-mia") == nil)
        }
    }

    @Test(arguments: ModelProxyState.Release.allCases) func setsCredentials(_ release: ModelProxyState.Release) async throws {
        try await withProxy { proxy, client in
            proxy.change { $0.release = release }
            try await client.setCredential("opencrane-openai", provider: "openai", key: "sk-one")
            #expect(proxy.state.credentials["opencrane-openai"]?["credential_values"]?["api_key"] == "sk-one")
            try await client.setCredential("opencrane-openai", provider: "openai", key: "sk-two")
            #expect(proxy.state.credentials["opencrane-openai"]?["credential_values"]?["api_key"] == "sk-two")
            #expect(proxy.state.credentials["opencrane-openai"]?["credential_info"]?["custom_llm_provider"] == "openai")
            try await client.deleteCredential("opencrane-openai")
            try await client.deleteCredential("opencrane-openai")
            #expect(proxy.state.credentials.isEmpty)
        }
    }

    /// A proxy that says 200 and hands back its error has done nothing, and is asked again.
    @Test(arguments: ModelProxyState.Release.allCases)
    func aFailureThatCallsItselfASuccessIsOne(_ release: ModelProxyState.Release) async throws {
        try await withProxy { proxy, client in
            proxy.change { $0.release = release }
            try await client.setCredential("opencrane-openai", provider: "openai", key: "sk-one")
            proxy.change { $0.failsCredentials = true }
            let changed = await failure { try await client.setCredential("opencrane-openai", provider: "openai", key: "sk-two") }
            #expect(changed?.code == .failed)
            #expect(changed.map { !"\($0)".contains("SECRET-UPSTREAM-TEXT") } == true)
            #expect(await failure { try await client.deleteCredential("opencrane-openai") }?.code == .failed)
            proxy.change { $0.failsCredentials = false }
            #expect(proxy.state.credentials["opencrane-openai"]?["credential_values"]?["api_key"] == "sk-one")
            try await client.deleteCredential("opencrane-openai")
            #expect(proxy.state.credentials.isEmpty)
        }
    }

    @Test func addsUpWhatPagesTear() async throws {
        try await withProxy { proxy, client in
            proxy.change { state in
                state.daily = (0..<1500).map { _ in
                    ["date": "2026-03-01", "api_key": "h", "model": "gpt", "prompt_tokens": 2, "completion_tokens": 1, "spend": 0.01]
                }
            }
            let usage = try await client.usage(from: "2026-03-01", through: "2026-03-02")
            #expect(usage == [.init(day: "2026-03-01", model: "gpt", hash: "h"): ModelUsage(input: 3000, output: 1500, cost: USD(15))])
            #expect(proxy.calls.count == 2)
        }
    }

    @Test func saysWhatWentWrongWithoutTheProxysWords() async throws {
        try await withProxy { proxy, client in
            for (status, code) in [(500, ModelProxyError.Code.failed), (429, .failed), (403, .unauthorized), (422, .refused)] {
                proxy.fail(status)
                let error = await failure { _ = try await client.key(alias: "x") }
                #expect(error?.code == code)
                #expect(error?.status == status)
                #expect(!"\(error.map { "\($0)" } ?? "")".contains("SECRET-UPSTREAM-TEXT"))
            }
            proxy.recover()
            let stranger = try ModelProxyClient(endpoint: proxy.base, masterKey: SensitiveString("sk-wrong"))
            #expect(await failure { _ = try await stranger.key(alias: "x") }?.code == .unauthorized)
            var limits = ModelProxyClient.Limits()
            limits.answer = 10
            let small = try ModelProxyClient(
                endpoint: proxy.base,
                masterKey: SensitiveString(ModelProxyStandIn.masterKey),
                limits: limits
            )
            #expect(await failure { _ = try await small.key(alias: "x") }?.code == .answerInvalid)
        }
        let nowhere = try ModelProxyClient(endpoint: "http://127.0.0.1:1", masterKey: SensitiveString("k"))
        #expect(await failure { _ = try await nowhere.key(alias: "x") }?.code == .unreachable)
        for wrong in ["", "litellm:4000", "ftp://x", "http://u:p@x", "http://x?y"] {
            #expect(throws: ModelProxyError.self) { try ModelProxyClient(endpoint: wrong, masterKey: SensitiveString("k")) }
        }
    }
}
