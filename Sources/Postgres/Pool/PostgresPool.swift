import Logging
import Metrics
import NIOConcurrencyHelpers
import ServiceLifecycle

/// A bounded pool of connections.
///
/// Connections are opened when they are needed, checked before they are lent, and replaced when they broke. While PostgreSQL cannot be
/// reached callers wait, with attempts at growing intervals, until `acquireTimeout`: a restart of the server is not noticed as more
/// than a delay. The pool works as soon as it is made; running it as a `Service` adds the closing of idle connections and a shutdown.
public final class PostgresPool: Service, PostgresQuerying {
    /// Limits and times.
    public struct Options: Sendable {
        /// How many connections are open at most. Default 10.
        public var maximumConnections: Int
        /// How many callers may wait for a connection at most; the next is refused at once. Default 1000.
        public var maximumWaiters: Int
        /// How long a caller waits for a connection. Default 5 s.
        public var acquireTimeout: Duration
        /// How long one attempt to connect may take. Default 5 s.
        public var connectTimeout: Duration
        /// Whether callers are refused at once while the server is known to be down, instead of waiting for it. Default `false`.
        public var failsFast: Bool
        /// How long a connection stays open unused. Default 300 s.
        public var idleTimeout: Duration
        /// How long a shutdown waits for connections in use. Default 10 s.
        public var shutdownTimeout: Duration
        /// How each connection behaves.
        public var connection: PostgresConnection.Options

        /// Makes options.
        public init(
            maximumConnections: Int = 10,
            maximumWaiters: Int = 1000,
            acquireTimeout: Duration = .seconds(5),
            connectTimeout: Duration = .seconds(5),
            statementTimeout: Duration = .seconds(30),
            cancellationGrace: Duration = .seconds(5),
            failsFast: Bool = false,
            idleTimeout: Duration = .seconds(300),
            shutdownTimeout: Duration = .seconds(10),
            applicationName: String = "opencrane"
        ) {
            self.maximumConnections = max(1, maximumConnections)
            self.maximumWaiters = max(0, maximumWaiters)
            self.acquireTimeout = acquireTimeout
            self.connectTimeout = connectTimeout
            self.failsFast = failsFast
            self.idleTimeout = idleTimeout
            self.shutdownTimeout = shutdownTimeout
            connection = PostgresConnection.Options(
                statementTimeout: statementTimeout,
                cancellationGrace: cancellationGrace,
                applicationName: applicationName
            )
        }

        /// Options for a process that somebody waits for: a statement may take 5 s and its cancellation 1 s, an attempt to connect 2 s,
        /// and while the server is down nobody waits.
        ///
        /// - Parameter applicationName: the name shown in `pg_stat_activity`.
        public static func serving(applicationName: String = "opencrane") -> Options {
            Options(
                acquireTimeout: .seconds(3),
                connectTimeout: .seconds(2),
                statementTimeout: .seconds(5),
                cancellationGrace: .seconds(1),
                failsFast: true,
                applicationName: applicationName
            )
        }
    }

    enum Grant: Sendable { case connection(PostgresConnection), slot }

    struct Shared: Sendable {
        var pool: PoolState<PostgresConnection>
        var backoff = ConnectBackoff()
        var continuations: [UInt64: CheckedContinuation<Grant, any Error>] = [:]
        /// Grants to callers that were told to wait and have not begun to.
        var granted: [UInt64: Grant] = [:]
        /// Refusals of such callers.
        var refused: [UInt64: any Error] = [:]
        var lastWaiter: UInt64 = 0
        /// Resumed when the last slot of a closed pool is free.
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    let configuration: PostgresConfiguration
    let options: Options
    let logger: Logger
    let shared: NIOLockedValueBox<Shared>
    let acquireTimer = Timer(label: "opencrane_postgres_acquire_seconds")
    let slotsGauge = Gauge(label: "opencrane_postgres_connections")
    let waitingGauge = Gauge(label: "opencrane_postgres_waiting")
    let connectFailures = Counter(label: "opencrane_postgres_connect_failures_total")

    /// Makes a pool; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - configuration: where PostgreSQL is.
    ///   - options: limits and times.
    ///   - logger: for failures to connect.
    public init(configuration: PostgresConfiguration, options: Options = Options(), logger: Logger) {
        self.configuration = configuration
        self.options = options
        self.logger = logger
        shared = NIOLockedValueBox(
            Shared(pool: PoolState(maximumConnections: options.maximumConnections, maximumWaiters: options.maximumWaiters))
        )
    }

    /// Closes connections that are idle for long, until the graceful shutdown or a cancellation; then shuts the pool down.
    public func run() async throws {
        let interval = min(options.idleTimeout, .seconds(30))
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                await self.close(idleSince: .now - self.options.idleTimeout)
            }
        }
        await shutdown()
    }

    /// Refuses new callers, waits for the connections in use (up to `shutdownTimeout`), and closes all.
    public func shutdown() async {
        let (waiters, idle) = shared.withLockedValue { shared in
            let closed = shared.pool.close()
            return (closed.waiters.compactMap { shared.continuations.removeValue(forKey: $0) }, closed.idle)
        }
        for waiter in waiters { waiter.resume(throwing: Self.closedError) }
        for connection in idle { await discard(connection) }
        let deadline = Task {
            try await Task.sleep(for: options.shutdownTimeout)
            endDraining()
        }
        defer { deadline.cancel() }
        await withCheckedContinuation { continuation in
            let isDrained = shared.withLockedValue { shared in
                if shared.pool.slots > 0 { shared.drained.append(continuation) }
                return shared.pool.slots == 0
            }
            if isDrained { continuation.resume() }
        }
    }

    /// Lends a connection for the time of a closure.
    ///
    /// - Parameter body: uses the connection; it must not keep it.
    /// - Throws: what `body` throws; `PostgresError` with `acquire_timeout`, `pool_exhausted`, `pool_closed` or `connection_failed`.
    @discardableResult
    nonisolated(nonsending) public func withConnection<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        let connection = try await acquire()
        do {
            let result = try await body(connection)
            await release(connection)
            return result
        } catch {
            await release(connection)
            if let error = error as? PostgresError, error.code == .noAnswer { await stoppedAnswering(error) }
            throw error
        }
    }

    /// Runs one statement on any connection; see `PostgresQuerying`.
    public func query(_ sql: SQL, timeout: Duration?) async throws -> PostgresRows {
        try await withConnection { try await $0.query(sql, timeout: timeout) }
    }

    /// Runs several statements in one round trip on any connection; see `PostgresQuerying`.
    public func pipeline(_ statements: [SQL], timeout: Duration?) async throws -> [PostgresRows] {
        try await withConnection { try await $0.pipeline(statements, timeout: timeout) }
    }

    static let closedError = PostgresError(.poolClosed, "The pool of PostgreSQL connections is shut down.")
}
