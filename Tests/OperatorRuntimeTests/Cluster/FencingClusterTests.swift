import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import NIOConcurrencyHelpers
import OperatorRuntime
import ServiceLifecycle
import Testing

@Suite(.serialized) struct FencingClusterTests {
    private static let election = LeaderElectionConfiguration(
        leaseName: "op",
        namespace: "default",
        leaseDuration: .seconds(6),
        renewDeadline: .seconds(4),
        retryPeriod: .milliseconds(100)
    )

    /// What one process does: it waits at a gate that heeds no cancellation, and writes its name.
    private static func manager(
        _ client: KubernetesClient,
        _ identity: String,
        entered: Recorded<String>,
        isOpen: NIOLockedValueBox<Bool>,
        outcomes: Recorded<String>
    ) -> Manager {
        let manager = Manager(
            configuration: ManagerConfiguration(name: "test.example/op", identity: identity, leaderElection: election),
            client: client,
            logger: quietLogger
        )
        let applier = Applier(client: client, fieldManager: "op")
        let controller = Controller<ObjectKey>("writer", logger: quietLogger) { key, context in
            entered.add("\(identity)/\(context.fencingToken ?? -1)")
            // As work that does not notice that it is cancelled.
            while !isOpen.withLockedValue({ $0 }) {
                await Task.detached { try? await ContinuousClock().sleep(for: .milliseconds(2)) }.value
            }
            let error = await Task { () -> (any Error)? in
                do {
                    _ = try await applier.apply(configMap(key.name, ["by": identity]), live: nil)
                    return nil
                } catch {
                    return error
                }
            }.value
            outcomes.add("\(identity):\(error.map { "\(type(of: $0))" } ?? "written")")
            return .done
        }
        controller.enqueue(ObjectKey(namespace: "default", name: "x"))
        manager.add(controller)
        return manager
    }

    @Test func aDeposedLeaderWritesNothing() async throws {
        try await withClusterServer { cluster in
            let api = try testClient(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            let entered = Recorded<String>()
            let outcomes = Recorded<String>()
            let gate = NIOLockedValueBox(false)
            let first = Self.manager(try testClient(cluster), "one", entered: entered, isOpen: gate, outcomes: outcomes)
            let second = Self.manager(
                try testClient(cluster),
                "two",
                entered: entered,
                isOpen: NIOLockedValueBox(true),
                outcomes: outcomes
            )
            try await running(first) {
                defer { gate.withLockedValue { $0 = true } }
                try await eventually("the first works") { entered.all == ["one/0"] }
                // Somebody takes its Lease and goes: the second one leads in the end, while the first still is at its gate.
                _ = try await testClient(cluster).resource(CoordinationV1.Lease.self, namespace: "default").mergePatch(
                    "op",
                    ["spec": ["holderIdentity": "thief", "leaseTransitions": 5]]
                )
                try await eventually("the first leads no more") { !first.isLeader }
                try await running(second) {
                    try await eventually("the second has written") { outcomes.all == ["two:written"] }
                    gate.withLockedValue { $0 = true }
                    try await eventually("the first has tried") { outcomes.all.contains { $0.hasPrefix("one:") } }
                    #expect(outcomes.all.first { $0.hasPrefix("one:") } == "one:LeadershipLost")
                    let stored = try await api.get("x")
                    #expect(stored.data == ["by": "two"])
                }
            }
        }
    }

    @Test func anOutageIsToldOnceAndWhyTheLeadershipWasLost() async throws {
        try await withClusterServer { cluster in
            let lines = Recorded<LogRecorder.Line>()
            let elector = LeaderElector(
                client: try testClient(cluster, userAgent: "elector"),
                configuration: Self.election,
                identity: "me",
                logger: LogRecorder.logger(lines)
            )
            let work = Task { try await elector.run { try await ContinuousClock().sleep(for: .seconds(3600)) } }
            try await elector.waitUntilLeading()
            #expect(lines.all.first { $0.message == "Became leader" }?.metadata["term"] == "0")
            let outage = cluster.faults.add(
                Fault(match: RequestMatch(resource: "leases", userAgent: "elector"), action: .status(503), times: nil)
            )
            try await eventually("it is lost") { !elector.isLeader && lines.all.contains { $0.message == "Lost the leadership" } }
            let lost = lines.all.first { $0.message == "Lost the leadership" }
            #expect(lost?.metadata["cause"].map { "\($0)".contains("503") } == true)
            cluster.faults.remove(outage)
            try await elector.waitUntilLeading()
            // It was out of reach for a second, with an attempt each tenth of one.
            #expect(lines.all.filter { $0.message == "Could not read or write the Lease" && $0.level == .warning }.count == 1)
            #expect(lines.all.filter { $0.message == "The Lease is in reach again" }.count == 1)
            work.cancel()
            try await work.value
        }
    }
}
