import Foundation
import HTTPOperations
import JSONValue
import Logging
import ModelProxy
import ModelProxyFixtures
import NIOConcurrencyHelpers
import NIOHTTP1
import Observability
import Postgres
import Projection
import Testing

@testable import ControlPlane

/// Ceilings over HTTP, and what becomes of them in the model proxy.
struct BudgetTests {
    @Test func theCeilingOfAllReachesTheProxy() async throws {
        try await withBudgets { stage, proxy in
            let none = try await stage.send(.GET, "/ai-budget/global")
            #expect(none.status == 200)
            #expect(none.body["monthlyLimitUsd"] == .null)
            #expect(none.body["currentSpendUsd"]?.numberValue == 0)
            #expect(none.body["budgetAlertState"] == "ok")

            let set = try await stage.send(
                .PUT,
                "/ai-budget/global",
                ["monthlyLimitUsd": 100.25],
                headers: [("Idempotency-Key", "one")]
            )
            #expect(set.status == 200, "\(set.body.text())")
            #expect(set.body["monthlyLimitUsd"] == .number(100.25))
            let again = try await stage.send(
                .PUT,
                "/ai-budget/global",
                ["monthlyLimitUsd": 100.25],
                headers: [("Idempotency-Key", "one")]
            )
            #expect(again.body == set.body)
            #expect(again.headers["ETag"] == set.headers["ETag"])
            let read = try await stage.send(.GET, "/ai-budget/global")
            #expect(read.body["monthlyLimitUsd"] == .number(100.25))
            #expect(read.headers["ETag"] == set.headers["ETag"])
            try await eventually("the proxy knows") { proxy.state.teams["opencrane"]?["max_budget"] == .number(100.25) }
            #expect(proxy.state.teams["opencrane"]?["budget_duration"] == "30d")
            #expect(try await stage.trail("AIBudget/global") == ["BudgetUpdated static-token"])

            let tag = try #require(set.headers["ETag"].first)
            let next = try await stage.send(.PUT, "/ai-budget/global", ["monthlyLimitUsd": 0], headers: [("If-Match", tag)])
            #expect(next.status == 200)
            #expect(next.body["budgetAlertState"] == "exceeded", "nothing may be spent")
            let stale = try await stage.send(.PUT, "/ai-budget/global", ["monthlyLimitUsd": 7], headers: [("If-Match", tag)])
            #expect(stale.status == 412)
            try await eventually("the proxy knows the next") { proxy.state.teams["opencrane"]?["max_budget"]?.numberValue == 0 }
            for wrong in [["monthlyLimitUsd": -1], ["monthlyLimitUsd": "5"], [:], ["ceilingAmount": 5]] as [JSON] {
                #expect(try await stage.send(.PUT, "/ai-budget/global", wrong).status == 422, "\(wrong.text())")
            }
            // It is taken away again.
            let endless = try await stage.send(.PUT, "/ai-budget/global", ["monthlyLimitUsd": .null])
            #expect(endless.status == 200 && endless.body["monthlyLimitUsd"] == .null, "\(endless.body.text())")
            try await eventually("the proxy lets it go") { proxy.state.teams["opencrane"]?["max_budget"] == .null }
            #expect(try await stage.send(.PUT, "/ai-budget/accounts/a@x", ["monthlyLimitUsd": .null]).status == 422)
        }
    }

    @Test func ceilingsOfAccountsReachTheProxy() async throws {
        try await withBudgets { stage, proxy in
            let set = try await stage.send(.PUT, "/ai-budget/accounts/Mia@Corp.example", ["monthlyLimitUsd": 30])
            #expect(set.status == 200, "\(set.body.text())")
            #expect(set.body["userId"] == "mia@corp.example")
            try await eventually("the proxy holds the member to it") {
                proxy.state.members["opencrane"]?["mia@corp.example"]?["max_budget"] == 30
            }
            #expect(proxy.state.users["mia@corp.example"]?["max_budget"] == 30)
            for name in ["a@x", "b@x", "c@x"] {
                #expect(try await stage.send(.PUT, "/ai-budget/accounts/\(name)", ["monthlyLimitUsd": 1]).status == 200)
            }
            let pages = try await stage.pages("/ai-budget/accounts?limit=3")
            #expect(pages.map { $0.compactMap { $0["userId"]?.stringValue } } == [["a@x", "b@x", "c@x"], ["mia@corp.example"]])

            let tag = try #require(set.headers["ETag"].first)
            #expect(
                try await stage.send(.PUT, "/ai-budget/accounts/new@x", ["monthlyLimitUsd": 1], headers: [("If-Match", tag)]).status == 412
            )
            let higher = try await stage.send(
                .PUT,
                "/ai-budget/accounts/mia@corp.example",
                ["monthlyLimitUsd": 31],
                headers: [("If-Match", tag)]
            )
            #expect(higher.status == 200)
            let removed = try await stage.send(
                .DELETE,
                "/ai-budget/accounts/mia@corp.example",
                headers: [("If-Match", tag)]
            )
            #expect(removed.status == 412)
            let gone = try await stage.send(.DELETE, "/ai-budget/accounts/MIA@corp.example")
            #expect(gone.status == 200, "\(gone.body.text())")
            #expect(gone.body == ["userId": "mia@corp.example", "status": "deleted"])
            #expect(try await stage.send(.DELETE, "/ai-budget/accounts/mia@corp.example").code == "BUDGET_NOT_FOUND")
            try await eventually("the proxy lets it go") {
                proxy.state.members["opencrane"]?["mia@corp.example"]?["max_budget"] == .null
                    && proxy.state.users["mia@corp.example"]?["max_budget"] == .null
            }
            #expect(
                try await stage.trail("AIBudget/account/mia@corp.example") == [
                    "BudgetCreated static-token", "BudgetUpdated static-token", "BudgetDeleted static-token",
                ]
            )
        }
    }

    /// Proxy down: the change is taken and pending, spend is a 502 without the proxy's words, and everything catches up by itself.
    @Test func aProxyThatIsDownCatchesUp() async throws {
        try await withBudgets { stage, proxy in
            try await stage.makeTenant("mia")
            try await eventually("there is a key") { try await stage.heldKey("mia") != nil }
            try await eventually("the key is settled") { try await stage.mark("mia") != nil }
            try await eventually("the spend was read") {
                try await stage.rows("select name from ai_spend where scope = 'tenant'") == ["mia"]
            }
            proxy.fail(503)
            #expect(try await stage.send(.PUT, "/ai-budget/global", ["monthlyLimitUsd": 12]).status == 200)
            #expect(try await stage.send(.PUT, "/ai-budget/accounts/x@y", ["monthlyLimitUsd": 3]).status == 200)
            try await stage.pool.execute("update ai_spend set read_at = now() - interval '1 hour'")
            let spend = try await stage.send(.GET, "/ai-budget/mia/spend")
            #expect(spend.status == 502)
            #expect(spend.code == "UPSTREAM_ERROR")
            #expect(!spend.body.text().contains("SECRET-UPSTREAM-TEXT"))

            let before = try await stage.heldKey("mia")
            let revoked = try await stage.send(.POST, "/ai-budget/mia/litellm-key/revoke")
            #expect(revoked.status == 502)
            #expect(!revoked.body.text().contains("SECRET-UPSTREAM-TEXT"))
            #expect(try await stage.heldKey("mia") == before, "nothing has changed")
            #expect(try await stage.send(.GET, "/ai-budget/mia/litellm-key").body["revokedAt"] == .null)
            #expect(try await stage.trail("ModelKey/mia") == ["ModelKeyIssued control-plane"])
            proxy.recover()
            try await eventually("the proxy knows") {
                proxy.state.teams["opencrane"]?["max_budget"] == 12 && proxy.state.members["opencrane"]?["x@y"]?["max_budget"] == 3
            }
            #expect(try await stage.send(.GET, "/ai-budget/mia/spend").status == 200)
        }
    }

    @Test func withoutAProxyNothingIsStoredThatNobodyUses() async throws {
        try await withStage { stage in
            let refused = try await stage.send(.PUT, "/ai-budget/global", ["monthlyLimitUsd": 1])
            #expect(refused.status == 503)
            #expect(refused.code == "MODEL_PROXY_NOT_CONFIGURED")
            #expect(try await stage.send(.PUT, "/ai-budget/accounts/a", ["monthlyLimitUsd": 1]).status == 503)
            #expect(try await stage.send(.PUT, "/providers/keys/openai", ["apiKey": "k"]).status == 503)
            #expect(try await stage.send(.GET, "/ai-budget/global").status == 200)
            #expect(try await stage.send(.GET, "/ai-budget/accounts").body == [])
            #expect(try await stage.send(.GET, "/ai-budget/nobody/spend").code == "TENANT_NOT_FOUND")
            #expect(try await stage.rows("select name from ai_budgets").isEmpty)
        }
    }

    @Test func spendIsReadOnceAMinute() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia", budget: 100)
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            try await handler.reconcile("mia")
            proxy.spend(79.5, by: "mia")
            let first = try await stage.send(.GET, "/ai-budget/mia/spend")
            #expect(first.status == 200, "\(first.body.text())")
            #expect(first.body["monthlyLimitUsd"]?.numberValue == 100)
            #expect(first.body["currentSpendUsd"]?.numberValue == 79.5)
            #expect(first.body["budgetAlertState"] == "ok")
            proxy.spend(80, by: "mia")
            #expect(try await stage.send(.GET, "/ai-budget/mia/spend").body["currentSpendUsd"]?.numberValue == 79.5)
            try await stage.pool.execute("update ai_spend set read_at = read_at - interval '61 seconds'")
            let later = try await stage.send(.GET, "/ai-budget/mia/spend")
            #expect(later.body["currentSpendUsd"]?.numberValue == 80)
            #expect(later.body["budgetAlertState"] == "warning")
        }
    }

    /// W-44: alerts come from the background, once a transition, and tell that it is over too.
    @Test func alertsComeOnceATransition() async throws {
        try await withBudgets { stage, proxy in
            try await stage.makeTenant("mia", budget: 100)
            try await eventually("there is a key") { try await stage.mark("mia") != nil }
            proxy.spend(85, by: "mia")
            try await eventually("a warning") { proxy.alerts.count == 1 }
            proxy.spend(90, by: "mia")
            proxy.spend(101, by: "mia")
            try await eventually("an alert") { proxy.alerts.count == 2 }
            // Ten more readings tell nobody anything.
            let readings = proxy.calls.filter { $0 == "GET /key/list" }.count
            try await eventually("more readings") { proxy.calls.filter { $0 == "GET /key/list" }.count > readings + 10 }
            proxy.spend(0, by: "mia")
            try await eventually("the end") { proxy.alerts.count == 3 }
            #expect(proxy.alerts.map { $0["budgetAlertState"]?.stringValue } == ["warning", "exceeded", "ok"])
            #expect(proxy.alerts.map { $0["previousState"]?.stringValue } == ["ok", "warning", "exceeded"])
            #expect(Set(proxy.alerts.compactMap { $0["id"]?.stringValue }).count == 3)
            #expect(proxy.alerts[1]["name"] == "mia")
            #expect(proxy.alerts[1]["monthlyLimitUsd"] == 100)
        }
    }

    /// A receiver of alerts that is away for long is told when it is back, whatever has been tried meanwhile.
    @Test func anAlertWaitsForItsReceiver() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            let budgets = BudgetRepository(pool: stage.pool)
            let time = NIOLockedValueBox(Date())
            let reading = SpendReading(scope: .account("a"), spend: USD(9), limit: USD(10))
            let changed = try await budgets.keep([reading], alerting: true, now: time.withLockedValue { $0 })
            #expect(changed == 1)
            let relay = OutboxRelay(
                outbox: OutboxRepository(pool: stage.pool),
                handlers: [BudgetAlertHandler(url: proxy.base + "/alerts")],
                now: { time.withLockedValue { $0 } },
                random: { 1 },
                logger: Logger(label: "alerts") { _ in SwiftLogNoOpLogHandler() }
            )
            proxy.fail(503, at: "/alerts")
            for _ in 0..<30 {
                #expect(try await relay.sweep() == 1)
                time.withLockedValue { $0 += 3600 }
            }
            proxy.recover()
            #expect(try await relay.sweep() == 1)
            #expect(proxy.alerts.map { $0["budgetAlertState"]?.stringValue } == ["warning"])
            #expect(try await relay.outbox.counts().isEmpty)
        }
    }

    /// A team too large to be read stops neither the spend of tenants nor what they used.
    @Test func aTeamThatCannotBeReadStopsNothingElse() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia", budget: 100)
            let settings = try modelProxySettings(proxy)
            try await stage.keyHandler(settings).reconcile("mia")
            proxy.spend(30, by: "mia")
            var limits = ModelProxyClient.Limits()
            limits.team = 1024
            let collector = SpendCollector(
                settings: settings,
                proxy: try ModelProxyClient(
                    endpoint: proxy.base,
                    masterKey: SensitiveString(ModelProxyStandIn.masterKey),
                    limits: limits
                ),
                budgets: BudgetRepository(pool: stage.pool),
                usage: TokenUsageRepository(pool: stage.pool),
                lease: BackgroundLease(pool: stage.pool, name: "test", holder: UUID()),
                now: { Date() },
                logger: Logger(label: "spend") { _ in SwiftLogNoOpLogHandler() }
            )
            proxy.change { $0.ballast = 4096 }
            await #expect(throws: ModelProxyError.self) { try await collector.collect() }
            #expect(proxy.calls.contains("GET /user/daily/activity"))
            #expect(try await stage.rows("select name || ' ' || spend_usd::int::text from ai_spend where scope = 'tenant'") == ["mia 30"])
        }
    }

    /// Of two replicas one reads at a time, and each transition is noticed by one.
    @Test func oneReplicaReadsAtATime() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            let budgets = BudgetRepository(pool: stage.pool)
            let now = Date()
            let first = BackgroundLease(pool: stage.pool, name: "test", holder: UUID())
            let second = BackgroundLease(pool: stage.pool, name: "test", holder: UUID())
            #expect(try await first.take(until: now + 10, now: now))
            #expect(try await !second.take(until: now + 10, now: now))
            #expect(try await first.take(until: now + 20, now: now + 5))
            #expect(try await !second.take(until: now + 30, now: now + 15))
            #expect(try await second.take(until: now + 40, now: now + 21))

            let reading = SpendReading(scope: .account("a"), spend: USD(9), limit: USD(10))
            let changes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await budgets.keep([reading], alerting: true, now: now) } }
                return try await group.reduce(0, +)
            }
            #expect(changes == 1)
            // The relay's first round may have taken it already.
            let told = try await stage.rows("select key from outbox where topic = 'budget.alert'")
            #expect(told == ["account/a"] || told == [])
            let older = SpendReading(scope: .account("a"), spend: USD(1), limit: USD(10))
            #expect(try await budgets.keep([older], alerting: true, now: now - 60) == 0, "an older reading changes nothing")
        }
    }

    @Test func everyRoleSeesItsOwn() async throws {
        try await withBudgets(isRunning: false) { stage, proxy in
            try await stage.makeTenant("mia", customer: "corp")
            try await stage.makeTenant("leo", customer: "other")
            let handler = try stage.keyHandler(try modelProxySettings(proxy))
            try await handler.reconcile("mia")
            try await handler.reconcile("leo")
            var configuration = ControlPlaneConfiguration(namespace: Stage.namespace, token: .init(Stage.token))
            configuration.modelProxy = try modelProxySettings(proxy)
            let operations = stage.budgetOperations(configuration)
            try await RoleTokens.serving(operations) { base in
                let nobody = try await Stage.send(.GET, base + "/ai-budget/global")
                #expect(nobody.status == 401)
                func status(_ method: HTTPMethod, _ path: String, _ token: String, _ body: JSON? = nil) async throws -> Int {
                    try await Stage.send(method, base + path, body?.text(), token: token).status
                }
                let everybody = [
                    RoleTokens.administrator, RoleTokens.viewer, RoleTokens.customer, RoleTokens.customersViewer, RoleTokens.owner,
                ]
                func row(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> [Int] {
                    var list: [Int] = []
                    for token in everybody { list.append(try await status(method, path, token, body)) }
                    return list
                }
                #expect(try await row(.GET, "/ai-budget/global") == [200, 200, 403, 403, 403])
                #expect(try await row(.GET, "/ai-budget/accounts") == [200, 200, 403, 403, 403])
                #expect(try await row(.PUT, "/ai-budget/global", ["monthlyLimitUsd": 1]) == [200, 403, 403, 403, 403])
                #expect(try await row(.PUT, "/ai-budget/accounts/x", ["monthlyLimitUsd": 1]) == [200, 403, 403, 403, 403])
                #expect(try await row(.DELETE, "/ai-budget/accounts/x") == [200, 403, 403, 403, 403])
                #expect(try await row(.GET, "/ai-budget/mia/spend") == [200, 200, 200, 200, 200])
                #expect(try await row(.GET, "/ai-budget/leo/spend") == [200, 200, 404, 404, 404], "another customer's is hidden")
                #expect(try await row(.GET, "/ai-budget/leo/litellm-key") == [200, 200, 404, 404, 404])
                #expect(try await row(.POST, "/ai-budget/leo/litellm-key/revoke") == [200, 403, 404, 403, 403])
                #expect(try await row(.GET, "/providers/keys") == [200, 403, 403, 403, 403])
                #expect(try await row(.PUT, "/providers/keys/openai", ["apiKey": "sk"]) == [200, 403, 403, 403, 403])
                #expect(try await row(.DELETE, "/providers/keys/openai") == [204, 403, 403, 403, 403])
                #expect(try await row(.GET, "/token-usage") == [200, 200, 200, 200, 200])
            }
        }
    }
}
