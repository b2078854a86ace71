import Foundation
import Postgres

/// Reads the provisioning log. It is written together with the rows of the tenants, by whoever projects them.
public struct ProvisioningLogRepository: Sendable {
    private let pool: PostgresPool

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// The lines of some tenants, by their unique ids, each in the order in which the steps were logged; all runs.
    ///
    /// - Parameters:
    ///   - uids: the unique ids.
    ///   - limit: how many lines of one tenant at most, the newest; default 200.
    /// - Throws: `PostgresError`.
    public func list(uids: [String], limit: Int = 200) async throws -> [String: [ProvisioningLogEntry]] {
        guard !uids.isEmpty else { return [:] }
        let rows = try await pool.reads.query(
            """
            select \(unescaped: ProvisioningLogEntry.columns) from (
                select *, row_number() over (partition by uid order by id desc) as place from provisioning_log where uid = any(\(uids))
            ) as line where place <= \(limit) order by id
            """
        )
        return Dictionary(grouping: try rows.map(ProvisioningLogEntry.init), by: \.uid)
    }

    /// One statement that logs the steps that are not logged yet.
    static func append(_ entries: [ProvisioningLogEntry]) -> SQL {
        """
        insert into provisioning_log (\(unescaped: ProvisioningLogEntry.columns))
        select \(unescaped: ProvisioningLogEntry.columns)
        from unnest(\(entries.map(\.uid)), \(entries.map(\.namespace)), \(entries.map(\.name)), \(entries.map(\.run)),
            \(entries.map(\.attempt)), \(entries.map(\.step)), \(entries.map(\.outcome.rawValue)), \(entries.map(\.message)),
            \(entries.map(\.milliseconds)), \(entries.map(\.finishedAt))) with ordinality
            as entry (uid, namespace, name, run, attempt, step, status, message, duration_ms, created_at, place)
        order by place
        on conflict (uid, run, step) do nothing
        """
    }
}
