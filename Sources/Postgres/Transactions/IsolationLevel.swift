/// How far a transaction is kept apart from concurrent ones (PostgreSQL documentation, section 13.2).
public enum IsolationLevel: String, Sendable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first one began.
    case repeatableRead = "REPEATABLE READ"
    /// As if the transactions ran one after the other; some fail with 40001 and are to be tried again.
    case serializable = "SERIALIZABLE"
}

/// Whether a transaction that lost against a concurrent one (SQLSTATE 40001, 40P01) is run again.
public struct TransactionRetry: Sendable {
    /// How often the transaction is run at most.
    public var attempts: Int
    /// The longest pause before the second attempt; it doubles with each further one, and a random part of it is waited.
    public var pause: Duration

    /// Run once.
    public static let none = TransactionRetry(attempts: 1, pause: .zero)

    /// Run again after a serialization failure or a deadlock. The closure must bear to be run more than once.
    ///
    /// - Parameters:
    ///   - attempts: how often it is run at most; default 5.
    ///   - pause: the longest pause before the second attempt; default 20 ms.
    public static func serializationFailures(attempts: Int = 5, pause: Duration = .milliseconds(20)) -> TransactionRetry {
        TransactionRetry(attempts: max(1, attempts), pause: pause)
    }

    /// The longest pause after a failed attempt, or `nil` when the error is final.
    func limit(after attempt: Int, _ error: any Error) -> Duration? {
        guard attempt < attempts, let error = error as? PostgresError, error.isSerializationFailure else { return nil }
        return pause * (1 << min(attempt - 1, 10))
    }
}
