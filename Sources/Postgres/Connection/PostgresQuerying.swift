/// What can run statements: a pool, a connection, a transaction.
public protocol PostgresQuerying: Sendable {
    /// Runs one statement and returns its rows.
    ///
    /// - Parameters:
    ///   - sql: the statement.
    ///   - timeout: how long it may run before it is cancelled on the server; `nil` takes the pool's default (30 s).
    /// - Throws: `PostgresError`; `CancellationError` when the task was cancelled (the statement is cancelled on the server too).
    func query(_ sql: SQL, timeout: Duration?) async throws -> PostgresRows

    /// Runs several statements in one round trip. Outside of a transaction they take effect together or not at all.
    ///
    /// - Parameters:
    ///   - statements: the statements, in order.
    ///   - timeout: how long all of them together may run; `nil` takes the pool's default (30 s).
    /// - Returns: the rows of each statement.
    /// - Throws: the first `PostgresError`.
    func pipeline(_ statements: [SQL], timeout: Duration?) async throws -> [PostgresRows]
}

extension PostgresQuerying {
    /// Runs one statement and returns its rows, with the default timeout.
    public func query(_ sql: SQL) async throws -> PostgresRows { try await query(sql, timeout: nil) }

    /// Runs several statements in one round trip, with the default timeout.
    public func pipeline(_ statements: [SQL]) async throws -> [PostgresRows] { try await pipeline(statements, timeout: nil) }

    /// Runs one statement.
    ///
    /// - Returns: the number of rows it touched.
    /// - Throws: as `query`.
    @discardableResult
    public func execute(_ sql: SQL, timeout: Duration? = nil) async throws -> Int {
        try await query(sql, timeout: timeout).affectedRows
    }

    /// Runs one statement and returns its first row.
    ///
    /// - Throws: as `query`.
    public func first(_ sql: SQL, timeout: Duration? = nil) async throws -> PostgresRow? {
        try await query(sql, timeout: timeout).first
    }

    /// Sends a notification to the listeners of a channel, with the transaction if there is one.
    ///
    /// - Parameters:
    ///   - channel: the name of the channel.
    ///   - payload: text of less than 8000 bytes.
    /// - Throws: as `query`.
    public func notify(_ channel: String, payload: String = "") async throws {
        try await execute("select pg_notify(\(channel), \(payload))")
    }
}
