import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import Postgres
import Projection

/// Compares the rows with Kubernetes, and mends them.
struct ProjectionService: Sendable {
    private let pool: PostgresPool
    private let source: @Sendable (ProjectedKind, String?) async throws -> SourceSnapshot
    private let namespace: String
    private let now: @Sendable () -> Date

    /// Makes a service.
    ///
    /// - Parameters:
    ///   - client: the way to Kubernetes.
    ///   - pool: the way to PostgreSQL.
    ///   - namespace: namespace of the objects.
    ///   - limit: how long Kubernetes may take for the whole list, all of its pages.
    ///   - now: the time.
    init(
        client: KubernetesClient,
        pool: PostgresPool,
        namespace: String,
        limit: Duration,
        now: @escaping @Sendable () -> Date
    ) {
        self.pool = pool
        self.now = now
        self.namespace = namespace
        source = { kind, namespace in
            let api = client.dynamic(ResourceKind(kind).resourceType, namespace: namespace)
            let list: ObjectList<DynamicObject>
            do {
                list = try await TimeSource.system.withTimeout(limit) { try await api.listAll() }
            } catch let error as CancellationError {
                throw error
            } catch {
                throw OperationError.kubernetesUnavailable(error)
            }
            return SourceSnapshot(
                objects: try list.items.map { try ProjectedObject(kind: kind, $0) },
                resourceVersion: list.metadata.resourceVersion ?? ""
            )
        }
    }

    /// What differs.
    func drift(_ kind: ResourceKind) async throws -> DriftReportView {
        let report = try await onDatabase {
            try await DriftDetector(pool: pool, source: source).detect(kind.projected, namespace: namespace)
        }
        return try JSON(encoding: report).decode(DriftReportView.self)
    }

    /// Mends the rows, or says what would be mended.
    func repair(_ kind: ResourceKind, dryRun: Bool, context: OperationContext) async throws -> RepairReportView {
        let report = try await onDatabase {
            try await Repairer(pool: pool, source: source).repair(
                kind.projected,
                namespace: namespace,
                dryRun: dryRun,
                actor: context.principal.subject,
                requestID: context.requestID,
                now: now()
            )
        }
        return try JSON(encoding: report).decode(RepairReportView.self)
    }
}

extension ResourceKind {
    /// The kind of some rows.
    init(_ kind: ProjectedKind) {
        switch kind {
        case .tenant: self = .tenant
        case .accessPolicy: self = .accessPolicy
        case .clusterTenant: self = .clusterTenant
        }
    }
}
