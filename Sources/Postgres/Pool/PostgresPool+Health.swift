import NIOConcurrencyHelpers

/// Whether PostgreSQL can be used right now.
public struct PostgresHealth: Sendable {
    /// Whether a statement was answered.
    public var isReachable: Bool { error == nil }
    /// How long it took, including the wait for a connection.
    public var latency: Duration
    /// Why it was not.
    public var error: PostgresError?
    /// How much of the pool is in use.
    public var usage: PostgresPoolUsage
}

/// How much of a pool is in use.
public struct PostgresPoolUsage: Sendable, Hashable {
    /// Connections that are open or being opened.
    public var connections: Int
    /// Connections that are open and not lent.
    public var idle: Int
    /// Callers that wait for a connection.
    public var waiting: Int
}

extension PostgresPool {
    /// How much of the pool is in use now.
    public var usage: PostgresPoolUsage {
        shared.withLockedValue { shared in
            PostgresPoolUsage(connections: shared.pool.slots, idle: shared.pool.idleCount, waiting: shared.pool.waitingCount)
        }
    }

    /// Asks PostgreSQL for a sign of life.
    ///
    /// - Parameter timeout: how long the answer may take once a connection is there; default 2 s.
    /// - Returns: what was found; never throws.
    public func health(timeout: Duration = .seconds(2)) async -> PostgresHealth {
        let start = ContinuousClock.now
        var failure: PostgresError?
        do {
            _ = try await query("select 1", timeout: timeout)
        } catch let error as PostgresError {
            failure = error
        } catch {
            failure = PostgresError(.connectionLost, "The check was cancelled.")
        }
        return PostgresHealth(latency: .now - start, error: failure, usage: usage)
    }
}
