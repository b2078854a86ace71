import KubernetesModel
import Postgres

/// Walks through the objects and the rows of a kind side by side, a page at a time: what it holds does not grow with their number.
///
/// PostgreSQL compares a page of objects with the rows between its ends and answers with those that may differ, at most ``batch`` at a time.
struct DriftScan: Sendable {
    /// Waits before something is called drift that an event on its way may explain.
    struct Patience: Sendable {
        /// How long.
        var pause: Duration = .milliseconds(200)
        /// The most times in a walk.
        var times = 3
        /// Waits.
        var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    }

    /// Some findings, and the list they were found with.
    struct Batch: Sendable {
        var findings: [Comparison.Finding]
        var resourceVersion: String
        var cluster: String?
    }

    /// The most keys that are looked at in one answer of PostgreSQL.
    static let batch = 500
    /// How often a list may begin anew because its version was too old.
    static let renewals = 5

    let pool: PostgresPool
    let source: ProjectionSource
    var patience = Patience()

    /// Walks.
    ///
    /// A list is read before the rows that are compared with it, so that a row is never older than the list because of a write in between.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - namespace: only objects and rows of this namespace; `nil` for all.
    ///   - body: takes findings, in the order of the list; those of one namespace come by name.
    /// - Returns: how many there are of what.
    /// - Throws: what the source and the body throw; `ProjectionError` with `invalid_order`; `PostgresError`.
    func walk(
        _ kind: ProjectedKind,
        namespace: String?,
        _ body: nonisolated(nonsending) (Batch) async throws -> Void
    ) async throws -> DriftReport.Summary {
        let namespace = kind.isNamespaced ? namespace : nil
        var ranges = ScanRanges(namespace: kind.isNamespaced ? namespace : "")
        var summary = DriftReport.Summary(sourceCount: 0, projectionCount: 0, driftCount: 0)
        var state = State(pauses: patience.times)
        var next: String?
        while true {
            let page: SourcePage
            do {
                page = try await source(kind, namespace, next)
            } catch is SourceExpired where next != nil && state.renewals < Self.renewals {
                state.renewals += 1
                next = nil
                ranges.resume()
                continue
            }
            let part = try ranges.take(page.objects, isLast: page.next == nil)
            state.resourceVersion = page.resourceVersion
            state.cluster = state.cluster ?? page.cluster
            if state.cluster == nil, !state.hasAskedForCluster, !part.objects.isEmpty {
                state.hasAskedForCluster = true
                state.cluster = try await Self.cluster(of: part.objects, kind, in: pool.reads)
            }
            summary.sourceCount += part.objects.count
            if !part.ranges.isEmpty {
                let rows = RowComparison(kind: kind, objects: part.objects, scope: .ranges(part.ranges))
                try await compare(rows, &state, &summary, body)
            }
            next = page.next
            guard next == nil else { continue }
            if kind.isNamespaced, namespace == nil {
                let rest = RowComparison(kind: kind, objects: [], scope: .elsewhere(ranges.seen.sorted()))
                try await compare(rest, &state, &summary, body)
            }
            return summary
        }
    }

    private struct State {
        var pauses: Int
        var resourceVersion = ""
        var cluster: String?
        var hasAskedForCluster = false
        var renewals = 0
    }

    private func compare(
        _ rows: RowComparison,
        _ state: inout State,
        _ summary: inout DriftReport.Summary,
        _ body: nonisolated(nonsending) (Batch) async throws -> Void
    ) async throws {
        var place: RowComparison.Place?
        repeat {
            var (answer, findings) = try await look(rows, after: place, state)
            if state.pauses > 0, !findings.allSatisfy(\.isSettled) {
                state.pauses -= 1
                try await patience.sleep(patience.pause)
                (answer, findings) = try await look(rows, after: place, state)
            }
            summary.projectionCount += answer.rowCount ?? 0
            summary.driftCount += findings.count
            if !findings.isEmpty {
                try await body(Batch(findings: findings, resourceVersion: state.resourceVersion, cluster: state.cluster))
            }
            place = answer.next
        } while place != nil
    }

    private func look(
        _ rows: RowComparison,
        after place: RowComparison.Place?,
        _ state: State
    ) async throws -> (RowComparison.Answer, [Comparison.Finding]) {
        let answer = try await rows.ask(pool.reads, after: place, limit: Self.batch)
        let findings = answer.pairs.compactMap { object, row in
            Comparison.finding(object, row, resourceVersion: state.resourceVersion, cluster: state.cluster)
        }
        return (answer, findings)
    }

    /// The cluster a list is of, where its source may not ask: that of the rows of the very objects on it, if they agree.
    private static func cluster(
        of objects: [ProjectedObject],
        _ kind: ProjectedKind,
        in database: some PostgresQuerying
    ) async throws -> String? {
        let clusters = try await database.query(
            """
            select distinct known.cluster_uid
            from unnest(\(objects.map { $0.key.namespace ?? "" })::text[], \(objects.map(\.key.name))::text[],
                \(objects.map(\.uid))::text[]) as object (namespace, name, uid)
            join \(identifier: kind.table) as known
                on known.namespace = object.namespace and known.name = object.name and known.uid = object.uid
            where known.uid <> '' and known.cluster_uid <> ''
            limit 2
            """
        ).decode("cluster_uid", as: String.self)
        return clusters.count == 1 ? clusters[0] : nil
    }
}
