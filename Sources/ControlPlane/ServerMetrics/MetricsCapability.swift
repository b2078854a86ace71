import Foundation
import HTTPOperations
import HTTPTypes
import ServiceLifecycle

/// What the installation uses, and how far rows differ from objects: looked at in the background, by one replica at a time.
struct MetricsCapability: Sendable {
    /// What the main surface serves of it.
    let operations: [HTTPOperations.Operation]
    /// What has to run.
    let services: [any Service]

    /// Puts it together.
    init(_ parts: ControlPlaneParts) {
        let configuration = parts.configuration
        let settings = configuration.metrics
        let snapshots = SnapshotRepository(pool: parts.pool, namespace: configuration.namespace)
        let drift = DriftRepository(pool: parts.pool)
        let replica = UUID()  // edge: names this replica
        operations = MetricsOperations(snapshots: snapshots, drift: drift, settings: settings, now: parts.now).operations
        var services: [any Service] = [
            SnapshotSampler(
                client: parts.client,
                repository: snapshots,
                settings: settings,
                lease: BackgroundLease(pool: parts.pool, name: "server-snapshot", holder: replica),
                limit: configuration.kubernetesTimeout,
                now: parts.now,
                logger: parts.logger
            ),
            DriftEvaluator(
                projection: ProjectionService(
                    client: parts.client,
                    pool: parts.pool,
                    namespace: configuration.namespace,
                    limit: configuration.kubernetesTimeout,
                    now: parts.now
                ),
                repository: drift,
                settings: settings,
                lease: BackgroundLease(pool: parts.pool, name: "projection-drift", holder: replica),
                now: parts.now,
                logger: parts.logger
            ),
        ]
        if let webhook = settings.driftWebhook {
            services.append(
                OutboxRelay(
                    outbox: OutboxRepository(pool: parts.pool),
                    handlers: [DriftAlertHandler(webhook: webhook)],
                    limits: settings.relay,
                    now: parts.now,
                    random: parts.random,
                    logger: parts.logger
                )
            )
        }
        self.services = services
    }
}

/// The operations on figures.
struct MetricsOperations: Sendable {
    let snapshots: SnapshotRepository
    let drift: DriftRepository
    let settings: MetricsSettings
    let now: @Sendable () -> Date

    private static let tag = "Metrics"

    /// All of them.
    var operations: [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/metrics/server",
                    id: "getServerMetrics",
                    summary: "Get latest server utilisation snapshot (CPU, memory, storage, active tenants)",
                    description: """
                        The latest snapshot, with its age. One replica takes them in the background; what there is no source for is null, and \
                        `unavailable` names the source.
                        """,
                    tag: Self.tag,
                    access: .inspecting,
                    errors: Refusals.reading
                ),
                answer: .ok(ServerMetricsView.self, "Server utilisation snapshot.")
            ) { _ in
                let latest = try await onDatabase { try await snapshots.latest() }
                return Reply(ServerMetricsView(latest, now: now()))
            },
            Operation(
                OperationLabel(
                    .get,
                    "/metrics/projection-drift",
                    id: "getProjectionDriftMetrics",
                    summary: "Get projection drift metrics with threshold evaluation and alert state",
                    description: """
                        What the latest look found. One replica looks in the background; asking changes nothing and tells nobody.
                        """,
                    tag: Self.tag,
                    access: .inspecting,
                    errors: Refusals.reading
                ),
                answer: .ok(ProjectionDriftMetrics.self, "Projection drift metrics.")
            ) { _ in
                let state = try await onDatabase { try await drift.state() }
                return Reply(ProjectionDriftMetrics(state, settings: settings, now: now()))
            },
        ]
    }
}
