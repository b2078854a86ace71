import Foundation
import KubernetesModel
import Postgres

/// Compares rows with objects and changes nothing.
public struct DriftDetector: Sendable {
    private let scan: DriftScan

    /// Makes a detector.
    ///
    /// - Parameters:
    ///   - pool: the database.
    ///   - source: lists the objects.
    public init(pool: PostgresPool, source: @escaping ProjectionSource) { scan = DriftScan(pool: pool, source: source) }

    init(_ scan: DriftScan) { self.scan = scan }

    /// Compares all rows of a kind with its objects. The memory it takes does not grow with their number.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - namespace: only objects and rows of this namespace; `nil` for all.
    ///   - name: only mismatches after this name are told; `nil` for all. With a namespace only.
    ///   - limit: the most mismatches that are told; all are counted. Default 1000.
    /// - Throws: what the source throws; `ProjectionError` with `invalid_order`; `PostgresError`.
    public func detect(
        _ kind: ProjectedKind,
        namespace: String? = nil,
        after name: String? = nil,
        limit: Int = 1000
    ) async throws -> DriftReport {
        var window = ReportWindow<DriftReport.Mismatch>(after: name, limit: limit)
        var oldest: Date?
        let summary = try await scan.walk(kind, namespace: namespace) { batch in
            for finding in batch.findings {
                let mismatch = finding.mismatch
                window.add(mismatch, named: mismatch.name)
                if let observed = mismatch.observedAt { oldest = min(oldest ?? observed, observed) }
            }
        }
        return DriftReport(
            resource: kind.rawValue,
            comparedFields: kind.comparedFields,
            summary: summary,
            mismatches: window.lines,
            next: window.next,
            oldestObservedAt: oldest
        )
    }
}

/// The lines of a report that are told: those after a name, up to a limit.
struct ReportWindow<Line: Sendable>: Sendable {
    private let after: String?
    private let limit: Int
    private(set) var lines: [Line] = []
    private var last: String?
    /// The name to go on after; `nil` when there is nothing more.
    private(set) var next: String?

    init(after: String?, limit: Int) { (self.after, self.limit) = (after, max(0, limit)) }

    /// Adds a line; they come by name.
    mutating func add(_ line: Line, named name: String) {
        if let after, !after.utf8.lexicographicallyPrecedes(name.utf8) { return }
        guard lines.count < limit else {
            next = next ?? last
            return
        }
        lines.append(line)
        last = name
    }
}
