import Foundation
import HTTPOperations
import JSONValue
import Postgres
import Projection

/// Keeps what looks for drift have found, and whether somebody was told.
struct DriftRepository: Sendable {
    /// Topic of alerts.
    static let topic = "drift.alert"

    let pool: PostgresPool

    /// What is known.
    ///
    /// - Throws: `PostgresError`.
    func state() async throws -> DriftState {
        let answers = try await pool.reads.pipeline([
            """
            select kind, source_count, projection_count, drift_count, lag_seconds, evaluated_at from drift_evaluations order by kind
            """,
            "select firing, exceeded, changed_at, evaluated_at from drift_alert",
        ])
        var state = DriftState()
        for row in answers[0] {
            guard let kind = ProjectedKind(rawValue: try row.decode("kind")) else { continue }
            state.evaluations.append(
                DriftEvaluation(
                    kind: kind,
                    sourceCount: try row.decode("source_count"),
                    projectionCount: try row.decode("projection_count"),
                    driftCount: try row.decode("drift_count"),
                    lag: try row.decode("lag_seconds", as: Double?.self),
                    evaluatedAt: try row.decode("evaluated_at")
                )
            )
        }
        if let row = answers[1].first {
            (state.alert, state.evaluatedAt) = (try DriftAlert(row), try row.decode("evaluated_at", as: Date?.self))
        }
        return state
    }

    /// Keeps a look. Whoever has to be told of it is told in the same transaction, once: a look that began before the latest known one, as of a
    /// replica that has lost its turn, counts for nothing.
    ///
    /// - Parameters:
    ///   - found: what was found, one of each kind.
    ///   - settings: when somebody is told, and who.
    ///   - begun: when the look began.
    ///   - now: the time.
    /// - Returns: what was told, if anything; nil too for a look that counts for nothing.
    /// - Throws: `PostgresError`.
    @discardableResult
    func keep(_ found: [DriftEvaluation], settings: MetricsSettings, begun: Date, now: Date) async throws -> DriftAlert.Transition? {
        try await pool.withTransaction(retry: .serializationFailures(attempts: 3)) { transaction in
            let row = try await transaction.first("select firing, exceeded, changed_at, evaluated_at from drift_alert for update")
            guard let row else { return nil }
            if let latest = try row.decode("evaluated_at", as: Date?.self), latest >= begun { return nil }
            var alert = try DriftAlert(row)
            let total = found.reduce(0) { $0 + $1.driftCount }
            let transition = alert.look(total, threshold: settings.driftThreshold, looks: settings.driftLooks, now: now)
            try await transaction.execute(
                """
                insert into drift_evaluations (kind, source_count, projection_count, drift_count, lag_seconds, evaluated_at)
                select kind, sources, rows, drift, lag, \(begun)
                from unnest(\(found.map(\.kind.rawValue))::text[], \(found.map { Int64($0.sourceCount) })::bigint[],
                    \(found.map { Int64($0.projectionCount) })::bigint[], \(found.map { Int64($0.driftCount) })::bigint[],
                    \(found.map(\.lag))::double precision[]) as look (kind, sources, rows, drift, lag)
                on conflict (kind) do update set source_count = excluded.source_count, projection_count = excluded.projection_count,
                    drift_count = excluded.drift_count, lag_seconds = excluded.lag_seconds, evaluated_at = excluded.evaluated_at
                """
            )
            try await transaction.execute(
                """
                update drift_alert set firing = \(alert.isFiring), exceeded = \(alert.exceeded), changed_at = \(alert.changedAt),
                    evaluated_at = \(begun)
                """
            )
            if let transition, settings.driftWebhook != nil {
                let entry = OutboxEntry(
                    topic: Self.topic,
                    key: "projection",
                    payload: Self.payload(transition, found, settings, total: total, now: now)
                )
                try await OutboxRepository.append(entry, now: now, in: transaction)
            }
            return transition
        }
    }

    private static func payload(
        _ transition: DriftAlert.Transition,
        _ found: [DriftEvaluation],
        _ settings: MetricsSettings,
        total: Int,
        now: Date
    ) -> JSON {
        var kinds: [String: JSON] = [:]
        for look in found {
            kinds[look.kind.member] = [
                "sourceCount": .integer(Int64(look.sourceCount)), "projectionCount": .integer(Int64(look.projectionCount)),
                "driftCount": .integer(Int64(look.driftCount)),
            ]
        }
        return [
            "event": "opencrane.projection_drift.alert", "state": .string(transition.rawValue),
            "severity": transition == .firing ? "warning" : "info",
            "message": .string(
                transition == .firing
                    ? "\(total) rows differ from their objects; the threshold is \(settings.driftThreshold)."
                    : "\(total) rows differ from their objects, which is below the threshold again."
            ),
            "driftCount": .integer(Int64(total)), "threshold": .integer(Int64(settings.driftThreshold)),
            "resources": .object(kinds), "at": .string(RESTTimestamp.text(now)),
        ]
    }
}

extension DriftAlert {
    fileprivate init(_ row: PostgresRow) throws {
        isFiring = try row.decode("firing")
        exceeded = try row.decode("exceeded")
        changedAt = try row.decode("changed_at", as: Date?.self)
    }
}

extension ProjectedKind {
    /// The kind as a member of JSON.
    var member: String {
        switch self {
        case .tenant: "tenant"
        case .accessPolicy: "accessPolicy"
        case .clusterTenant: "clusterTenant"
        }
    }
}

/// Tells the receiver of alerts that there is too much drift, or no longer.
struct DriftAlertHandler: OutboxHandler {
    let topic = DriftRepository.topic
    let webhook: DriftWebhook

    func deliver(_ entry: OutboxEntry) async throws {
        let id = "drift-alert-\(entry.id)"
        var body = entry.payload
        // Whoever gets an alert twice, because the answer was lost, knows it by its id.
        body["id"] = .string(id)
        try await webhook.send(body.serialized(), id: id)
    }
}
