import KubernetesModel

/// Why a call to an API server failed.
public struct KubernetesError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is: stable, for programs.
    public enum Code: String, Sendable {
        /// The server refused; see ``KubernetesError/status``.
        case status
        /// The connection could not be made or broke.
        case transport
        /// No complete answer within the time limit.
        case timedOut
        /// A watch was silent past the time at which the server had to end it.
        case watchIdle
        /// The answer is larger than allowed.
        case tooLarge
        /// The answer is not what was expected.
        case decoding
        /// The configuration is missing or contradicts itself.
        case configuration
        /// No credentials could be had.
        case credentials
        /// The request makes no sense, so it was not sent.
        case invalidRequest
    }

    /// What kind of trouble it is.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String
    /// What the server said, with ``Code/status``.
    public var status: Status?
    /// The error below this one.
    public var cause: (any Error)?
    /// How long the server asked to wait, ``RetryPolicy/longestRetryAfter`` at most.
    public var retryAfter: Duration?

    /// Makes an error.
    public init(
        _ code: Code,
        _ message: String,
        status: Status? = nil,
        cause: (any Error)? = nil,
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.cause = cause
        self.retryAfter = retryAfter
    }

    /// Makes an error of a server's answer.
    ///
    /// - Parameter retryAfter: how long the server asked to wait; `nil` for what the status says. Neither counts for more than
    ///   ``RetryPolicy/longestRetryAfter``.
    public static func status(_ status: Status, retryAfter: Duration? = nil) -> KubernetesError {
        let asked = retryAfter ?? status.details?.retryAfterSeconds.flatMap { $0 > 0 ? .seconds($0) : nil }
        let retry = asked.map { min($0, RetryPolicy.longestRetryAfter) }
        let message = status.message ?? status.reason ?? "The server answered \(status.code ?? 0) without a message"
        return KubernetesError(.status, message, status: status, retryAfter: retry)
    }

    /// The sentence with the server's code and reason, and the cause.
    public var description: String {
        var text = message
        if let status { text += " (\(status.code ?? 0) \(status.reason ?? "Unknown"))" }
        if let cause { text += ": \(cause)" }
        return text
    }
}

extension KubernetesError {
    /// The HTTP status code, when the server answered.
    public var httpStatus: Int? { status?.code }

    /// There is no such object, or no such resource.
    public var isNotFound: Bool { httpStatus == 404 }
    /// An object of that name exists.
    public var isAlreadyExists: Bool { httpStatus == 409 && status?.reason == "AlreadyExists" }
    /// The object changed since it was read, or another field manager owns a field.
    public var isConflict: Bool { httpStatus == 409 && status?.reason != "AlreadyExists" }
    /// The resource version is too old, so that a new list is needed.
    public var isGone: Bool { httpStatus == 410 || status?.reason == "Expired" || status?.reason == "Gone" }
    /// The object does not obey its schema.
    public var isInvalid: Bool { httpStatus == 422 }
    /// The credentials do not allow this.
    public var isForbidden: Bool { httpStatus == 403 }
    /// The credentials are missing or not accepted.
    public var isUnauthorized: Bool { httpStatus == 401 }
    /// The server asks to come back later.
    public var isTooManyRequests: Bool { httpStatus == 429 }
    /// The server gave up waiting for itself.
    public var isServerTimeout: Bool { status?.reason == "ServerTimeout" || httpStatus == 504 }
    /// The asked resource version is newer than what the server knows yet.
    public var isResourceVersionTooLarge: Bool {
        httpStatus == 504 && status?.details?.causes?.contains { $0.reason == "ResourceVersionTooLarge" } == true
    }
    /// The request may succeed later without any change to it.
    public var isRetryable: Bool {
        switch code {
        case .transport, .timedOut, .watchIdle: true
        case .status: isTooManyRequests || (httpStatus ?? 0) >= 500
        case .tooLarge, .decoding, .configuration, .credentials, .invalidRequest: false
        }
    }
}
