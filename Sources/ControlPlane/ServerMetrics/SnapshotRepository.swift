import Foundation
import JSONValue
import Postgres

/// Keeps snapshots of what the installation uses.
struct SnapshotRepository: Sendable {
    let pool: PostgresPool
    /// Namespace of the tenants.
    let namespace: String

    /// What the database itself knows: tenants, their machines, its size.
    ///
    /// - Throws: `PostgresError`.
    func count(into snapshot: inout ServerSnapshot) async throws {
        let answers = try await pool.reads.pipeline([
            """
            select phase, count(*) as tenants from tenants where namespace = \(namespace) and deleted_at is null group by phase
            """,
            """
            select coalesce(status->'machine'->>'state', 'unknown') as state, count(*) as machines from tenants
            where namespace = \(namespace) and deleted_at is null and status->'machine'->>'id' is not null group by 1
            """,
            "select pg_database_size(current_database()) as bytes",
        ])
        for row in answers[0] { snapshot.tenantsByPhase[try row.decode("phase")] = try row.decode("tenants", as: Int64.self) }
        for row in answers[1] { snapshot.machinesByState[try row.decode("state")] = try row.decode("machines", as: Int64.self) }
        snapshot.activeTenants = snapshot.tenantsByPhase.filter { $0.key != "Suspended" }.values.reduce(0, +)
        snapshot.databaseBytes = try answers[2].first?.decode("bytes") ?? 0
    }

    /// Keeps a snapshot, and forgets old ones.
    ///
    /// - Parameters:
    ///   - snapshot: the snapshot.
    ///   - now: when it was taken.
    ///   - limit: those from before are forgotten.
    /// - Throws: `PostgresError`.
    func keep(_ snapshot: ServerSnapshot, now: Date, forgetting limit: Date) async throws {
        let json = try JSON(encoding: snapshot)
        _ = try await pool.pipeline([
            "insert into server_snapshots (sampled_at, snapshot) values (\(now), \(json))",
            """
            delete from server_snapshots where id = any(array(
                select id from server_snapshots where sampled_at < \(limit) order by sampled_at limit 1000))
            """,
        ])
    }

    /// The latest snapshot, and when it was taken; nil before the first.
    ///
    /// - Throws: `PostgresError`.
    func latest() async throws -> (snapshot: ServerSnapshot, sampledAt: Date)? {
        guard
            let row = try await pool.reads.first(
                "select snapshot, sampled_at from server_snapshots order by sampled_at desc, id desc limit 1"
            )
        else { return nil }
        return (try row.decode("snapshot", as: JSON.self).decode(ServerSnapshot.self), try row.decode("sampled_at"))
    }
}
