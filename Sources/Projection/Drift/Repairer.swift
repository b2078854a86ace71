import Foundation
import JSONValue
import KubernetesModel
import Postgres

/// Makes rows agree with objects. The object always wins; Kubernetes is never written.
public struct Repairer: Sendable {
    private let pool: PostgresPool
    private let scan: DriftScan

    /// Makes a repairer.
    ///
    /// - Parameters:
    ///   - pool: the database.
    ///   - source: lists the objects.
    public init(pool: PostgresPool, source: @escaping ProjectionSource) {
        self.pool = pool
        scan = DriftScan(pool: pool, source: source)
    }

    /// Mends the rows of a kind page by page: each in one transaction with an audit entry for each row that changes. Whoever is interrupted has
    /// mended whole pages, and the next repair goes on.
    ///
    /// A row that a write is under way for is skipped: the write will settle it. Rows that are newer than the list are left alone.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - namespace: only objects and rows of this namespace; `nil` for all.
    ///   - dryRun: whether to report only; default `true`.
    ///   - name: only rows after this name are told; `nil` for all. With a namespace only.
    ///   - limit: the most rows that are told; all are mended and counted. Default 1000.
    ///   - actor: who repairs, for the audit trail.
    ///   - requestID: the id of the request, for the audit trail.
    ///   - now: the time.
    /// - Throws: what the source throws; `ProjectionError` with `invalid_order`; `PostgresError`.
    public func repair(
        _ kind: ProjectedKind,
        namespace: String? = nil,
        dryRun: Bool = true,
        after name: String? = nil,
        limit: Int = 1000,
        actor: String,
        requestID: String,
        now: Date
    ) async throws -> RepairReport {
        var window = ReportWindow<RepairReport.Entry>(after: name, limit: limit)
        var (repaired, skipped) = (0, 0)
        _ = try await scan.walk(kind, namespace: namespace) { batch in
            let plan = RepairPlan(batch.findings, dryRun: dryRun)
            if !dryRun, !plan.isEmpty { try await apply(plan, kind, batch, actor: actor, requestID: requestID, now: now) }
            for entry in plan.entries {
                if entry.action == .skipped { skipped += 1 } else { repaired += 1 }
                window.add(entry, named: entry.name)
            }
        }
        return RepairReport(
            resource: kind.rawValue,
            mode: dryRun ? .dryRun : .apply,
            repairedCount: repaired,
            skippedCount: skipped,
            entries: window.lines,
            next: window.next
        )
    }

    private func apply(
        _ plan: RepairPlan,
        _ kind: ProjectedKind,
        _ batch: DriftScan.Batch,
        actor: String,
        requestID: String,
        now: Date
    ) async throws {
        var statements = RowStatements.write(
            plan.objects.map { .upsert($0) },
            guarded: .listed(resourceVersion: batch.resourceVersion),
            cluster: batch.cluster,
            now: now
        )
        if !plan.orphans.isEmpty {
            statements.append(RowStatements.remove(kind, plan.orphans, upTo: batch.resourceVersion, cluster: batch.cluster))
        }
        let drafts = plan.entries.filter { $0.action != .skipped }.map { Self.draft($0, kind, actor: actor, requestID: requestID) }
        statements.append(AuditRepository.insert(drafts, outcome: .succeeded, now: now))
        let all = statements
        try await pool.withTransaction(retry: .serializationFailures()) { transaction in
            _ = try await transaction.pipeline(all, timeout: .seconds(60))
        }
    }

    private static func draft(_ entry: RepairReport.Entry, _ kind: ProjectedKind, actor: String, requestID: String) -> AuditDraft {
        AuditDraft(
            actor: actor,
            requestID: requestID,
            action: "Repaired",
            resource: "\(kind.rawValue)/\(entry.name)",
            tenant: kind == .tenant ? entry.name : nil,
            message: "The row of \(kind.rawValue) \(entry.name) was \(entry.action.rawValue): \(entry.reason)",
            after: ["action": .string(entry.action.rawValue)]
        )
    }
}

/// Decides what a repair does about some findings.
struct RepairPlan: Sendable {
    /// Objects whose rows are written.
    private(set) var objects: [ProjectedObject] = []
    /// Rows that are removed.
    private(set) var orphans: [ObjectKey] = []
    /// What is done, in the order of the findings.
    private(set) var entries: [RepairReport.Entry] = []

    /// Whether no row changes.
    var isEmpty: Bool { objects.isEmpty && orphans.isEmpty }

    init(_ findings: [Comparison.Finding], dryRun: Bool) {
        func add(_ key: ObjectKey, _ action: RepairReport.Action, _ reason: String) {
            entries.append(.init(name: key.name, action: action, reason: reason, dryRun: dryRun, namespace: key.namespace ?? ""))
        }
        for finding in findings {
            switch finding {
            case .missingProjection(let object):
                objects.append(object)
                add(object.key, .created, "the object had no row")
            case .fieldMismatch(let object, let row, let fields):
                if row.hasOpenIntent {
                    add(object.key, .skipped, "a write of the object is under way")
                } else {
                    objects.append(object)
                    add(object.key, .updated, "the row differed in \(fields.joined(separator: ", "))")
                }
            case .missingSource(let row):
                if row.hasOpenIntent {
                    add(row.key, .skipped, "a write of the object is under way")
                } else {
                    orphans.append(row.key)
                    add(row.key, .deleted, "the row had no object")
                }
            }
        }
    }
}
