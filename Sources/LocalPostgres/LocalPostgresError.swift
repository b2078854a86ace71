/// Why a private PostgreSQL cannot be run.
public struct LocalPostgresError: Error, Sendable, CustomStringConvertible {
    /// Stable names of the kinds of failure.
    public enum Code: String, Sendable {
        /// PostgreSQL's programs are not on this machine.
        case notInstalled = "not_installed"
        /// The process is root and there is no user it could drop to.
        case noUser = "no_user"
        /// The directory cannot be made or handed over.
        case directory
        /// `initdb` failed.
        case initFailed = "init_failed"
        /// The server ended before it was ready, or was not ready in time.
        case startFailed = "start_failed"
    }

    /// The kind of failure.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String
    /// The last lines of what the program printed.
    public var cause: String?

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" + (cause.map { "\n\($0)" } ?? "") }

    init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}
