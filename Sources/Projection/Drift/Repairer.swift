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
            try await apply(plan, kind, snapshot, actor: actor, requestID: requestID, now: now)
        }
        return plan.report
    }

    private func apply(
        _ plan: RepairPlan,
        _ kind: ProjectedKind,
        _ snapshot: SourceSnapshot,
        actor: String,
        requestID: String,
        now: Date
    ) async throws {
        let batch = Self.batch
        try await pool.withTransaction(retry: .serializationFailures()) { transaction in
            for start in stride(from: 0, to: plan.objects.count, by: batch) {
                let changes = plan.objects[start..<min(start + batch, plan.objects.count)].map { ProjectionChange.upsert($0) }
                let statements = RowStatements.write(
                    changes,
                    guarded: .listed(resourceVersion: snapshot.resourceVersion),
                    cluster: snapshot.cluster,
                    now: now
                )
                _ = try await transaction.pipeline(statements, timeout: .seconds(120))
            }
            for start in stride(from: 0, to: plan.orphans.count, by: batch) {
                let keys = Array(plan.orphans[start..<min(start + batch, plan.orphans.count)])
                let removal = RowStatements.remove(kind, keys, upTo: snapshot.resourceVersion, cluster: snapshot.cluster)
                try await transaction.execute(removal, timeout: .seconds(120))
            }
            let entries = plan.report.entries
            for start in stride(from: 0, to: entries.count, by: batch) {
                let drafts = entries[start..<min(start + batch, entries.count)].filter { $0.action != .skipped }.map {
                    Self.draft($0, kind, actor: actor, requestID: requestID)
                }
                guard !drafts.isEmpty else { continue }
                try await transaction.execute(AuditRepository.insert(drafts, outcome: .succeeded, now: now), timeout: .seconds(120))
            }
        }
    }

    /// How many rows one statement is about, so that what is on its way to PostgreSQL is bounded.
    static let batch = 500

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
