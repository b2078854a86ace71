import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct ServerMetricsTests {
    private static let definitions = ResourceType(
        group: "apiextensions.k8s.io",
        version: "v1",
        kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        isNamespaced: false
    )
    private static let nodes = ResourceType(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    private static let usage = ResourceType(
        group: "metrics.k8s.io",
        version: "v1beta1",
        kind: "NodeMetrics",
        plural: "nodes",
        isNamespaced: false
    )
    private static let volumes = ResourceType(
        group: "",
        version: "v1",
        kind: "PersistentVolume",
        plural: "persistentvolumes",
        isNamespaced: false
    )

    private func sampler(
        _ stage: Stage,
        holder: UUID = UUID(),
        settings: MetricsSettings = MetricsSettings(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) -> SnapshotSampler {
        SnapshotSampler(
            client: stage.planeClient,
            repository: SnapshotRepository(pool: stage.pool, namespace: Stage.namespace),
            settings: settings,
            lease: BackgroundLease(pool: stage.pool, name: "server-snapshot", holder: holder),
            limit: .seconds(30),
            now: now,
            logger: Logger(label: "snapshots") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func makeNodes(_ stage: Stage) async throws {
        for (name, cpu, memory) in [("one", "4", "16Gi"), ("two", "4", "16Gi"), ("dark", "8", "32Gi")] {
            let node = DynamicObject(["apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name)]])
            _ = try await stage.client.dynamic(Self.nodes).create(node)
            _ = try await stage.client.dynamic(Self.nodes).mergePatch(
                ObjectKey(name: name),
                ["status": ["capacity": ["cpu": .string(cpu), "memory": .string(memory)]]],
                subresource: "status"
            )
        }
    }

    /// What the metrics server says of two of three nodes.
    private func makeUsage(_ stage: Stage) async throws {
        let schema: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        let definition: JSON = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": [
                "name": "nodes.metrics.k8s.io", "annotations": ["api-approved.kubernetes.io": "https://github.com/kubernetes/metrics"],
            ],
            "spec": [
                "group": "metrics.k8s.io", "scope": "Cluster",
                "names": ["kind": "NodeMetrics", "plural": "nodes", "singular": "nodemetrics", "listKind": "NodeMetricsList"],
                "versions": [["name": "v1beta1", "served": true, "storage": true, "schema": ["openAPIV3Schema": schema]]],
            ],
        ]
        _ = try await stage.client.dynamic(Self.definitions).create(DynamicObject(definition))
        try await eventually("usage is served") { (try? await stage.client.dynamic(Self.usage).list()) != nil }
        for (name, cpu, memory) in [("one", "1500m", "4Gi"), ("two", "500000000n", "2097152Ki")] {
            let json: JSON = [
                "apiVersion": "metrics.k8s.io/v1beta1", "kind": "NodeMetrics", "metadata": ["name": .string(name)],
                "usage": ["cpu": .string(cpu), "memory": .string(memory)], "window": "20s", "timestamp": "2026-01-01T00:00:00Z",
            ]
            _ = try await stage.client.dynamic(Self.usage).create(DynamicObject(json))
        }
    }

    private func makeVolumes(_ stage: Stage) async throws {
        for (name, size, phase) in [("a", "10Gi", "Bound"), ("b", "5Gi", "Available"), ("c", "1Gi", "Bound")] {
            let json: JSON = [
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(name)],
                "spec": [
                    "capacity": ["storage": .string(size)], "accessModes": ["ReadWriteOnce"],
                    "hostPath": ["path": .string("/data/\(name)")],
                ],
            ]
            _ = try await stage.client.dynamic(Self.volumes).create(DynamicObject(json))
            _ = try await stage.client.dynamic(Self.volumes)
                .mergePatch(ObjectKey(name: name), ["status": ["phase": .string(phase)]], subresource: "status")
        }
    }

    @Test func beforeTheFirstSnapshotNothingIsInvented() async throws {
        try await withStage { stage in
            let answer = try await stage.send(.GET, "/metrics/server")
            #expect(answer.status == 200)
            for member in [
                "cpuPercent", "memoryUsedBytes", "memoryTotalBytes", "storageUsedBytes", "storageTotalBytes", "activeTenants", "sampledAt",
                "ageSeconds", "databaseBytes",
            ] {
                #expect(answer.body[member] == .null, "\(member)")
            }
            #expect(answer.body["unavailable"] == ["snapshot"])
        }
    }

    @Test func aSnapshotTellsWhatTheSourcesSay() async throws {
        try await withStage { stage in
            try await makeNodes(stage)
            try await makeUsage(stage)
            try await makeVolumes(stage)
            for (name, phase) in [("a", "Running"), ("b", "Running"), ("c", "Suspended"), ("d", "Pending")] {
                try await stage.pool.execute(
                    "insert into tenants (namespace, name, phase) values (\(Stage.namespace), \(name), \(phase))"
                )
            }
            try await stage.pool.execute("insert into tenants (namespace, name, phase) values ('another', 'x', 'Running')")
            try await stage.pool.execute(
                "insert into tenants (namespace, name, phase, deleted_at) values (\(Stage.namespace), 'gone', 'Running', now())"
            )
            let machine: JSON = ["machine": ["id": "m-1", "state": "RUNNING"]]
            try await stage.pool.execute("update tenants set status = \(machine) where name = 'a'")
            let taken = Date(timeIntervalSinceNow: -90)
            #expect(try await sampler(stage, now: { taken }).sample())
            let answer = try await stage.send(.GET, "/metrics/server")
            #expect(answer.status == 200)
            // Two processors of the eight whose use is known; the third node's is not.
            #expect(answer.body["cpuPercent"]?.numberValue == 25)
            #expect(answer.body["memoryUsedBytes"]?.integerValue == 6 << 30)
            #expect(answer.body["memoryTotalBytes"]?.integerValue == 64 << 30)
            #expect(answer.body["storageUsedBytes"]?.integerValue == 11 << 30)
            #expect(answer.body["storageTotalBytes"]?.integerValue == 16 << 30)
            #expect(answer.body["nodes"] == 3)
            #expect(answer.body["activeTenants"] == 3)
            #expect(answer.body["tenantsByPhase"] == ["Running": 2, "Suspended": 1, "Pending": 1])
            #expect(answer.body["machinesByState"] == ["RUNNING": 1])
            #expect(answer.body["databaseBytes"]?.integerValue ?? 0 > 1 << 20)
            #expect(answer.body["processMemoryBytes"]?.integerValue ?? 0 > 1 << 20)
            #expect(answer.body["unavailable"] == [])
            #expect(answer.body["sampledAt"]?.stringValue == RESTTimestamp.text(taken))
            #expect(answer.body["ageSeconds"]?.numberValue ?? 0 >= 90)
        }
    }

    @Test func whatThereIsNoSourceForIsNull() async throws {
        try await withStage { stage in
            try await makeNodes(stage)
            _ = try await sampler(stage).sample()
            let first = try await stage.send(.GET, "/metrics/server").body
            #expect(first["cpuPercent"] == .null && first["memoryUsedBytes"] == .null)
            #expect(first["memoryTotalBytes"]?.integerValue == 64 << 30)
            #expect(first["storageTotalBytes"] == 0 && first["unavailable"] == ["nodeUsage"])

            // Where the control plane may not list them, there is a snapshot all the same.
            for resource in ["nodes", "persistentvolumes"] {
                stage.cluster.faults.add(Fault(match: RequestMatch(resource: resource), action: .status(403), times: nil))
            }
            let later = Date(timeIntervalSinceNow: 3600)
            _ = try await sampler(stage, now: { later }).sample()
            let second = try await stage.send(.GET, "/metrics/server").body
            for member in ["cpuPercent", "memoryTotalBytes", "storageUsedBytes", "storageTotalBytes", "nodes"] {
                #expect(second[member] == .null, "\(member)")
            }
            #expect(second["activeTenants"] == 0 && second["unavailable"] == ["nodes", "nodeUsage", "volumes"])
        }
    }

    @Test func oneReplicaTakesSnapshotsAndOldOnesGo() async throws {
        try await withStage { stage in
            let time = NIOLockedValueBox(Date(timeIntervalSince1970: 1_800_000_000))
            var settings = MetricsSettings()
            settings.snapshotDays = 1
            let clock: @Sendable () -> Date = { time.withLockedValue { $0 } }
            let (one, two) = (sampler(stage, settings: settings, now: clock), sampler(stage, settings: settings, now: clock))
            var taken: [Bool] = []
            for sampler in [one, two] { taken.append(try await sampler.sample()) }
            time.withLockedValue { $0 += 60 }
            for sampler in [one, two] { taken.append(try await sampler.sample()) }
            #expect(taken == [true, false, true, false])
            let count: SQL = "select count(*)::text from server_snapshots"
            let before = try await stage.rows(count)
            #expect(before == ["2"])
            // The first is gone; the second takes over, and forgets what is older than a day.
            time.withLockedValue { $0 += 86_400 }
            taken = []
            for sampler in [two, one] { taken.append(try await sampler.sample()) }
            let after = try await stage.rows(count)
            #expect(taken == [true, false] && after == ["2"])
        }
    }

    @Test func theServiceTakesThemByItself() async throws {
        try await withStage(configure: {
            $0.metrics.delay = .milliseconds(10)
            $0.metrics.snapshotInterval = .milliseconds(50)
        }) { stage in
            try await eventually("a snapshot") {
                try await stage.send(.GET, "/metrics/server").body["sampledAt"]?.stringValue != nil
            }
            try await eventually("another") {
                try await stage.rows("select count(*)::text from server_snapshots where sampled_at > now() - interval '1 hour'") != ["1"]
            }
        }
    }
}
