import Postgres

/// Lists all objects of a kind, in one namespace or in all, at a known version.
public typealias ProjectionSource = @Sendable (_ kind: ProjectedKind, _ namespace: String?) async throws -> SourceSnapshot

/// Compares rows with objects and changes nothing.
public struct DriftDetector: Sendable {
    private let pool: PostgresPool
    private let source: ProjectionSource

    /// Makes a detector.
    ///
    /// - Parameters:
    ///   - pool: the database.
    ///   - source: lists the objects.
    public init(pool: PostgresPool, source: @escaping ProjectionSource) {
        self.pool = pool
        self.source = source
    }

    /// Compares all rows of a kind with its objects.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - namespace: only objects and rows of this namespace; `nil` for all.
    /// - Throws: what the source throws; `PostgresError`.
    public func detect(_ kind: ProjectedKind, namespace: String? = nil) async throws -> DriftReport {
        try await compare(kind, namespace: namespace).report(kind)
    }

    /// The list is read before the rows, so that a row is never older than the list because of a write in between.
    func compare(_ kind: ProjectedKind, namespace: String?) async throws -> Comparison {
        try await snapshotAndComparison(kind, namespace: namespace).comparison
    }

    func snapshotAndComparison(
        _ kind: ProjectedKind,
        namespace: String?
    ) async throws -> (snapshot: SourceSnapshot, comparison: Comparison) {
        let namespace = kind.isNamespaced ? namespace : nil
        var snapshot = try await source(kind, namespace)
        let rows = try await ProjectedRow.all(kind, namespace: namespace, in: pool.reads)
        snapshot.cluster = snapshot.cluster ?? Self.cluster(of: snapshot, rows: rows)
        return (snapshot, Comparison(snapshot, rows: rows))
    }

    /// The cluster a list is of, where its source may not ask: that of the rows of the very objects on it, if they agree.
    static func cluster(of snapshot: SourceSnapshot, rows: [ProjectedRow]) -> String? {
        let uids = Set(snapshot.objects.map(\.uid)).subtracting([""])
        let clusters = Set(rows.lazy.filter { uids.contains($0.uid) }.map(\.cluster)).subtracting([""])
        return clusters.count == 1 ? clusters.first : nil
    }
}
