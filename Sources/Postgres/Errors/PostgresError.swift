/// What went wrong between this process and PostgreSQL.
///
/// `code` is stable and meant for programs; `message` is a sentence for people. Errors reported by the server carry the SQLSTATE
/// and the diagnostic fields of the protocol (PostgreSQL documentation, appendix A and section 55.8).
public struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable names of the kinds of failure.
    public enum Code: String, Sendable, Hashable {
        /// The connection string or an environment variable cannot be understood.
        case invalidConfiguration = "invalid_configuration"
        /// No connection could be made.
        case connectionFailed = "connection_failed"
        /// The connection ended while it was in use.
        case connectionLost = "connection_lost"
        /// The server answered neither the statement nor the request to cancel it.
        case noAnswer = "no_answer"
        /// No answer came to the attempt to connect.
        case connectTimeout = "connect_timeout"
        /// No connection of the pool became free in time.
        case acquireTimeout = "acquire_timeout"
        /// Too many callers wait for a connection already.
        case poolExhausted = "pool_exhausted"
        /// The pool was shut down.
        case poolClosed = "pool_closed"
        /// The statement took longer than allowed and was cancelled.
        case statementTimeout = "statement_timeout"
        /// The server refused the statement; see `sqlState`.
        case serverError = "server_error"
        /// The connection was lost during `COMMIT`: whether the transaction took effect is not known.
        case commitUnknown = "commit_unknown"
        /// A statement of the transaction failed and the closure went on regardless; the transaction was rolled back.
        case transactionFailed = "transaction_failed"
        /// The transaction is over and cannot be used any more.
        case transactionEnded = "transaction_ended"
        /// A value cannot be sent to PostgreSQL.
        case encodingFailed = "encoding_failed"
        /// A value cannot be read as the type asked for.
        case decodingFailed = "decoding_failed"
        /// The result has no such column.
        case unknownColumn = "unknown_column"
        /// The statement does something this client has no support for.
        case unsupported = "unsupported"
        /// An applied migration has another text now.
        case migrationChanged = "migration_changed"
        /// The database holds migrations this program does not know.
        case migrationUnknown = "migration_unknown"
        /// The list of migrations itself is wrong.
        case migrationInvalid = "migration_invalid"
        /// A migration failed; nothing of it remains.
        case migrationFailed = "migration_failed"
        /// An advisory lock could not be taken in time.
        case lockTimeout = "lock_timeout"
    }

    /// The kind of failure.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String
    /// The five characters of the SQLSTATE, when the server reported the failure.
    public var sqlState: String?
    /// The server's detail, for example the key that exists already.
    public var detail: String?
    /// The server's hint.
    public var hint: String?
    /// The constraint that was violated.
    public var constraint: String?
    /// The table the failure is about.
    public var table: String?
    /// The column the failure is about.
    public var column: String?
    /// What led to it, in words.
    public var cause: String?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: a sentence a person can act on.
    ///   - sqlState: the SQLSTATE, when the server reported it.
    ///   - cause: what led to it, in words.
    public init(_ code: Code, _ message: String, sqlState: String? = nil, cause: String? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.cause = cause
    }

    /// The code, the message and the server's details on one line; never a bound value that is not in the server's own words.
    public var description: String {
        var text = "\(code.rawValue): \(message)"
        if let sqlState { text += " [SQLSTATE \(sqlState)]" }
        if let detail { text += " (\(detail))" }
        if let hint { text += " Hint: \(hint)" }
        if let cause { text += " Cause: \(cause)" }
        return text
    }
}

extension PostgresError {
    /// Whether the connection is gone (or never was), so that the same work may succeed on another one later.
    public var isConnectionLost: Bool {
        switch code {
        case .connectionFailed, .connectionLost, .noAnswer, .connectTimeout, .commitUnknown: true
        case .serverError: sqlState.map(Self.meansConnectionLost) ?? false
        default: false
        }
    }

    /// Whether PostgreSQL cannot be reached at the moment, is too busy, or cannot do its work; a server should answer 503.
    ///
    /// Classes of SQLSTATE: 53 (resources, a full disk), 57 (an operator intervened), 58 (the system failed); and 25006, a standby.
    public var isUnavailable: Bool {
        switch code {
        case .acquireTimeout, .poolExhausted, .poolClosed, .statementTimeout: true
        case .serverError: isConnectionLost || sqlState.map { ["53", "57", "58"].contains($0.prefix(2)) || $0 == "25006" } ?? false
        default: isConnectionLost
        }
    }

    /// Whether the values are at fault, so that the same statement with the same values fails for ever: the classes 22 (data), 23
    /// (constraints) and 54 (limits of PostgreSQL, such as a value that is too long for an index), and values this client cannot send.
    /// Everything else may be mended without them.
    public var isRefusal: Bool {
        switch code {
        case .encodingFailed: true
        case .serverError: sqlState.map { ["22", "23", "54"].contains($0.prefix(2)) } ?? false
        default: false
        }
    }

    /// SQLSTATE 23505: a row with this key exists.
    public var isUniqueViolation: Bool { sqlState == "23505" }
    /// SQLSTATE 23503: a row that is referred to does not exist, or is still referred to.
    public var isForeignKeyViolation: Bool { sqlState == "23503" }
    /// SQLSTATE 23514: a value violates a check.
    public var isCheckViolation: Bool { sqlState == "23514" }
    /// SQLSTATE 40001 or 40P01: the transaction lost against a concurrent one and may be tried again as a whole.
    public var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// Class 08 is a connection exception; 57P01 to 57P03 are a server that shuts down, crashed or starts.
    static func meansConnectionLost(_ sqlState: String) -> Bool {
        sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03"].contains(sqlState)
    }

    /// Whether a failed attempt to connect will fail again in the same way (wrong password, unknown database or role).
    var isPermanentConnectFailure: Bool {
        guard code == .connectionFailed, let sqlState else { return false }
        return sqlState.hasPrefix("28") || sqlState == "3D000" || sqlState == "42501"
    }
}
