import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import OperatorRuntime
import Testing

/// What the watch of a Lease is for, and that nothing depends on it.
@Suite struct LeaseWatchClusterTests {
    /// So long between two looks that what happens within a test was told by the watch.
    private static let slow = LeaderElectionConfiguration(
        leaseName: "op",
        namespace: "default",
        leaseDuration: .seconds(600),
        renewDeadline: .seconds(500),
        retryPeriod: .seconds(300)
    )

    private static func elector(
        _ cluster: ClusterServer,
        _ identity: String,
        _ configuration: LeaderElectionConfiguration
    ) throws -> (elector: LeaderElector, task: Task<Void, any Error>) {
        let elector = LeaderElector(
            client: try testClient(cluster, userAgent: identity),
            configuration: configuration,
            identity: identity,
            logger: quietLogger
        )
        return (elector, Task { try await elector.run { try await ContinuousClock().sleep(for: .seconds(3600)) } })
    }

    @Test func aLeaseThatIsGivenUpIsTakenAtOnceByOneOfSeveral() async throws {
        try await withClusterServer { cluster in
            let first = try Self.elector(cluster, "first", Self.slow)
            try await first.elector.waitUntilLeading()
            let others = try ["second", "third"].map { try Self.elector(cluster, $0, Self.slow) }
            defer { for other in others { other.task.cancel() } }
            try await eventually("they watch") {
                ["second", "third"].allSatisfy { agent in
                    cluster.requests.count { $0.userAgent.hasPrefix(agent) && $0.verb == "watch" && $0.resource == "leases" } > 0
                }
            }
            #expect(cluster.requests.count { $0.userAgent.hasPrefix("first") && $0.verb == "watch" } <= 1)
            first.task.cancel()
            try await first.task.value
            try await eventually("one leads") { others.contains { $0.elector.isLeader } }
            #expect(others.filter(\.elector.isLeader).count == 1)
            #expect(others.compactMap(\.elector.fencingToken) == [1])
        }
    }

    /// The leader's own renewal may be under way when it ends, so that its release meets a newer version of the Lease.
    @Test func aReleaseThatMeetsANewerVersionIsTriedAgain() async throws {
        try await withClusterServer { cluster in
            let first = try Self.elector(cluster, "first", Self.slow)
            try await first.elector.waitUntilLeading()
            let leases = try testClient(cluster).resource(CoordinationV1.Lease.self, namespace: "default")
            _ = try await leases.mergePatch("op", ["metadata": ["annotations": ["a": "b"]]])
            first.task.cancel()
            try await first.task.value
            #expect(try await leases.get("op").spec?.holderIdentity == "")
        }
    }

    @Test func anothersLeaseIsNotReleased() async throws {
        try await withClusterServer { cluster in
            let first = try Self.elector(cluster, "first", Self.slow)
            try await first.elector.waitUntilLeading()
            let leases = try testClient(cluster).resource(CoordinationV1.Lease.self, namespace: "default")
            _ = try await leases.mergePatch("op", ["spec": ["holderIdentity": "thief"]])
            first.task.cancel()
            try await first.task.value
            #expect(try await leases.get("op").spec?.holderIdentity == "thief")
        }
    }

    @Test func withoutAWatchItIsTakenWithTheNextLook() async throws {
        try await withClusterServer { cluster in
            var configuration = Self.slow
            configuration.retryPeriod = .milliseconds(100)
            cluster.faults.add(Fault(match: RequestMatch(verb: "watch", resource: "leases"), action: .status(403), times: nil))
            let first = try Self.elector(cluster, "first", configuration)
            try await first.elector.waitUntilLeading()
            let second = try Self.elector(cluster, "second", configuration)
            defer { second.task.cancel() }
            try await eventually("it looks") { cluster.requests.count { $0.userAgent.hasPrefix("second") && $0.verb == "get" } > 1 }
            first.task.cancel()
            try await first.task.value
            try await eventually("it leads") { second.elector.isLeader }
        }
    }
}
