import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOConcurrencyHelpers
import OperatorRuntime
import ServiceLifecycle
import Testing

@Suite(.serialized) struct ShardClusterTests {
    /// Which instance reconciled what, and whether ever two worked on a key at once.
    private final class Journal: Sendable {
        struct State {
            var active: [String: String] = [:]
            var entries: [(key: String, instance: String, value: String)] = []
            var collisions: [String] = []
        }
        let state = NIOLockedValueBox(State())

        func begin(_ key: String, _ instance: String, _ value: String) {
            state.withLockedValue { state in
                if let other = state.active[key] { state.collisions.append("\(key): \(other) and \(instance)") }
                state.active[key] = instance
                state.entries.append((key, instance, value))
            }
        }

        func end(_ key: String) { state.withLockedValue { $0.active[key] = nil } }

        func instances(_ value: String) -> [String: Set<String>] {
            state.withLockedValue { state in
                Dictionary(grouping: state.entries.filter { $0.value == value }, by: \.key).mapValues { Set($0.map(\.instance)) }
            }
        }
    }

    private static func manager(_ cluster: ClusterServer, _ identity: String, _ journal: Journal, shards: Int = 4) throws -> Manager {
        let client = try testClient(cluster, userAgent: identity)
        let manager = Manager(
            configuration: ManagerConfiguration(
                name: "test.example/op",
                identity: identity,
                leaderElection: LeaderElectionConfiguration(
                    leaseName: "op",
                    namespace: "default",
                    leaseDuration: .seconds(3),
                    renewDeadline: .seconds(2),
                    retryPeriod: .milliseconds(100),
                    shards: shards
                )
            ),
            client: client,
            logger: quietLogger
        )
        let informer = manager.informer(CoreV1.ConfigMap.self, namespace: "default")
        let controller = Controller<ObjectKey>("noter", configuration: .init(workers: 2), logger: quietLogger) { key, _ in
            guard let value = informer.store[key]?.data?["v"] else { return .done }
            journal.begin(key.name, identity, value)
            defer { journal.end(key.name) }
            // wait: gives others the opportunity to work on the key at the same time.
            try await ContinuousClock().sleep(for: .milliseconds(1))
            return .done
        }
        controller.reconciles(informer)
        manager.add(controller)
        return manager
    }

    private static let names = (0..<24).map { "c\($0)" }

    @Test func shardsSpreadAndMoveAndNoKeyIsWorkedOnTwiceAtOnce() async throws {
        try await withClusterServer { cluster in
            let journal = Journal()
            let api = try testClient(cluster, userAgent: "user").resource(CoreV1.ConfigMap.self, namespace: "default")
            for name in Self.names { _ = try await api.create(configMap(name, ["v": "0"])) }
            @Sendable func touch(_ value: String) async throws {
                for name in Self.names { _ = try await api.mergePatch(name, ["data": ["v": .string(value)]]) }
            }
            let one = try Self.manager(cluster, "one", journal)
            let two = try Self.manager(cluster, "two", journal)
            let three = try Self.manager(cluster, "three", journal)
            let group = ServiceGroup(services: [three], logger: quietLogger)
            try await running(one) {
                try await eventually("one holds all") { one.heldShards == [0, 1, 2, 3] }
                try await eventually("one has done all") { journal.instances("0").count == Self.names.count }
                let second = Task { try await two.run() }
                try await eventually("two hold two each") { one.heldShards.count == 2 && two.heldShards.count == 2 }
                // Whoever gains a shard looks at all its keys without being told.
                try await eventually("two has looked at what it gained") {
                    journal.instances("0").values.contains { $0 == ["one", "two"] }
                }
                try await touch("1")
                try await eventually("all are done") { journal.instances("1").count == Self.names.count }
                #expect(Set(journal.instances("1").values) == [["one"], ["two"]])

                let third = Task { try await group.run() }
                try await eventually("three hold two, one and one") {
                    [one, two, three].map(\.heldShards.count).sorted() == [1, 1, 2] && !one.heldShards.isDisjoint(with: [0, 1, 2, 3])
                }
                try await touch("2")
                try await eventually("all are done") { journal.instances("2").count == Self.names.count }
                #expect(journal.instances("2").values.allSatisfy { $0.count == 1 })

                // One ends orderly: it takes its presence along.
                await group.triggerGracefulShutdown()
                try await third.value
                try await eventually("two hold two each again") { one.heldShards.count == 2 && two.heldShards.count == 2 }
                let leases = try testClient(cluster).resource(CoordinationV1.Lease.self, namespace: "default")
                let presences = try await leases.list().items.map(\.metadata.name).filter { $0.hasPrefix("op-instance-") }
                #expect(presences.count == 2)

                // One is cut off from the API server: its Leases run out.
                _ = cluster.faults.add(Fault(match: RequestMatch(userAgent: "two"), action: .status(503), times: nil))
                try await eventually("one holds all again") { one.heldShards == [0, 1, 2, 3] && two.heldShards.isEmpty }
                try await touch("3")
                try await eventually("one does all") { journal.instances("3").count == Self.names.count }
                #expect(journal.instances("3").values.allSatisfy { $0 == ["one"] })
                second.cancel()
                try await second.value
            }
            #expect(journal.state.withLockedValue { $0.collisions } == [])
        }
    }

    @Test(arguments: [(2, 3), (1, 3), (3, 1)])
    func instancesWithAnotherNumberOfShardsWait(before: Int, after: Int) async throws {
        try await withClusterServer { cluster in
            let journal = Journal()
            let old = try Self.manager(cluster, "old", journal, shards: before)
            let new = try Self.manager(cluster, "new", journal, shards: after)
            let running = Task { try await old.run() }
            try await eventually("the old one holds its shards") { old.isLeader && (before == 1 || old.heldShards == Set(0..<before)) }
            let next = Task { try await new.run() }
            // Some rounds in which it could take something.
            try await eventually("it has looked a few times") {
                #expect(!new.isLeader)
                return cluster.requests.count { $0.userAgent.hasPrefix("new") && $0.verb == "list" && $0.resource == "leases" } > 5
            }
            #expect(!new.isLeader && old.isLeader && (before == 1 || old.heldShards == Set(0..<before)))
            running.cancel()
            try await running.value
            try await eventually("the new one has its shards") { new.isLeader && (after == 1 || new.heldShards == Set(0..<after)) }
            next.cancel()
            try await next.value
        }
    }

    @Test func unsafeSettingsEndTheManager() async throws {
        let client = try KubernetesClient(configuration: ClientConfiguration(server: "http://127.0.0.1:1"), logger: quietLogger)
        let manager = Manager(
            configuration: ManagerConfiguration(
                name: "test.example/op",
                leaderElection: LeaderElectionConfiguration(leaseName: "op", namespace: "default", leaseDuration: .seconds(5))
            ),
            client: client,
            logger: quietLogger
        )
        await #expect(throws: InvalidLeaderElection.self) { try await manager.run() }
    }
}
