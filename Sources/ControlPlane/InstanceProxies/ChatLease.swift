import Foundation
import Postgres

/// Lets one chat at a time go on with an instance, whichever replica serves it. A lease that is not renewed ends by itself.
struct ChatLease: Sendable {
    let pool: PostgresPool

    /// Takes the lease of an instance.
    ///
    /// - Parameters:
    ///   - id: the instance.
    ///   - holder: names the chat.
    ///   - now: the time.
    ///   - until: when it ends by itself.
    /// - Returns: whether nobody else has it.
    /// - Throws: `PostgresError`.
    func acquire(_ id: UUID, holder: String, now: Date, until: Date) async throws -> Bool {
        try await pool.execute(
            """
            update instances set chat_holder = \(holder), chat_until = \(until)
            where id = \(id) and deleted_at is null and (chat_until is null or chat_until <= \(now))
            """
        ) == 1
    }

    /// Keeps a lease for longer.
    ///
    /// - Returns: whether it is still the holder's.
    /// - Throws: `PostgresError`.
    func renew(_ id: UUID, holder: String, until: Date) async throws -> Bool {
        try await pool.execute("update instances set chat_until = \(until) where id = \(id) and chat_holder = \(holder)") == 1
    }

    /// Gives a lease back.
    ///
    /// - Throws: `PostgresError`.
    func release(_ id: UUID, holder: String) async throws {
        try await pool.execute(
            "update instances set chat_holder = null, chat_until = null where id = \(id) and chat_holder = \(holder)"
        )
    }
}
