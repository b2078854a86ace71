import Postgres
import Testing

extension Stage {
    /// Waits until somebody waits for an advisory lock of the database, which a transaction holds.
    static func waitForSomebodyInLine(_ transaction: PostgresTransaction) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let waiting = try await transaction.first(
                """
                select count(*) from pg_locks where locktype = 'advisory' and not granted
                    and database = (select oid from pg_database where datname = current_database())
                """
            )
            if try waiting?.decode(0, as: Int.self) ?? 0 > 0 { return }
            // wait: for another connection to ask for the lock, with a deadline
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("nobody has asked for the lock")
    }
}
