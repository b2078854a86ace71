import Foundation
import JSONValue
import KubernetesModel
import Postgres

/// Makes rows agree with objects. The object always wins; Kubernetes is never written.
public struct Repairer: Sendable {
    private let pool: PostgresPool
    private let detector: DriftDetector

    /// Makes a repairer.
    ///
    /// - Parameters:
    ///   - pool: the database.
    ///   - source: lists the objects.
    public init(pool: PostgresPool, source: @escaping ProjectionSource) {
        self.pool = pool
        detector = DriftDetector(pool: pool, source: source)
    }

    /// Mends the rows of a kind, in one transaction with an audit entry for each row that changes.
    ///
    /// A row that a write is under way for is skipped: the write will settle it. Rows that are newer than the list are left alone.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - namespace: only objects and rows of this namespace; `nil` for all.
    ///   - dryRun: whether to report only; default `true`.
    ///   - actor: who repairs, for the audit trail.
    ///   - requestID: the id of the request, for the audit trail.
    ///   - now: the time.
    /// - Throws: what the source throws; `PostgresError`.
    public func repair(
        _ kind: ProjectedKind,
        namespace: String? = nil,
        dryRun: Bool = true,
        actor: String,
        requestID: String,
        now: Date
    ) async throws -> RepairReport {
        let (snapshot, comparison) = try await detector.snapshotAndComparison(kind, namespace: namespace)
        let plan = RepairPlan(kind, comparison, dryRun: dryRun)
        if !dryRun, plan.report.repairedCount > 0 {
            try await apply(plan, kind, listVersion: snapshot.resourceVersion, actor: actor, requestID: requestID, now: now)
        }
        return plan.report
    }

    private func apply(
        _ plan: RepairPlan,
        _ kind: ProjectedKind,
        listVersion: String,
        actor: String,
        requestID: String,
        now: Date
    ) async throws {
        var statements = RowStatements.write(plan.objects.map { .upsert($0) }, guarded: .listed(resourceVersion: listVersion), now: now)
        if !plan.orphans.isEmpty { statements.append(RowStatements.remove(kind, plan.orphans, upTo: listVersion)) }
        for entry in plan.report.entries where entry.action != .skipped {
            let draft = AuditDraft(
                actor: actor,
                requestID: requestID,
                action: "Repaired",
                resource: "\(kind.rawValue)/\(entry.name)",
                tenant: kind == .tenant ? entry.name : nil,
                message: "The row of \(kind.rawValue) \(entry.name) was \(entry.action.rawValue): \(entry.reason)",
                after: ["action": .string(entry.action.rawValue)]
            )
            statements.append(AuditRepository.insert(draft, outcome: .succeeded, now: now))
        }
        let all = statements
        try await pool.withTransaction(retry: .serializationFailures()) { transaction in
            _ = try await transaction.pipeline(all, timeout: .seconds(120))
        }
    }
}

/// Decides what a repair does about the findings of a comparison.
struct RepairPlan: Sendable {
    /// Objects whose rows are written.
    private(set) var objects: [ProjectedObject] = []
    /// Rows that are removed.
    private(set) var orphans: [ObjectKey] = []
    let report: RepairReport

    init(_ kind: ProjectedKind, _ comparison: Comparison, dryRun: Bool) {
        var entries: [RepairReport.Entry] = []
        func add(_ key: ObjectKey, _ action: RepairReport.Action, _ reason: String) {
            entries.append(.init(name: key.name, action: action, reason: reason, dryRun: dryRun, namespace: key.namespace ?? ""))
        }
        for finding in comparison.findings {
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
        let skipped = entries.count { $0.action == .skipped }
        report = RepairReport(
            resource: kind.rawValue,
            mode: dryRun ? .dryRun : .apply,
            repairedCount: entries.count - skipped,
            skippedCount: skipped,
            entries: entries
        )
    }
}
