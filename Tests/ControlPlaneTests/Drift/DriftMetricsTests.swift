import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import LocalCluster
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1
import OutboundGuard
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct DriftAlertTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func soManyLooksInARowTurnItOnAndOneTurnsItOff() {
        var alert = DriftAlert()
        var told: [DriftAlert.Transition?] = []
        for count in [10, 9, 10, 11, 12, 9, 10, 10] {
            told.append(alert.look(count, threshold: 10, looks: 2, now: now))
        }
        #expect(told == [nil, nil, nil, .firing, nil, .resolved, nil, .firing])
        #expect(alert.isFiring && alert.changedAt == now)
    }

    @Test func withoutAThresholdNobodyIsTold() {
        var alert = DriftAlert()
        #expect(alert.look(1_000_000, threshold: 0, looks: 1, now: now) == nil && !alert.isFiring)
        alert.isFiring = true
        #expect(alert.look(5, threshold: 0, looks: 1, now: now) == .resolved)
    }
}

@Suite struct DriftMetricsTests {
    private static let quiet = Logger(label: "drift") { _ in SwiftLogNoOpLogHandler() }

    private func evaluator(
        _ stage: Stage,
        _ settings: MetricsSettings,
        holder: UUID = UUID(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) -> DriftEvaluator {
        DriftEvaluator(
            projection: ProjectionService(
                client: stage.planeClient,
                pool: stage.pool,
                namespace: Stage.namespace,
                limit: .seconds(30),
                now: now
            ),
            repository: DriftRepository(pool: stage.pool),
            settings: settings,
            lease: BackgroundLease(pool: stage.pool, name: "projection-drift", holder: holder),
            now: now,
            logger: Self.quiet
        )
    }

    private func relay(_ stage: Stage, _ webhook: DriftWebhook, now: @escaping @Sendable () -> Date) -> OutboxRelay {
        OutboxRelay(
            outbox: OutboxRepository(pool: stage.pool),
            handlers: [DriftAlertHandler(webhook: webhook)],
            now: now,
            random: { 0 },
            logger: Self.quiet
        )
    }

    private func makeGhosts(_ stage: Stage, _ count: Int) async throws {
        for number in 0..<count {
            try await stage.make(.tenant, "ghost-\(number)", spec: ["displayName": "G", "email": "g@corp.example"])
        }
    }

    @Test func beforeTheFirstLookNothingIsInvented() async throws {
        try await withStage { stage in
            let answer = try await stage.send(.GET, "/metrics/projection-drift")
            #expect(answer.status == 200)
            #expect(answer.body["evaluatedAt"] == .null && answer.body["alertFired"] == false && answer.body["threshold"] == 0)
            #expect(answer.body["tenant"]?["driftCount"] == .null && answer.body["accessPolicy"]?["sourceCount"] == .null)
        }
    }

    @Test func aLookIsKeptAndServed() async throws {
        try await withStage(configure: { $0.metrics.driftThreshold = 7 }) { stage in
            try await makeGhosts(stage, 3)
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            try await stage.pool.execute(
                "update tenants set team = 'other', observed_at = now() - interval '1 hour' where name = 'mia'"
            )
            try await stage.make(.accessPolicy, "base", spec: ["domains": ["allow": ["a.example"]]])
            var settings = MetricsSettings()
            settings.driftThreshold = 7
            #expect(try await evaluator(stage, settings).look() == nil)
            let body = try await stage.send(.GET, "/metrics/projection-drift").body
            #expect(body["tenant"]?["sourceCount"] == 4 && body["tenant"]?["projectionCount"] == 1 && body["tenant"]?["driftCount"] == 4)
            #expect(body["accessPolicy"]?["driftCount"] == 1 && body["clusterTenant"]?["driftCount"] == 0)
            #expect(body["tenant"]?["maxProjectionLagSeconds"]?.numberValue ?? 0 >= 3600)
            #expect(body["accessPolicy"]?["maxProjectionLagSeconds"] == .null)
            #expect(body["evaluatedAt"]?.stringValue != nil && body["ageSeconds"]?.numberValue ?? -1 >= 0)
            #expect(body["alertFired"] == false && body["threshold"] == 7 && body["thresholdLooks"] == 2)
        }
    }

    /// W-44: looks are made in the background by one of two replicas, and somebody is told once a transition, however often anybody asks.
    @Test func twoReplicasTellOnceATransition() async throws {
        let receiver = StandInRetrieval()
        try await receiver.serving { base in
            try await withStage { stage in
                var settings = MetricsSettings()
                settings.driftThreshold = 2
                settings.driftLooks = 1
                let webhook = try DriftWebhook(base + "/alerts")
                settings.driftWebhook = webhook
                let time = NIOLockedValueBox(Date(timeIntervalSince1970: 1_800_000_000))
                let clock: @Sendable () -> Date = { time.withLockedValue { $0 } }
                let replicas = [settings, settings].map { evaluator(stage, $0, now: clock) }
                let relays = [webhook, webhook].map { relay(stage, $0, now: clock) }
                func everybody() async throws {
                    for _ in 0..<3 {
                        await withTaskGroup(of: Void.self) { group in
                            for replica in replicas { group.addTask { _ = try? await replica.look() } }
                        }
                        await withTaskGroup(of: Void.self) { group in
                            for relay in relays { group.addTask { _ = try? await relay.sweep() } }
                        }
                        _ = try await stage.send(.GET, "/metrics/projection-drift")
                        // A turn of either replica comes sooner or later.
                        time.withLockedValue { $0 += 1200 }
                    }
                }
                try await everybody()
                #expect(receiver.calls.isEmpty)
                try await makeGhosts(stage, 3)
                try await everybody()
                #expect(receiver.calls.map { $0.body["state"]?.stringValue } == ["firing"])
                let alert = try #require(receiver.calls.first?.body)
                #expect(alert["event"] == "opencrane.projection_drift.alert" && alert["driftCount"] == 3 && alert["threshold"] == 2)
                #expect(alert[at: ["resources", "tenant", "driftCount"]] == 3)
                #expect(try await stage.send(.GET, "/metrics/projection-drift").body["alertFired"] == true)

                #expect(try await stage.send(.POST, "/tenants/repair?dryRun=false").status == 200)
                try await everybody()
                #expect(receiver.calls.map { $0.body["state"]?.stringValue } == ["firing", "resolved"])
                #expect(try await stage.send(.GET, "/metrics/projection-drift").body["alertFired"] == false)
                #expect(Set(receiver.calls.compactMap { $0.body["id"]?.stringValue }).count == 2)
            }
        }
    }

    @Test func aLookThatEndsLateCountsForNothing() async throws {
        try await withStage { stage in
            var changed = MetricsSettings()
            (changed.driftThreshold, changed.driftLooks) = (1, 1)
            changed.driftWebhook = try DriftWebhook("http://receiver.example:8080/")
            let settings = changed
            let repository = DriftRepository(pool: stage.pool)
            let start = Date(timeIntervalSince1970: 1_800_000_000)
            @Sendable func found(_ count: Int, _ begun: Date) -> [DriftEvaluation] {
                [DriftEvaluation(kind: .tenant, sourceCount: 5, projectionCount: 5, driftCount: count, lag: nil, evaluatedAt: begun)]
            }
            #expect(try await repository.keep(found(0, start), settings: settings, begun: start, now: start) == nil)
            let before = start.addingTimeInterval(-5)
            #expect(try await repository.keep(found(4, before), settings: settings, begun: before, now: start + 9) == nil)
            #expect(try await stage.rows("select topic from outbox") == [])
            // Several at once of one moment: one tells.
            let later = start.addingTimeInterval(60)
            let told = try await withThrowingTaskGroup(of: DriftAlert.Transition?.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await repository.keep(found(4, later), settings: settings, begun: later, now: later) }
                }
                return try await group.reduce(into: []) { told, transition in told.append(transition) }
            }
            #expect(told.compactMap { $0 } == [.firing])
            #expect(try await stage.rows("select topic from outbox") == ["drift.alert"])
        }
    }

    @Test func whileKubernetesIsDownTheLastLookStands() async throws {
        try await withStage { stage in
            let time = NIOLockedValueBox(Date(timeIntervalSince1970: 1_800_000_000))
            let replica = evaluator(stage, MetricsSettings(), now: { time.withLockedValue { $0 } })
            try await makeGhosts(stage, 1)
            _ = try await replica.look()
            stage.cluster.faults.add(Fault(match: RequestMatch(resource: "tenants"), action: .status(503), times: nil))
            time.withLockedValue { $0 += 1000 }
            await #expect(throws: (any Error).self) { try await replica.look() }
            let body = try await stage.send(.GET, "/metrics/projection-drift").body
            #expect(body["evaluatedAt"]?.stringValue == RESTTimestamp.text(Date(timeIntervalSince1970: 1_800_000_000)))
            #expect(body["tenant"]?["driftCount"] == 1)
        }
    }

    @Test func theServiceLooksByItself() async throws {
        try await withStage(configure: {
            $0.metrics.delay = .milliseconds(10)
            $0.metrics.driftInterval = .milliseconds(50)
        }) { stage in
            try await makeGhosts(stage, 2)
            try await eventually("a look that sees both") {
                try await stage.send(.GET, "/metrics/projection-drift").body["tenant"]?["driftCount"] == 2
            }
        }
    }

    @Test(arguments: [
        "http://169.254.169.254/latest", "http://metadata.google.internal/", "ftp://receiver.example/",
        "https://user:pass@receiver.example/",
        "not a url", "http://[fe80::1]/", "http://0x7f.1/",
    ])
    func alertsGoNowhereElse(url: String) {
        #expect(throws: OutboundError.self) { try DriftWebhook(url) }
        #expect(throws: ConfigurationError.self) {
            try MetricsSettings(EnvironmentReader(environment: ["OPENCRANE_DRIFT_WEBHOOK_URL": url]))
        }
    }

    @Test func theEnvironmentIsRead() throws {
        let settings = try MetricsSettings(
            EnvironmentReader(environment: [
                "OPENCRANE_PROJECTION_DRIFT_ALERT_THRESHOLD": "25", "OPENCRANE_PROJECTION_DRIFT_ALERT_LOOKS": "3",
                "OPENCRANE_PROJECTION_DRIFT_INTERVAL_SECONDS": "60",
                "OPENCRANE_DRIFT_WEBHOOK_URL": "http://alerts.monitoring.svc:9093/hook",
                "OPENCRANE_SERVER_METRICS_INTERVAL_SECONDS": "30", "OPENCRANE_SERVER_METRICS_RETENTION_DAYS": "2",
            ])
        )
        #expect(settings.driftThreshold == 25 && settings.driftLooks == 3 && settings.driftInterval == .seconds(60))
        #expect(settings.driftWebhook?.url == "http://alerts.monitoring.svc:9093/hook")
        #expect(settings.snapshotInterval == .seconds(30) && settings.snapshotDays == 2)
        for wrong in ["-1", "many"] {
            #expect(throws: ConfigurationError.self) {
                try MetricsSettings(EnvironmentReader(environment: ["OPENCRANE_PROJECTION_DRIFT_ALERT_THRESHOLD": wrong]))
            }
        }
    }
}
