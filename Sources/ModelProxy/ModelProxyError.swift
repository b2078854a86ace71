/// What the model proxy did not do, and why.
public struct ModelProxyError: Error, Sendable, CustomStringConvertible {
    /// The codes there are.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The address is none.
        case addressInvalid = "MODEL_PROXY_ADDRESS_INVALID"
        /// There is no connection.
        case unreachable = "MODEL_PROXY_UNREACHABLE"
        /// No answer came in time.
        case timeout = "MODEL_PROXY_TIMEOUT"
        /// It does not take the master key.
        case unauthorized = "MODEL_PROXY_UNAUTHORIZED"
        /// It has no such object.
        case notFound = "MODEL_PROXY_NOT_FOUND"
        /// It has such an object already.
        case conflict = "MODEL_PROXY_CONFLICT"
        /// It refused what was asked for.
        case refused = "MODEL_PROXY_REFUSED"
        /// It failed, or asks for fewer requests.
        case failed = "MODEL_PROXY_FAILED"
        /// Its answer cannot be read, or is larger than is taken.
        case answerInvalid = "MODEL_PROXY_ANSWER_INVALID"
    }

    /// The code.
    public let code: Code
    /// A sentence for people, without secrets and without the proxy's own text.
    public let message: String
    /// The HTTP status, when there was an answer.
    public let status: Int?
    /// What lies beneath; for the log alone.
    public let cause: (any Error)?

    /// An error.
    public init(_ code: Code, _ message: String, status: Int? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.cause = cause
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// The error of an answer's status.
    static func answered(_ status: Int, _ what: String) -> ModelProxyError {
        switch status {
        case 401, 403: ModelProxyError(.unauthorized, "The model proxy does not let us do \(what); look at its master key.", status: status)
        case 404: ModelProxyError(.notFound, "The model proxy does not know what \(what) is about.", status: status)
        case 409: ModelProxyError(.conflict, "The model proxy has what \(what) would make already.", status: status)
        case 429, 500...: ModelProxyError(.failed, "The model proxy failed at \(what) with \(status).", status: status)
        default: ModelProxyError(.refused, "The model proxy refused \(what) with \(status).", status: status)
        }
    }
}
