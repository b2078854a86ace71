import Foundation
import Postgres

/// One attempt at an intent.
public struct IntentAttempt: Sendable, Hashable {
    /// The intent.
    public var id: UUID
    /// Which attempt, from 1.
    public var number: Int

    /// Makes an attempt.
    ///
    /// - Parameters:
    ///   - id: the intent.
    ///   - number: which attempt, from 1.
    public init(id: UUID, number: Int) {
        self.id = id
        self.number = number
    }
}

extension IntentRepository {
    /// Lets anybody take intents at once whose lease nobody needs any more. An intent that somebody else has taken since stays theirs.
    ///
    /// - Parameters:
    ///   - attempts: the attempts that are over.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    public func release(_ attempts: [IntentAttempt], now: Date) async throws {
        try await pool.execute(
            """
            update write_intents as intent set next_attempt_at = least(intent.next_attempt_at, \(now)), updated_at = \(now)
            from unnest(\(attempts.map(\.id))::uuid[], \(attempts.map(\.number))::bigint[]) as over (id, number)
            where intent.id = over.id and intent.attempts = over.number and intent.state = 'open'
            """
        )
    }
}
