import Foundation
import Postgres

/// Lets one replica at a time do something.
struct BackgroundLease: Sendable {
    let pool: PostgresPool
    /// What is done.
    let name: String
    /// Names this replica.
    let holder: UUID

    /// Takes the lease, or holds it longer.
    ///
    /// - Parameters:
    ///   - until: when somebody else may take it.
    ///   - now: the time.
    /// - Returns: whether this replica has it.
    /// - Throws: `PostgresError`.
    func take(until: Date, now: Date) async throws -> Bool {
        try await pool.first(
            """
            insert into background_leases as known (name, holder, lease_until) values (\(name), \(holder), \(until))
            on conflict (name) do update set holder = excluded.holder, lease_until = excluded.lease_until
            where known.holder = excluded.holder or known.lease_until <= \(now)
            returning true
            """
        ) != nil
    }
}
