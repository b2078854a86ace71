/// The key of an advisory lock (PostgreSQL documentation, section 13.3.5): a number that all programs on a database share.
public struct AdvisoryLock: Sendable, Hashable {
    /// The key.
    public var key: Int64

    /// A lock with a number.
    public init(key: Int64) { self.key = key }

    /// A lock with a name, whose key is the 64-bit FNV-1a hash of the name.
    public static func named(_ name: String) -> AdvisoryLock {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return AdvisoryLock(key: Int64(bitPattern: hash))
    }
}

extension PostgresConnection {
    /// Takes a lock for this connection if it is free.
    ///
    /// - Returns: whether it was taken. It is held until `unlock(_:)` or the end of the connection.
    /// - Throws: as `query`.
    public func tryLock(_ lock: AdvisoryLock) async throws -> Bool {
        try await first("select pg_try_advisory_lock(\(lock.key))")?.decode(0, as: Bool.self) ?? false
    }

    /// Takes a lock for this connection, after whoever holds it now.
    ///
    /// - Parameters:
    ///   - lock: the lock. It is held until `unlock(_:)` or the end of the connection.
    ///   - timeout: how long to wait for it; default 60 s.
    /// - Throws: `PostgresError` with `lock_timeout`; as `query`.
    public func lock(_ lock: AdvisoryLock, timeout: Duration = .seconds(60)) async throws {
        do {
            try await execute("select pg_advisory_lock(\(lock.key))", timeout: timeout)
        } catch let error as PostgresError where error.code == .statementTimeout {
            throw PostgresError(.lockTimeout, "Another session holds the advisory lock \(lock.key) for longer than \(timeout).")
        }
    }

    /// Gives a lock back.
    ///
    /// - Returns: whether this connection held it.
    /// - Throws: as `query`.
    @discardableResult
    public func unlock(_ lock: AdvisoryLock) async throws -> Bool {
        try await first("select pg_advisory_unlock(\(lock.key))")?.decode(0, as: Bool.self) ?? false
    }
}

extension PostgresTransaction {
    /// Takes a lock until the end of the transaction, after whoever holds it now.
    ///
    /// - Parameters:
    ///   - lock: the lock.
    ///   - timeout: how long to wait for it; default 60 s.
    /// - Throws: `PostgresError` with `lock_timeout`; as `query`.
    public func lock(_ lock: AdvisoryLock, timeout: Duration = .seconds(60)) async throws {
        do {
            try await execute("select pg_advisory_xact_lock(\(lock.key))", timeout: timeout)
        } catch let error as PostgresError where error.code == .statementTimeout {
            throw PostgresError(.lockTimeout, "Another session holds the advisory lock \(lock.key) for longer than \(timeout).")
        }
    }
}

extension PostgresPool {
    /// Runs a closure while one connection holds a lock.
    ///
    /// - Parameters:
    ///   - lock: the lock.
    ///   - timeout: how long to wait for it; default 60 s.
    ///   - body: what to do; the connection that holds the lock is given to it.
    /// - Throws: what `body` throws; `PostgresError` with `lock_timeout`.
    @discardableResult
    nonisolated(nonsending) public func withAdvisoryLock<R>(
        _ lock: AdvisoryLock,
        timeout: Duration = .seconds(60),
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        try await withConnection { connection in
            try await connection.lock(lock, timeout: timeout)
            do {
                let result = try await body(connection)
                try await connection.release(lock)
                return result
            } catch {
                try? await connection.release(lock)
                throw error
            }
        }
    }
}

extension PostgresConnection {
    /// Gives a lock back also when the task is cancelled; a connection that cannot is closed, which frees the lock.
    func release(_ lock: AdvisoryLock) async throws {
        do {
            try await executeScript("select pg_advisory_unlock(\(lock.key))", isCancellable: false)
        } catch {
            await close()
            throw error
        }
    }
}
