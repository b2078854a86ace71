import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOConcurrencyHelpers
import NIOCore
import Observability
import OperatorRuntime
import ServiceLifecycle
import Testing

@Suite(.serialized) struct ManagerClusterTests {
    private static let election = LeaderElectionConfiguration(
        leaseName: "op",
        namespace: "default",
        leaseDuration: .seconds(6),
        renewDeadline: .seconds(4),
        retryPeriod: .milliseconds(100)
    )

    private static func manager(
        _ client: KubernetesClient,
        _ identity: String,
        active: NIOLockedValueBox<[String]>,
        metrics: PrometheusRegistry? = nil,
        health: HealthServer.Address? = nil
    ) -> Manager {
        let manager = Manager(
            configuration: ManagerConfiguration(name: "test.example/op", identity: identity, leaderElection: election, health: health),
            client: client,
            logger: quietLogger,
            metrics: metrics
        )
        let informer = manager.informer(CoreV1.ConfigMap.self, namespace: "default")
        let controller = Controller<ObjectKey>("noter", logger: quietLogger, metrics: metrics) { key, context in
            guard informer.store[key]?.metadata.labels["note"] != nil else { return .done }
            active.withLockedValue { $0.append("\(identity)/\(key.name)/\(context.fencingToken ?? -1)") }
            return .done
        }
        controller.reconciles(informer)
        manager.add(controller)
        return manager
    }

    @Test func oneOfTwoWorksAndTheOtherTakesOver() async throws {
        try await withClusterServer { cluster in
            let active = NIOLockedValueBox<[String]>([])
            let api = try testClient(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            let first = Self.manager(try testClient(cluster), "one", active: active)
            let second = Self.manager(try testClient(cluster), "two", active: active)
            try await running(second) {
                let group = ServiceGroup(services: [first], logger: quietLogger)
                try await second.waitUntilLeading()
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await group.run() }
                    try await eventually("the standby's cache is complete") { first.hasSynced }
                    _ = try await api.create(configMap("a", labels: ["note": "1"]))
                    try await eventually("it works: \(active.withLockedValue { $0 })") { active.withLockedValue { $0 == ["two/a/0"] } }
                    // The leader loses its Lease to somebody else's hands: it stops, and stands again without ending.
                    _ = try await testClient(cluster).resource(CoordinationV1.Lease.self, namespace: "default").mergePatch(
                        "op",
                        ["spec": ["holderIdentity": "thief", "leaseTransitions": 5]]
                    )
                    try await eventually("the leadership is lost") { !second.isLeader }
                    try await eventually("somebody leads again") { first.isLeader || second.isLeader }
                    #expect(!(first.isLeader && second.isLeader))
                    _ = try await api.create(configMap("b", labels: ["note": "1"]))
                    try await eventually { active.withLockedValue { $0.contains { $0.contains("/b/6") } } }
                    await group.triggerGracefulShutdown()
                    try await tasks.next()
                }
                // What the first had, the second takes over at once, because it was released.
                try await second.waitUntilLeading()
                _ = try await api.create(configMap("c", labels: ["note": "1"]))
                try await eventually { active.withLockedValue { $0.contains { $0.hasPrefix("two/c/") } } }
                let counts = Dictionary(grouping: active.withLockedValue { $0 }.filter { $0.contains("/c/") }) { $0 }
                #expect(counts.count == 1)
            }
        }
    }

    @Test func healthMetricsAndEvents() async throws {
        try await withClusterServer { cluster in
            let registry = PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
            let client = try testClient(cluster)
            let manager = Self.manager(
                client,
                "one",
                active: NIOLockedValueBox([]),
                metrics: registry,
                health: .init(host: "127.0.0.1", port: 0)
            )
            let isWell = NIOLockedValueBox(true)
            struct Sick: Error {}
            manager.health.addReadiness("database") { guard isWell.withLockedValue({ $0 }) else { throw Sick() } }
            try await running(manager) {
                try await manager.waitUntilLeading()
                let port = try #require(try await manager.waitUntilHealthListens())
                let probe = try KubernetesClient(
                    configuration: {
                        var c = ClientConfiguration(server: "http://127.0.0.1:\(port)"); c.retry = .never; return c
                    }(),
                    logger: quietLogger
                )
                func get(_ path: String) async throws -> String { String(buffer: try await probe.raw(RawRequest(path: path)).body) }
                try await eventually { (try? await get("/readyz"))?.contains("[+]caches ok") == true }
                let live = try await get("/healthz")
                #expect(live.contains("healthz check passed"))
                isWell.withLockedValue { $0 = false }
                let error = await #expect(throws: KubernetesError.self) { try await get("/readyz") }
                #expect(error?.httpStatus == 503)
                let database = await #expect(throws: KubernetesError.self) { try await get("/readyz/database") }
                #expect(database?.httpStatus == 503)
                let missing = await #expect(throws: KubernetesError.self) { try await get("/readyz/none") }
                #expect(missing?.httpStatus == 404)

                let object = try await client.resource(CoreV1.ConfigMap.self, namespace: "default").create(
                    configMap("x", labels: ["note": "1"])
                )
                for _ in 0..<5 {
                    manager.events.record(EventNote(regarding: .init(object), type: .warning, reason: "Tried", note: "Tried it"))
                }
                let events = client.resource(EventsV1.Event.self, namespace: "default")
                try await eventually("one event with a series") {
                    let found = try await events.list().items.filter { $0.regarding?.name == "x" }
                    return found.count == 1 && found.first?.series?.count == 2
                }
                try await eventually("metrics are there") {
                    let text = try await get("/metrics")
                    return [
                        "leader_election_master_status{name=\"op\"} 1",
                        "controller_runtime_reconcile_total{controller=\"noter\",result=\"success\"}",
                        "workqueue_depth{controller=\"noter\",name=\"noter\",priority=\"0\"} 0",
                        "informer_store_objects{namespace=\"default\",resource=\"configmaps\"}", "workqueue_unfinished_work_seconds",
                        "controller_event_to_reconcile_seconds_bucket",
                    ].allSatisfy(text.contains)
                }
            }
        }
    }

    @Test func shutdownLetsWorkEnd() async throws {
        let clock = ContinuousClock()
        let state = NIOLockedValueBox((started: false, finished: false))
        let release = NIOLockedValueBox(false)
        let controller = Controller<String>("slow", configuration: .init(workers: 1), logger: quietLogger) { _, _ in
            state.withLockedValue { $0.started = true }
            while !release.withLockedValue({ $0 }) { try await clock.sleep(for: .milliseconds(1)) }
            state.withLockedValue { $0.finished = true }
            return .done
        }
        controller.enqueue("a")
        let group = ServiceGroup(services: [controller], logger: quietLogger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually { state.withLockedValue { $0.started } }
            await group.triggerGracefulShutdown()
            try await eventually("no more work is handed out") { !controller.isWorking }
            controller.enqueue("b")
            release.withLockedValue { $0 = true }
            try await tasks.next()
        }
        #expect(state.withLockedValue { $0.finished })
        #expect(controller.waiting == 1)
    }
}
