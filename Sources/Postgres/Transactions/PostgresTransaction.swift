import NIOConcurrencyHelpers

/// A transaction that is open for the time of a closure; see `PostgresPool.withTransaction`.
public final class PostgresTransaction: PostgresQuerying {
    private let connection: PostgresConnection
    private let isOver = NIOLockedValueBox(false)
    private let lastSavepoint = NIOLockedValueBox(0)

    init(connection: PostgresConnection) { self.connection = connection }

    /// Runs one statement in the transaction; see `PostgresQuerying`.
    public func query(_ sql: SQL, timeout: Duration?) async throws -> PostgresRows {
        try checkOpen()
        return try await connection.query(sql, timeout: timeout)
    }

    /// Runs several statements in one round trip in the transaction; see `PostgresQuerying`.
    public func pipeline(_ statements: [SQL], timeout: Duration?) async throws -> [PostgresRows] {
        try checkOpen()
        return try await connection.pipeline(statements, timeout: timeout)
    }

    /// Runs a text of one or more statements without parameters in the transaction.
    ///
    /// - Throws: as `PostgresConnection.executeScript`.
    public func executeScript(_ text: String, timeout: Duration? = nil) async throws {
        try checkOpen()
        try await connection.executeScript(text, timeout: timeout)
    }

    /// Runs a part of the transaction that is undone by itself when it throws.
    ///
    /// - Throws: what `body` throws, after the part was undone.
    @discardableResult
    nonisolated(nonsending) public func withSavepoint<R>(_ body: nonisolated(nonsending) () async throws -> R) async throws -> R {
        try checkOpen()
        let number = lastSavepoint.withLockedValue { last in
            last += 1
            return last
        }
        try await connection.executeScript("SAVEPOINT p\(number)")
        do {
            let result = try await body()
            try await connection.executeScript("RELEASE SAVEPOINT p\(number)")
            return result
        } catch {
            try await connection.executeScript("ROLLBACK TO SAVEPOINT p\(number); RELEASE SAVEPOINT p\(number)", isCancellable: false)
            throw error
        }
    }

    /// The transaction ended; a reference that was kept cannot be used any more.
    func end() { isOver.withLockedValue { $0 = true } }

    private func checkOpen() throws(PostgresError) {
        if isOver.withLockedValue({ $0 }) {
            throw PostgresError(.transactionEnded, "The transaction is over; it was used after its closure returned.")
        }
    }
}

extension PostgresConnection {
    /// Runs a closure in a transaction on this connection; see `PostgresPool.withTransaction`.
    @discardableResult
    nonisolated(nonsending) public func withTransaction<R>(
        isolation: IsolationLevel = .readCommitted,
        readOnly: Bool = false,
        _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await executeScript("BEGIN ISOLATION LEVEL \(isolation.rawValue) \(readOnly ? "READ ONLY" : "READ WRITE")")
        let transaction = PostgresTransaction(connection: self)
        let result: R
        do {
            result = try await body(transaction)
            try Task.checkCancellation()
            // PostgreSQL answers COMMIT of a failed transaction with a rollback and no error.
            if await hasFailedTransaction {
                throw PostgresError(.transactionFailed, "A statement of the transaction failed, so it was rolled back.")
            }
        } catch {
            transaction.end()
            // The rollback happens also when the task is cancelled; if it fails the connection is not reusable and is closed.
            try? await executeScript("ROLLBACK", isCancellable: false)
            throw error
        }
        transaction.end()
        do {
            try await executeScript("COMMIT", isCancellable: false)
        } catch let error as PostgresError where error.code == .connectionLost || error.code == .noAnswer {
            throw PostgresError(
                .commitUnknown,
                "The connection was lost during COMMIT: whether the transaction took effect is not known.",
                cause: error.cause
            )
        }
        return result
    }
}

extension PostgresPool {
    /// Runs a closure in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
    ///
    /// - Parameters:
    ///   - isolation: how far it is kept apart from concurrent ones; default read committed.
    ///   - readOnly: whether the server refuses writes; default `false`.
    ///   - retry: whether it is run again after a serialization failure or a deadlock; default not.
    ///   - body: the statements, through the transaction it is given.
    /// - Throws: what `body` throws; `PostgresError`, with `commit_unknown` when the connection was lost during the commit.
    @discardableResult
    nonisolated(nonsending) public func withTransaction<R>(
        isolation: IsolationLevel = .readCommitted,
        readOnly: Bool = false,
        retry: TransactionRetry = .none,
        _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> R
    ) async throws -> R {
        var attempt = 0
        while true {
            attempt += 1
            do {
                return try await withConnection { connection in
                    try await connection.withTransaction(isolation: isolation, readOnly: readOnly, body)
                }
            } catch {
                guard let limit = retry.limit(after: attempt, error) else { throw error }
                try await Task.sleep(for: limit * Double.random(in: 0.1...1))
            }
        }
    }
}
