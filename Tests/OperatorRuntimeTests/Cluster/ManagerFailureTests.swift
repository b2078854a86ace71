import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOConcurrencyHelpers
import OperatorRuntime
import ServiceLifecycle
import Testing

@Suite(.serialized) struct ManagerFailureTests {
    private struct Broken: Error {}

    private struct Failing: ServiceLifecycle.Service {
        var fails: @Sendable () async -> Void
        func run() async throws {
            await fails()
            throw Broken()
        }
    }

    /// What fails ends the manager with its error, but only after the reconciles under way have ended and the Lease was given up.
    @Test func aServiceThatFailsEndsTheManagerInOrder() async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster)
            let manager = Manager(
                configuration: ManagerConfiguration(
                    name: "test.example/op",
                    identity: "one",
                    leaderElection: LeaderElectionConfiguration(leaseName: "op", namespace: "default")
                ),
                client: client,
                logger: quietLogger
            )
            let (started, finished) = (Recorded<String>(), Recorded<String>())
            let shallFail = NIOLockedValueBox(false)
            let controller = Controller<String>("slow", logger: quietLogger) { key, _ in
                started.add(key)
                shallFail.withLockedValue { $0 = true }
                // wait: is still at work when the service fails.
                try await ContinuousClock().sleep(for: .milliseconds(300))
                finished.add(key)
                return .done
            }
            controller.enqueue("a")
            manager.add(controller)
            manager.add(
                Failing {
                    // wait: until the reconcile is under way.
                    while !shallFail.withLockedValue({ $0 }) { try? await ContinuousClock().sleep(for: .milliseconds(2)) }
                }
            )
            await #expect(throws: Broken.self) { try await manager.run() }
            #expect(started.all == ["a"] && finished.all == ["a"])
            let lease = try await client.resource(CoordinationV1.Lease.self, namespace: "default").get("op")
            let holder = lease.spec?.holderIdentity ?? ""
            #expect(holder.isEmpty)
        }
    }

    /// Reconciles that go on for ever are cancelled when the bound is over.
    @Test func aShutdownIsForcedAfterItsBound() async throws {
        let wasCancelled = NIOLockedValueBox(false)
        let isStarted = NIOLockedValueBox(false)
        let client = try KubernetesClient(configuration: ClientConfiguration(server: "http://127.0.0.1:1"), logger: quietLogger)
        let manager = Manager(
            configuration: ManagerConfiguration(name: "test.example/op", identity: "one", shutdownBound: .milliseconds(200)),
            client: client,
            logger: quietLogger
        )
        let controller = Controller<String>("endless", configuration: .init(shutdownBound: .seconds(3600)), logger: quietLogger) { _, _ in
            isStarted.withLockedValue { $0 = true }
            do {
                try await ContinuousClock().sleep(for: .seconds(3600))
            } catch {
                wasCancelled.withLockedValue { $0 = true }
                throw error
            }
            return .done
        }
        controller.enqueue("a")
        manager.add(controller)
        let group = ServiceGroup(services: [manager], logger: quietLogger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually { isStarted.withLockedValue { $0 } }
            await group.triggerGracefulShutdown()
            try await tasks.next()
        }
        #expect(wasCancelled.withLockedValue { $0 })
    }

    @Test func queuedEventsAreWrittenAtAShutdown() async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster, userAgent: "op")
            let recorder = EventRecorder(
                client: client,
                controller: "test.example/op",
                instance: "one",
                logger: quietLogger,
                drainBound: .seconds(20)
            )
            let group = ServiceGroup(services: [recorder], logger: quietLogger)
            // Each write takes a moment, so that most notes are still queued when the shutdown begins.
            _ = cluster.faults.add(Fault(match: RequestMatch(resource: "events"), action: .delay(.milliseconds(20)), times: nil))
            for index in 0..<20 {
                let object = CoreV1.ObjectReference(kind: "ConfigMap", namespace: "default", name: "c\(index)")
                for _ in 0..<3 { recorder.record(EventNote(regarding: object, reason: "Tried", note: "Tried it")) }
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await eventually("it has begun") { cluster.requests.writes(userAgent: "op", includingHeartbeats: true) > 0 }
                await group.triggerGracefulShutdown()
                try await tasks.next()
            }
            let events = try await client.resource(EventsV1.Event.self, namespace: "default").list().items
            #expect(Set(events.compactMap(\.regarding?.name)).count == 20)
            #expect(events.count == 20 && events.allSatisfy { $0.series?.count == 3 })
        }
    }
}
