import KubernetesClient
import KubernetesModel
import LocalCluster
import Observability
import OperatorRuntime
import Testing

/// Dashboards made for controller-runtime work: the names, labels and kinds of its metrics.
@Suite struct MetricsClusterTests {
    private static let expected: [(name: String, kind: String, labels: Set<String>)] = [
        ("controller_runtime_reconcile_total", "counter", ["controller", "result"]),
        ("controller_runtime_reconcile_errors_total", "counter", ["controller"]),
        ("controller_runtime_terminal_reconcile_errors_total", "counter", ["controller"]),
        ("controller_runtime_reconcile_panics_total", "counter", ["controller"]),
        ("controller_runtime_reconcile_timeouts_total", "counter", ["controller"]),
        ("controller_runtime_reconcile_time_seconds", "histogram", ["controller", "le"]),
        ("controller_runtime_max_concurrent_reconciles", "gauge", ["controller"]),
        ("controller_runtime_active_workers", "gauge", ["controller"]),
        ("workqueue_depth", "gauge", ["name", "controller", "priority"]),
        ("workqueue_adds_total", "counter", ["name", "controller"]),
        ("workqueue_retries_total", "counter", ["name", "controller"]),
        ("workqueue_queue_duration_seconds", "histogram", ["name", "controller", "le"]),
        ("workqueue_work_duration_seconds", "histogram", ["name", "controller", "le"]),
        ("workqueue_unfinished_work_seconds", "gauge", ["name", "controller"]),
        ("workqueue_longest_running_processor_seconds", "gauge", ["name", "controller"]),
        ("rest_client_requests_total", "counter", ["code", "method", "host"]),
        ("rest_client_request_duration_seconds", "histogram", ["verb", "host", "le"]),
        ("leader_election_master_status", "gauge", ["name"]),
        ("leader_election_slowpath_total", "counter", ["name"]),
        ("controller_event_to_reconcile_seconds", "histogram", ["controller", "le"]),
        ("informer_last_contact_age_seconds", "gauge", ["namespace", "resource"]),
    ]

    /// The labels' names of the first sample of a metric.
    private static func labels(of name: String, kind: String, in lines: [Substring]) -> Set<String>? {
        let sample = kind == "histogram" ? name + "_bucket{" : name + "{"
        guard let line = lines.first(where: { $0.hasPrefix(sample) }), let end = line.lastIndex(of: "}") else { return nil }
        let inner = line[line.index(line.startIndex, offsetBy: sample.count)..<end]
        return Set(inner.split(separator: ",").compactMap { $0.split(separator: "=").first.map(String.init) })
    }

    @Test func namesLabelsAndKindsAreThoseOfControllerRuntime() async throws {
        try await withClusterServer { cluster in
            let registry = PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
            let client = try KubernetesClient(
                configuration: ClientConfiguration(kubeconfigYAML: cluster.kubeconfig),
                logger: quietLogger,
                metrics: registry
            )
            let manager = Manager(
                configuration: ManagerConfiguration(
                    name: "test.example/op",
                    identity: "one",
                    leaderElection: LeaderElectionConfiguration(leaseName: "op", namespace: "default")
                ),
                client: client,
                logger: quietLogger,
                metrics: registry
            )
            struct Broken: Error {}
            let informer = manager.informer(CoreV1.ConfigMap.self, namespace: "default")
            let controller = Controller<ObjectKey>("noter", logger: quietLogger, metrics: registry) { key, context in
                if key.name == "fails", context.failures == 0 { throw Broken() }
                return key.name == "later" ? .requeue(after: .seconds(3600)) : .done
            }
            controller.reconciles(informer)
            manager.add(controller)
            let api = client.resource(CoreV1.ConfigMap.self, namespace: "default")
            try await running(manager) {
                for name in ["good", "fails", "later"] { _ = try await api.create(configMap(name)) }
                try await eventually("all ways to end were gone") {
                    let text = registry.exposition()
                    return [
                        "controller_runtime_reconcile_total{controller=\"noter\",result=\"error\"} 1",
                        "controller_runtime_reconcile_total{controller=\"noter\",result=\"requeue_after\"} 1",
                        "controller_runtime_reconcile_total{controller=\"noter\",result=\"requeue\"} 0",
                        "controller_runtime_reconcile_errors_total{controller=\"noter\"} 1",
                        "workqueue_retries_total{controller=\"noter\",name=\"noter\"} 1",
                        "leader_election_master_status{name=\"op\"} 1", "leader_election_slowpath_total{name=\"op\"} 0",
                        "controller_runtime_max_concurrent_reconciles{controller=\"noter\"} 4",
                    ].allSatisfy(text.contains)
                }
            }
            let lines = registry.exposition().split(separator: "\n")
            for (name, kind, labels) in Self.expected {
                #expect(lines.contains("# TYPE \(name) \(kind)"), "\(name)")
                #expect(Self.labels(of: name, kind: kind, in: lines) == labels, "\(name)")
            }
            // 40 bounds and the infinite one; 12 of them from 10 ns, and the infinite one.
            #expect(lines.filter { $0.hasPrefix("controller_runtime_reconcile_time_seconds_bucket") }.count == 41)
            #expect(lines.filter { $0.hasPrefix("workqueue_queue_duration_seconds_bucket") }.count == 13)
        }
    }
}
