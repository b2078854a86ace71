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
    let project: @Sendable (Object) throws -> ProjectedObject

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                for try await batch in informer.batches() { hand(over: batch) }
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
    /// A companion that projects the three kinds into PostgreSQL.
    ///
    /// - Parameters:
    ///   - projector: the projector; it is run along.
    ///   - logger: logger.
    ///   - prepare: brings the database's schema up to date. Tried until it succeeds: a database that is down does not hold the
    ///     controllers up. Default nothing.
    public static func projecting(
        _ projector: Projector,
        logger: Logger,
        prepare: @escaping @Sendable () async throws -> Void = {}
    ) -> Companion {
        { manager, feeds in
            [PreparedProjector(projector: projector, logger: logger, prepare: prepare)]
                + (try await feeding(logger: logger) { projector.apply($0) }(manager, feeds))
        }
    }

    /// A companion that tells what happens to the three kinds.
    ///
    /// - Parameters:
    ///   - logger: logger.
    ///   - apply: takes note of an event; never waits.
    public static func feeding(logger: Logger, _ apply: @escaping @Sendable (ProjectionEvent) -> Void) -> Companion {
        { _, feeds in
            [
                ProjectionFeed(informer: feeds.tenants, apply: apply, kind: .tenant, logger: logger) { try ProjectedObject($0) },
                ProjectionFeed(informer: feeds.policies, apply: apply, kind: .accessPolicy, logger: logger) { try ProjectedObject($0) },
                ProjectionFeed(informer: feeds.clusterTenants, apply: apply, kind: .clusterTenant, logger: logger) {
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
