import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Observability
import OperatorRuntime
import ServiceLifecycle
import Testing

/// A shutdown is no error, whatever state things are in.
@Suite(.serialized) struct ShutdownClusterTests {
    private static func manager(_ client: KubernetesClient, metrics: PrometheusRegistry? = nil) -> Manager {
        let manager = Manager(
            configuration: ManagerConfiguration(
                name: "test.example/op",
                identity: "one",
                leaderElection: LeaderElectionConfiguration(leaseName: "op", namespace: "default"),
                health: .init(host: "127.0.0.1", port: 0)
            ),
            client: client,
            logger: quietLogger,
            metrics: metrics
        )
        let informer = manager.informer(CoreV1.ConfigMap.self, namespace: "default")
        let controller = Controller<ObjectKey>("idle", logger: quietLogger) { _, _ in .done }
        controller.reconciles(informer)
        manager.add(controller)
        return manager
    }

    private static func shutsDown(_ manager: Manager, when isReady: @escaping @Sendable () async throws -> Bool) async throws {
        let group = ServiceGroup(services: [manager], logger: quietLogger)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually("it is as far as it shall be") { try await isReady() }
            await group.triggerGracefulShutdown()
            // Throws what the services throw.
            try await tasks.next()
        }
        #expect(ContinuousClock.now - start < .seconds(15), "it waited for nothing")
    }

    @Test func whileItLeads() async throws {
        try await withClusterServer { cluster in
            let manager = Self.manager(try testClient(cluster))
            try await Self.shutsDown(manager) { manager.isLeader && manager.hasSynced }
        }
    }

    @Test func beforeItsCachesAreComplete() async throws {
        try await withClusterServer { cluster in
            _ = cluster.faults.add(Fault(match: RequestMatch(resource: "configmaps"), action: .status(503), times: nil))
            let manager = Self.manager(try testClient(cluster))
            try await Self.shutsDown(manager) { manager.isLeader }
        }
    }

    @Test func withoutAServer() async throws {
        var configuration = ClientConfiguration(server: "http://127.0.0.1:1")
        configuration.retry = .never
        let manager = Self.manager(try KubernetesClient(configuration: configuration, logger: quietLogger))
        try await Self.shutsDown(manager) { manager.healthPort != nil }
    }

    @Test func aCancelledManagerEndsQuietlyToo() async throws {
        try await withClusterServer { cluster in
            let manager = Self.manager(try testClient(cluster))
            let run = Task { try await manager.run() }
            try await eventually { manager.isLeader && manager.hasSynced }
            run.cancel()
            try await run.value
        }
    }

    @Test func informersOfDifferentIndexesOrNamesAreDifferent() async throws {
        let client = try KubernetesClient(configuration: ClientConfiguration(server: "http://127.0.0.1:1"), logger: quietLogger)
        let manager = Self.manager(client)
        let plain = manager.informer(CoreV1.Pod.self)
        #expect(plain === manager.informer(CoreV1.Pod.self))
        let indexed = manager.informer(CoreV1.Pod.self, options: .init(indexes: [.byOwner]))
        #expect(plain !== indexed)
        #expect(indexed === manager.informer(CoreV1.Pod.self, options: .init(indexes: [.byOwner])))
        let kept = manager.informer(CoreV1.Pod.self, options: .init(transform: Transforms.keepManagedFields(of: "m")))
        #expect(plain !== kept)
        #expect(kept !== manager.informer(CoreV1.Pod.self, options: .init(transform: { $0.spec = nil }, name: "light")))
    }

    @Test func theAgeOfTheLastContactIsShown() async throws {
        try await withClusterServer { cluster in
            let clock = ManualClock()
            let client = try testClient(cluster)
            let registry = PrometheusRegistry()
            let manager = Manager(
                configuration: ManagerConfiguration(name: "test.example/op"),
                client: client,
                logger: quietLogger,
                time: clock.timeSource,
                metrics: registry
            )
            let informer = manager.informer(CoreV1.ConfigMap.self, namespace: "default")
            clock.advance(by: .seconds(7))
            #expect(informer.contactAge == .seconds(7))
            #expect(registry.exposition().contains("informer_last_contact_age_seconds{namespace=\"default\",resource=\"configmaps\"} 7"))
            try await running(informer) {
                try await informer.waitUntilSynced()
                try await eventually { informer.contactAge == .zero }
            }
        }
    }
}
