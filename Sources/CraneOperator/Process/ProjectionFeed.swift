import CraneAPI
import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime
import Postgres
import Projection
import ServiceLifecycle

/// Hands everything an informer learns to the projection. The projection never holds the operator up: it takes changes into a queue by key.
struct ProjectionFeed<Object: KubernetesResource>: Service {
    let informer: Informer<Object>
    let apply: @Sendable (ProjectionEvent) -> Void
    let kind: ProjectedKind
    let logger: Logger
    /// Called when all objects are listed anew, before they are handed over: they may be those of another cluster. Default nothing.
    var relisted: @Sendable () async -> Void = {}
    let project: @Sendable (Object) throws -> ProjectedObject

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                for try await batch in informer.batches() {
                    if batch.relisted { await relisted() }
                    hand(over: batch)
                }
            }
        } catch is CancellationError {
            // The end of feeding: thrown on, it would count as a failure and cut off the projector, which still has to write its queue.
        }
    }

    private func hand(over batch: InformerBatch<Object>) {
        for change in batch.changes { hand(over: change) }
        if batch.relisted, let version = batch.resourceVersion ?? informer.store.resourceVersion {
            let objects = informer.store.objects.compactMap { read($0) }
            apply(.synced(kind, namespace: informer.namespace, objects: objects, resourceVersion: version))
        }
    }

    private func hand(over change: InformerChange<Object>) {
        switch change {
        case .upserted(let object):
            if let projected = read(object) { apply(.upsert(projected)) }
        case .deleted(let object):
            apply(
                .delete(
                    kind: kind,
                    key: object.key,
                    uid: object.metadata.uid ?? "",
                    resourceVersion: object.metadata.resourceVersion ?? ""
                )
            )
        }
    }

    private func read(_ object: Object) -> ProjectedObject? {
        do {
            return try project(object)
        } catch {
            logger.error(
                "An object cannot be projected",
                metadata: ["kind": "\(kind.rawValue)", "key": "\(object.key)", "error": "\(error)"]
            )
            return nil
        }
    }
}

extension CraneOperator {
    /// A companion that projects the three kinds into PostgreSQL, and looks for drift between the objects and their rows.
    ///
    /// The drift is the gauge `opencrane_projection_drift` with the label `kind`.
    ///
    /// - Parameters:
    ///   - pool: the database.
    ///   - client: client of the API server, for the identity of the cluster and the lists that rows are compared with.
    ///   - driftInterval: the pause between two looks for drift; default 300 s.
    ///   - logger: logger.
    ///   - prepare: brings the database's schema up to date. Tried until it succeeds: a database that is down does not hold the
    ///     controllers up. Default nothing.
    public static func projecting(
        into pool: PostgresPool,
        client: KubernetesClient,
        driftInterval: Duration = .seconds(300),
        logger: Logger,
        prepare: @escaping @Sendable () async throws -> Void = {}
    ) -> Companion {
        let projector = Projector(pool: pool, logger: logger)
        let source = ClusterSource(client: client)
        let identify: @Sendable () async -> Void = {
            do {
                projector.use(cluster: try await source.identity())
            } catch {
                logger.warning("The identity of the cluster cannot be read; the last one known holds", metadata: ["error": "\(error)"])
            }
        }
        return { manager, feeds in
            let monitor = DriftMonitor(
                detector: DriftDetector(pool: pool) { try await source.page($0, $1, $2) },
                namespace: feeds.tenants.namespace,
                interval: driftInterval,
                delay: min(driftInterval, .seconds(30)),
                logger: logger
            )
            return [PreparedProjector(projector: projector, logger: logger, prepare: prepare), monitor]
                + (try await feeding(logger: logger, relisted: identify) { projector.apply($0) }(manager, feeds))
        }
    }

    /// A companion that tells what happens to the three kinds.
    ///
    /// - Parameters:
    ///   - logger: logger.
    ///   - relisted: called when all objects of a kind are listed anew, before they are told. Default nothing.
    ///   - apply: takes note of an event; never waits.
    public static func feeding(
        logger: Logger,
        relisted: @escaping @Sendable () async -> Void = {},
        _ apply: @escaping @Sendable (ProjectionEvent) -> Void
    ) -> Companion {
        { _, feeds in
            [
                ProjectionFeed(informer: feeds.tenants, apply: apply, kind: .tenant, logger: logger, relisted: relisted) {
                    try ProjectedObject($0)
                },
                ProjectionFeed(informer: feeds.policies, apply: apply, kind: .accessPolicy, logger: logger, relisted: relisted) {
                    try ProjectedObject($0)
                },
                ProjectionFeed(informer: feeds.clusterTenants, apply: apply, kind: .clusterTenant, logger: logger, relisted: relisted) {
                    try ProjectedObject($0)
                },
            ]
        }
    }
}

/// Runs the projector once the database is ready for it.
struct PreparedProjector: Service {
    let projector: Projector
    let logger: Logger
    let prepare: @Sendable () async throws -> Void
    var time = TimeSource.system

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var delay: Duration = .seconds(1)
            while true {
                do {
                    try await prepare()
                    break
                } catch let error as PostgresError where error.isUnavailable {
                    logger.warning("The database is not ready for the projection yet", metadata: ["error": "\(error)"])
                    try await time.sleep(for: delay)
                    delay = min(delay * 2, .seconds(30))
                }
            }
        }
        try await projector.run()
    }
}
