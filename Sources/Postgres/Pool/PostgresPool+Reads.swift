/// Reads on any connection of a pool.
///
/// A connection may end between the check before it is lent and the statement; a read has no effect, so it is repeated once on another.
public struct PostgresReads: PostgresQuerying {
    let pool: PostgresPool

    /// Runs one statement that only reads; see `PostgresQuerying`.
    public func query(_ sql: SQL, timeout: Duration?) async throws -> PostgresRows {
        try await repeating { try await pool.query(sql, timeout: timeout) }
    }

    /// Runs several statements that only read in one round trip; see `PostgresQuerying`.
    public func pipeline(_ statements: [SQL], timeout: Duration?) async throws -> [PostgresRows] {
        try await repeating { try await pool.pipeline(statements, timeout: timeout) }
    }

    private func repeating<R>(_ read: () async throws -> R) async throws -> R {
        do {
            return try await read()
        } catch let error as PostgresError where error.endedConnection {
            return try await read()
        }
    }
}

extension PostgresPool {
    /// For statements that only read: repeated once when the connection ends under them.
    public var reads: PostgresReads { PostgresReads(pool: self) }
}

extension PostgresError {
    /// Whether the connection ended during the statement; a server that is down or hangs did not.
    var endedConnection: Bool {
        code == .connectionLost || code == .serverError && isConnectionLost
    }
}
