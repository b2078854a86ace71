import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import Postgres
import Projection

/// Compares the rows with Kubernetes, and mends them, page by page.
struct ProjectionService: Sendable {
    private let pool: PostgresPool
    private let source: ProjectionSource
    private let namespace: String
    private let now: @Sendable () -> Date

    /// Makes a service.
    ///
    /// - Parameters:
    ///   - client: the way to Kubernetes.
    ///   - pool: the way to PostgreSQL.
    ///   - namespace: namespace of the objects.
    ///   - limit: how long Kubernetes may take for a page of a list.
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
        source = { kind, namespace, next in
            let api = client.dynamic(ResourceKind(kind).resourceType, namespace: namespace)
            let list: ObjectList<DynamicObject>
            do {
                list = try await TimeSource.system.withTimeout(limit) {
                    try await api.list(ListOptions(limit: 500, continueToken: next))
                }
            } catch let error as CancellationError {
                throw error
            } catch let error as KubernetesError where error.isGone && next != nil {
                throw SourceExpired()
            } catch {
                throw OperationError.kubernetesUnavailable(error)
            }
            return SourcePage(
                objects: try list.items.map { try ProjectedObject(kind: kind, $0) },
                resourceVersion: list.metadata.resourceVersion ?? "",
                next: list.metadata.continueToken
            )
        }
    }

    /// What differs: the counts of all, and some of the mismatches.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - name: only mismatches after this name are told; nil for all.
    ///   - limit: the most mismatches that are told.
    /// - Throws: ``OperationError`` when Kubernetes or the database cannot be reached.
    func report(_ kind: ProjectedKind, after name: String? = nil, limit: Int) async throws -> DriftReport {
        try await onDatabase {
            try await DriftDetector(pool: pool, source: source).detect(kind, namespace: namespace, after: name, limit: limit)
        }
    }

    /// What differs, as an answer.
    func drift(_ kind: ResourceKind, _ search: DriftParameters, _ context: OperationContext) async throws -> Reply<DriftReportView> {
        let report = try await report(kind.projected, after: try search.place, limit: search.limit)
        return Self.reply(try JSON(encoding: report).decode(DriftReportView.self), next: report.next, context)
    }

    /// Mends the rows, or says what would be mended.
    func repair(_ kind: ResourceKind, _ order: RepairParameters, _ context: OperationContext) async throws -> Reply<RepairReportView> {
        let name = try order.place
        let report = try await onDatabase {
            try await Repairer(pool: pool, source: source).repair(
                kind.projected,
                namespace: namespace,
                dryRun: order.dryRun,
                after: name,
                limit: order.limit,
                actor: context.principal.subject,
                requestID: context.requestID,
                now: now()
            )
        }
        return Self.reply(try JSON(encoding: report).decode(RepairReportView.self), next: report.next, context)
    }

    private static func reply<View: Encodable & Sendable>(_ view: View, next: String?, _ context: OperationContext) -> Reply<View> {
        var reply = Reply(view)
        if let next { reply.headers[.link] = PageLink.next(path: context.path, query: context.query, cursor: Cursor(next).text) }
        return reply
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
