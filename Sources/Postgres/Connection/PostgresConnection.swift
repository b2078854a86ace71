import CLibPQ
import Logging

/// One connection to PostgreSQL. Statements run one after the other, in the order in which they were asked for.
///
/// Every statement is prepared on first use and kept (up to a limit). A statement whose task is cancelled, or that takes longer than
/// allowed, is cancelled on the server; the connection stays usable.
public actor PostgresConnection: PostgresQuerying {
    /// How a connection behaves.
    public struct Options: Sendable {
        /// How long a statement may run before it is cancelled on the server, unless a call says otherwise. Default 30 s.
        public var statementTimeout: Duration
        /// How long the server gets to confirm a cancellation before the connection is given up. Default 5 s.
        public var cancellationGrace: Duration
        /// How many prepared statements are kept. 0 prepares none, for poolers in transaction mode. Default 256.
        public var preparedStatements: Int
        /// The name shown in `pg_stat_activity`. Default `opencrane`.
        public var applicationName: String

        /// Makes options.
        public init(
            statementTimeout: Duration = .seconds(30),
            cancellationGrace: Duration = .seconds(5),
            preparedStatements: Int = 256,
            applicationName: String = "opencrane"
        ) {
            self.statementTimeout = statementTimeout
            self.cancellationGrace = cancellationGrace
            self.preparedStatements = preparedStatements
            self.applicationName = applicationName
        }
    }

    let libpq: LibPQ
    let options: Options
    var statements: StatementCache
    var turns = TurnQueue()
    private(set) var isBroken = false
    /// Whether a cancellation is under way that may hit a later statement: there must be none.
    var isDoomed = false

    /// The process that serves this connection, as in `pg_stat_activity.pid`.
    public nonisolated let serverProcess: Int32

    private init(_ libpq: LibPQ, options: Options) {
        self.libpq = libpq
        self.options = options
        statements = StatementCache(limit: options.preparedStatements)
        serverProcess = libpq.serverProcess
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - configuration: where to and as whom.
    ///   - options: how the connection behaves.
    ///   - timeout: how long the attempt may take; default 5 s.
    /// - Throws: `PostgresError` with `connection_failed` or `connect_timeout`; `CancellationError`.
    public static func connect(
        _ configuration: PostgresConfiguration,
        options: Options = Options(),
        timeout: Duration = .seconds(5)
    ) async throws -> PostgresConnection {
        let deadline = ContinuousClock.now + timeout
        guard let libpq = await LibPQ.start(configuration.effectiveParameters(applicationName: options.applicationName)) else {
            throw PostgresError(.connectionFailed, "libpq has no memory for a connection.")
        }
        guard !libpq.hasFailed else { throw ConnectFailure.error(fromVerbose: libpq.message) }
        var interest = SocketPoller.Interest.write
        while true {
            switch await SocketPoller.shared.wait(libpq.socket, for: interest, until: deadline, isCancellable: true) {
            case .cancelled: throw CancellationError()
            case .timedOut:
                throw PostgresError(
                    .connectTimeout,
                    "PostgreSQL at \(configuration.host ?? "its default address") did not answer in \(timeout)."
                )
            case .ready: break
            }
            switch libpq.connectPoll() {
            case PGRES_POLLING_OK:
                libpq.setNonBlocking()
                return PostgresConnection(libpq, options: options)
            case PGRES_POLLING_FAILED: throw ConnectFailure.error(fromVerbose: libpq.message)
            case PGRES_POLLING_READING: interest = .read
            default: interest = .write
            }
        }
    }

    /// Closes the connection, after the statement that runs now.
    public func close() async {
        await turns.take()
        isBroken = true
        libpq.finish()
        turns.pass()
    }

    /// Whether the connection can be used: no statement runs, none left a transaction open, and the server did not hang up.
    func isReusable() -> Bool {
        // On an idle connection the server only says that it ends: one read may take that last word and leave the end unseen.
        guard !isBroken, !isDoomed, libpq.isOpen, libpq.isIdle, !SocketPoller.isReadable(libpq.socket) else { return false }
        return libpq.consumeInput() && libpq.isOpen
    }

    /// Runs one statement and returns its rows; see `PostgresQuerying`.
    public func query(_ sql: SQL, timeout: Duration?) async throws -> PostgresRows {
        let (text, parameters) = sql.rendered
        try Self.check(parameters)
        return try await inTurn(timeout) { operation in
            do {
                return try await self.run(text, parameters, &operation)
            } catch let error as PostgresError where self.isStale(error) {
                // The tables changed since the statement was prepared, or somebody discarded it: prepare it again, once.
                _ = self.statements.remove(StatementCache.Key(text: text, types: parameters.map(\.type)))
                return try await self.run(text, parameters, &operation)
            }
        }
    }

    /// Runs a text of one or more statements without parameters, in one implicit transaction unless it says otherwise.
    ///
    /// - Parameters:
    ///   - text: the statements, separated by semicolons.
    ///   - timeout: how long all of them together may run; `nil` takes the default.
    /// - Throws: `PostgresError` of the first statement that failed; `CancellationError`.
    public func executeScript(_ text: String, timeout: Duration? = nil) async throws {
        try await executeScript(text, timeout: timeout, isCancellable: true)
    }

    func executeScript(_ text: String, timeout: Duration? = nil, isCancellable: Bool) async throws {
        guard !text.utf8.contains(0) else { throw PostgresError(.encodingFailed, "A statement must not contain a NUL character.") }
        _ = try await inTurn(timeout, isCancellable: isCancellable) { operation in
            guard self.libpq.sendScript(text) else { throw self.lost() }
            return try await self.receiveAll(&operation)
        }
    }

    /// Waits for its turn, gives the operation its deadline, and passes the turn on.
    func inTurn<R: Sendable>(
        _ timeout: Duration?,
        isCancellable: Bool = true,
        _ body: (inout Operation) async throws -> R
    ) async throws -> R {
        await turns.take()
        defer { turns.pass() }
        if isCancellable { try Task.checkCancellation() }
        guard !isBroken, !isDoomed, libpq.isOpen else {
            throw PostgresError(.connectionLost, "The connection to PostgreSQL is closed.")
        }
        var operation = Operation(timeout: timeout ?? options.statementTimeout, isCancellable: isCancellable)
        return try await body(&operation)
    }

    /// Whether a statement failed in the transaction that is open.
    var hasFailedTransaction: Bool { libpq.hasFailedTransaction }

    /// Marks the connection unusable and says why.
    func lost(_ cause: String? = nil) -> PostgresError {
        isBroken = true
        let message = libpq.message
        return PostgresError(
            .connectionLost,
            "The connection to PostgreSQL was lost; the statement may or may not have taken effect.",
            cause: cause ?? (message.isEmpty ? nil : message)
        )
    }

    private func isStale(_ error: PostgresError) -> Bool {
        guard libpq.isOpen, libpq.isIdle else { return false }
        return error.sqlState == "26000" || (error.sqlState == "0A000" && error.message.contains("cached plan"))
    }

    /// PostgreSQL's text cannot hold NUL; C would silently cut it off there.
    static func check(_ parameters: [PostgresValue]) throws(PostgresError) {
        for (index, parameter) in parameters.enumerated() where parameter.text?.utf8.contains(0) ?? false {
            throw PostgresError(.encodingFailed, "Parameter \(index + 1) contains a NUL character, which PostgreSQL cannot store.")
        }
    }
}
