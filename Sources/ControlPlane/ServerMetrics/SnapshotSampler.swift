import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import Metrics
import NIOConcurrencyHelpers
import Observability
import Postgres
import ServiceLifecycle

/// Takes a snapshot of what the installation uses now and then, one replica at a time. Every replica shows the latest one's tenants as the gauge
/// `opencrane_tenants`.
struct SnapshotSampler: Service {
    let client: KubernetesClient
    let repository: SnapshotRepository
    let settings: MetricsSettings
    let lease: BackgroundLease
    /// How long Kubernetes may take for a page of a list.
    let limit: Duration
    var time: TimeSource = .system
    var process: @Sendable () -> [MetricSample] = ProcessMetrics.collector()
    let now: @Sendable () -> Date
    let logger: Logger
    /// Phases that were shown once, so that one whose tenants are all gone is shown as none.
    private let shown = NIOLockedValueBox<Set<String>>([])

    init(
        client: KubernetesClient,
        repository: SnapshotRepository,
        settings: MetricsSettings,
        lease: BackgroundLease,
        limit: Duration,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        (self.client, self.repository, self.settings, self.lease) = (client, repository, settings, lease)
        (self.limit, self.now, self.logger) = (limit, now, logger)
    }

    private static let nodes = ResourceType(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    private static let volumes = ResourceType(
        group: "",
        version: "v1",
        kind: "PersistentVolume",
        plural: "persistentvolumes",
        isNamespaced: false
    )
    /// What the metrics server serves (KEP-117).
    private static let usage = ResourceType(
        group: "metrics.k8s.io",
        version: "v1beta1",
        kind: "NodeMetrics",
        plural: "nodes",
        isNamespaced: false
    )

    /// Takes snapshots until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = settings.delay
            while !Task.isCancelled {
                do { try await time.sleep(for: pause) } catch { return }
                pause = settings.snapshotInterval
                do {
                    try await sample()
                    try await show()
                } catch is CancellationError {
                    return
                } catch {
                    Counter(label: "opencrane_server_snapshot_failures_total").increment()
                    logger.warning("no snapshot could be taken", metadata: ["error": .string("\(error)")])
                }
            }
        }
    }

    /// Takes a snapshot, if this replica is the one.
    ///
    /// - Returns: whether it is.
    /// - Throws: `PostgresError`.
    @discardableResult
    func sample() async throws -> Bool {
        let start = now()
        guard try await lease.take(until: start.addingTimeInterval(settings.snapshotInterval.seconds * 2 + 30), now: start) else {
            return false
        }
        var snapshot = ServerSnapshot()
        try await repository.count(into: &snapshot)
        snapshot.add(nodes: await list(Self.nodes), usage: await list(Self.usage))
        snapshot.add(volumes: await fold(Self.volumes, into: VolumeTotals()) { $0.add($1) })
        add(process(), to: &snapshot)
        let oldest = start.addingTimeInterval(-Double(settings.snapshotDays) * 86_400)
        try await repository.keep(snapshot, now: start, forgetting: oldest)
        return true
    }

    private func add(_ samples: [MetricSample], to snapshot: inout ServerSnapshot) {
        let values = Dictionary(samples.map { ($0.name, $0.value) }) { first, _ in first }
        snapshot.processMemoryBytes = values["process_resident_memory_bytes"].flatMap { Int64(exactly: $0) }
        snapshot.processCPUSeconds = values["process_cpu_seconds_total"]
        snapshot.processOpenFiles = values["process_open_fds"].flatMap { Int64(exactly: $0) }
        if snapshot.processMemoryBytes == nil { snapshot.unavailable.append(.process) }
    }

    /// All objects of a kind; nil when they cannot be read: nobody serves them, or this process may not.
    private func list(_ type: ResourceType) async -> [DynamicObject]? { await fold(type, into: []) { $0.append($1) } }

    /// What becomes of all objects of a kind, of which one page is held at a time; nil when they cannot be read.
    private func fold<Result>(
        _ type: ResourceType,
        into start: Result,
        _ add: (inout Result, DynamicObject) -> Void
    ) async -> Result? {
        let api = client.dynamic(type)
        var (result, next): (Result, String?) = (start, nil)
        do {
            repeat {
                let place = next
                let page = try await TimeSource.system.withTimeout(limit) {
                    try await api.list(ListOptions(limit: 500, continueToken: place))
                }
                for item in page.items { add(&result, item) }
                next = page.metadata.continueToken.flatMap { $0.isEmpty ? nil : $0 }
            } while next != nil
            return result
        } catch {
            logger.debug("a source of figures is not there", metadata: ["kind": .string(type.kind), "error": .string("\(error)")])
            return nil
        }
    }

    private func show() async throws {
        guard let latest = try await repository.latest() else { return }
        let phases = latest.snapshot.tenantsByPhase
        let gone = shown.withLockedValue { known in
            let gone = known.subtracting(phases.keys)
            known.formUnion(phases.keys)
            return gone
        }
        for phase in gone { Gauge(label: "opencrane_tenants", dimensions: [("phase", phase)]).record(0) }
        for (phase, count) in phases { Gauge(label: "opencrane_tenants", dimensions: [("phase", phase)]).record(count) }
        Gauge(label: "opencrane_server_snapshot_age_seconds").record(max(0, now().timeIntervalSince(latest.sampledAt)))
    }
}
