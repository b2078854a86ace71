import Entitlements
import Foundation
import HTTPOperations
import Postgres
import Projection

/// An event of how a tenant takes part.
struct ParticipationEvent: Sendable, Hashable {
    /// Its id, of the pod's choice.
    var id: String
    /// Digest of what it says, so that an id that comes again for something else is noticed.
    var digest: String
    /// When it happened.
    var occurredAt: Date
    /// The version it runs.
    var version: String?
    /// How often the policy was broken.
    var violations: Int
}

/// Keeps how tenants take part.
struct ParticipationRepository: Sendable {
    let pool: PostgresPool

    /// What became of an event.
    enum Receipt: Sendable, Hashable {
        /// It is new.
        case recorded
        /// It came before.
        case known
        /// Its id came before, with another event.
        case reused
    }

    /// Records an event and what follows from it, together or not at all.
    ///
    /// An event that came late changes nothing of what newer ones said.
    ///
    /// - Throws: `PostgresError`.
    func record(_ event: ParticipationEvent, of uid: String, now: Date) async throws -> Receipt {
        try await pool.withTransaction { transaction in
            let isNew = try await transaction.execute(
                """
                insert into participation_events
                    (tenant_uid, event_id, content_digest, occurred_at, recorded_at, contract_version, policy_violations)
                values (\(uid), \(event.id), \(event.digest), \(event.occurredAt), \(now), \(event.version), \(event.violations))
                on conflict (tenant_uid, event_id) do nothing
                """
            )
            guard isNew == 1 else {
                let known = try await transaction.first(
                    "select content_digest from participation_events where tenant_uid = \(uid) and event_id = \(event.id)"
                )
                return try known?.decode("content_digest", as: String.self) == event.digest ? .known : .reused
            }
            try await transaction.execute(
                """
                insert into participation as known (tenant_uid, last_seen_at, running_version, updated_at)
                values (\(uid), \(event.occurredAt), \(event.version), \(now))
                on conflict (tenant_uid) do update set
                    running_version = case when excluded.last_seen_at >= known.last_seen_at
                        then coalesce(excluded.running_version, known.running_version) else known.running_version end,
                    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at), updated_at = excluded.updated_at
                """
            )
            return .recorded
        }
    }

    /// What is known of a tenant.
    struct Row: Sendable, Hashable {
        var name: String
        var wave: String?
        var lastSeen: Date?
        var running: String?
        var violations: Int
    }

    /// What is known of the tenants of a namespace that are seen, by name, in parts.
    ///
    /// - Parameters:
    ///   - namespace: the namespace.
    ///   - sight: who asks.
    ///   - name: only those after this name.
    ///   - limit: how many at most.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    func rows(namespace: String, seenBy sight: ObjectSight, after name: String, limit: Int, now: Date) async throws -> [Row] {
        let since = now.addingTimeInterval(-Double(Participation.violationWindow) / 1000)
        return try await pool.reads.query(
            """
            select t.name, w.wave, p.last_seen_at, p.running_version,
                coalesce((select sum(e.policy_violations) from participation_events e
                    where e.tenant_uid = t.uid and e.policy_violations > 0 and e.occurred_at > \(since)), 0)::bigint as violations
            from tenants t
            left join tenant_waves w on w.tenant_uid = t.uid
            left join participation p on p.tenant_uid = t.uid
            where t.namespace = \(namespace) and t.deleted_at is null and t.name > \(name) and \(sight.tenants("t"))
            order by t.name limit \(limit)
            """
        ).map { row in
            Row(
                name: try row.decode("name"),
                wave: try row.decode("wave"),
                lastSeen: try row.decode("last_seen_at"),
                running: try row.decode("running_version"),
                violations: Int(try row.decode("violations", as: Int64.self))
            )
        }
    }

    /// Forgets events that count no more, and what is known of tenants that are gone for long.
    ///
    /// - Throws: `PostgresError`.
    func forget(now: Date) async throws {
        let old = now.addingTimeInterval(-7 * 86_400)
        let statement: SQL = """
            delete from participation_events where ctid = any(array(
                select ctid from participation_events where recorded_at < \(old) limit 1000))
            """
        while try await pool.execute(statement) == 1000, !Task.isCancelled {}
        let gone = now.addingTimeInterval(-86_400)
        for table in ["participation", "tenant_waves", "tenant_datasets"] {
            let statement: SQL = """
                delete from \(identifier: table) where ctid = any(array(
                    select mine.ctid from \(identifier: table) mine join tenants on tenants.uid = mine.tenant_uid
                    where tenants.deleted_at < \(gone) limit 1000))
                """
            while try await pool.execute(statement) == 1000, !Task.isCancelled {}
        }
    }
}
