import Foundation
import JSONValue
import KubernetesClient
import Logging
import NIOHTTP1
import Observability
import OpenClawGateway
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct UsageTests {
    private func collector(_ proxy: ProxyStage, _ holder: String, ahead: TimeInterval = 0) -> UsageCollector {
        UsageCollector(
            gateways: proxy.stage.plane.gateways,
            tenants: TenantRepository(pool: proxy.stage.pool),
            usage: UsageRepository(pool: proxy.stage.pool),
            keys: InstallationKeys(pool: proxy.stage.pool, sealer: nil),
            holder: holder,
            now: { Date().addingTimeInterval(ahead) },
            random: { 0 },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test func whatWasUsedIsCollectedOnce() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                #expect(try await proxy.chat("one two three").status == 200)
                #expect(try await collector(proxy, "a").collect() == 1)
                let first = try await proxy.send(.GET, "/usage?days=7")
                #expect(first.status == 200, "\(first.body.text())")
                // Three words asked, five answered.
                #expect(first.body["total_requests"] == 1 && first.body["total_tokens"] == 8)
                #expect(first.body["total_cost_usd"] == "0" && first.body["unique_end_users"] == 1)
                let daily = first.body["daily"]?.arrayValue ?? []
                #expect(daily.count == 7 && daily.dropLast().allSatisfy { $0["requests"] == 0 && $0["cost_usd"] == "0" })
                #expect(daily.last?["date"]?.stringValue == "\(UsageDay(Date()))")

                // Not due yet; later the same figures count once.
                #expect(try await collector(proxy, "b").collect() == 0)
                #expect(try await collector(proxy, "b", ahead: 400).collect() == 1)
                #expect(try await proxy.send(.GET, "/usage?days=7").body["total_tokens"] == 8)
                #expect(try await proxy.chat("four").status == 200)
                #expect(try await collector(proxy, "a", ahead: 800).collect() == 1)
                let later = try await proxy.send(.GET, "/usage?days=7").body
                #expect(later["total_requests"] == 2 && later["total_tokens"] == 12, "\(later.text())")
            }
        }
    }

    @Test func aCrashInTheMiddleCountsNothingTwice() async throws {
        try await withProxyStage { proxy in
            let usage = UsageRepository(pool: proxy.stage.pool)
            let (now, today) = (Date(), UsageDay(Date()))
            let digest = PersonDigest(key: Secret([1]), instance: proxy.id)
            var reading = UsageReading([:], in: today...today, digest: digest)
            reading.days[today] = UsageSample(requests: 3, tokens: 30, cost: try #require(Decimal(string: "0.1")))
            reading.people[today] = ["p1", "p2"]
            func keep(_ claim: UsageRepository.Claim, _ holder: String, machine: String = "m-1") async throws -> Bool {
                try await usage.keep(
                    claim,
                    machine: machine,
                    reading: reading,
                    through: today,
                    holder: holder,
                    now: now,
                    due: now.addingTimeInterval(-1)
                )
            }
            // The first replica asks and dies; while its claim is good nobody else asks.
            let first = try #require(try await usage.claim(8, holder: "a", now: now, until: now + 60).first)
            #expect(first.instance == proxy.id && first.tenant == proxy.uid && first.through == nil)
            #expect(try await usage.claim(8, holder: "b", now: now, until: now + 60).isEmpty)
            let second = try #require(try await usage.claim(8, holder: "b", now: now + 61, until: now + 120).first)
            #expect(try await keep(second, "b"))
            // It was only slow: what it brings now is not taken.
            #expect(try await !keep(first, "a"))
            let third = try #require(try await usage.claim(8, holder: "c", now: now, until: now + 60).first)
            #expect(third.through == today)
            // Conversations were deleted meanwhile: what was counted stays counted.
            reading.days[today]?.tokens = 10
            #expect(try await keep(third, "c"))
            let answer = try await proxy.send(.GET, "/usage?days=1").body
            #expect(answer["total_requests"] == 3 && answer["total_tokens"] == 30 && answer["total_cost_usd"] == "0.1")
            #expect(answer["unique_end_users"] == 2 && answer["daily"]?.arrayValue?.count == 1)
            // A machine that was made anew counts from nothing.
            let fourth = try #require(try await usage.claim(8, holder: "c", now: now, until: now + 60).first)
            #expect(try await keep(fourth, "c", machine: "m-2"))
            let both = try await proxy.send(.GET, "/usage?days=1").body
            #expect(both["total_tokens"] == 40 && both["total_cost_usd"] == "0.2", "\(both.text())")
        }
    }

    @Test func anInstanceThatCannotBeAskedWaitsLongerAndLonger() async throws {
        try await withProxyStage { proxy in
            try await proxy.point(to: 1, phase: "Suspended")
            #expect(try await collector(proxy, "a").collect() == 1)
            #expect(try await collector(proxy, "a").collect() == 0)
            #expect(try await proxy.stage.rows("select failures::text from instance_usage_cursors") == ["1"])
            #expect(try await collector(proxy, "a", ahead: 301).collect() == 1)
            #expect(try await collector(proxy, "a", ahead: 602).collect() == 0)
            try await proxy.set("delete_requested_at = now()")
            #expect(try await collector(proxy, "a", ahead: 86_400).collect() == 0)
        }
    }

    @Test func anInstanceThatEndsLeavesTheQueue() async throws {
        try await withProxyStage { proxy in
            func cursors() async throws -> [String] { try await proxy.stage.rows("select count(*)::text from instance_usage_cursors") }
            #expect(try await cursors() == ["1"])
            try await proxy.set("delete_requested_at = now()")
            #expect(try await cursors() == ["0"])
            #expect(try await collector(proxy, "a", ahead: 86_400).collect() == 0)
            #expect(try await cursors() == ["0"])
            // One that has no tenant yet is noted with it.
            try await proxy.set("delete_requested_at = null, tenant_uid = null")
            #expect(try await cursors() == ["0"])
            try await proxy.set("lease_holder = 'a'")
            try await InstanceRepository(pool: proxy.stage.pool).noteTenant(proxy.row(), uid: proxy.uid, now: Date() - 1)
            #expect(try await cursors() == ["1"])
        }
    }

    @Test func claimingReadsNoMoreThanItTakes() async throws {
        try await withProxyStage { proxy in
            let pool = proxy.stage.pool
            try await pool.execute(
                """
                insert into instances (id, task_id, organization, agent_name, idempotency_key, request_hash, region_id, tier_id, tier_name,
                    preset_id, hostname, namespace, tenant_spec, tenant_uid, actor, request_id, created_at, updated_at, deleted_at)
                select gen_random_uuid(), gen_random_uuid(), 'org_b', 'A', 'k' || n, 'h', 'r', 't', 'T', 'p', 'h' || n, 'ns', '{}', 'u' || n,
                    'a', 'r', now(), now() - interval '1 minute', case when n % 2 = 0 then now() end
                from generate_series(1, 20000) n
                """
            )
            try await pool.execute("analyze instances")
            try await pool.execute("analyze instance_usage_cursors")
            #expect(try await proxy.stage.rows("select count(*)::text from instance_usage_cursors") == ["10001"])
            let now = Date()
            let plan = try await pool.query("explain (format text) \(UsageRepository.claiming(8, holder: "a", now: now, until: now + 60))")
                .map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
            #expect(!plan.contains("Seq Scan"), "\(plan)")
            #expect(try await UsageRepository(pool: pool).claim(8, holder: "a", now: now, until: now + 60).count == 8)
        }
    }

    @Test func daysAreBounded() async throws {
        try await withProxyStage { proxy in
            for days in ["0", "366", "x", "1.5"] {
                let answer = try await proxy.send(.GET, "/usage?days=\(days)")
                #expect(answer.status == 422 && answer.body["detail"]?[0]?["loc"] == ["query", "days"], "\(days)")
            }
            let answer = try await proxy.send(.GET, "/usage")
            #expect(answer.status == 200 && answer.body["daily"]?.arrayValue?.count == 30 && answer.body["hostname"] == "acme")
            #expect(try await proxy.send(.GET, "/usage?days=365").body["daily"]?.arrayValue?.count == 365)
        }
    }
}
