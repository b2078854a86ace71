/// What a registry did not do, and why.
public struct RegistryError: Error, Sendable, CustomStringConvertible {
    /// The codes there are.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The registry's address or repository is none.
        case addressInvalid = "registry_address_invalid"
        /// A text is no digest.
        case digestInvalid = "registry_digest_invalid"
        /// There is no connection.
        case unreachable = "registry_unreachable"
        /// No answer came in time.
        case timeout = "registry_timeout"
        /// The registry wants other credentials.
        case unauthorized = "registry_unauthorized"
        /// The credentials do not allow it.
        case forbidden = "registry_forbidden"
        /// The registry asks for less.
        case throttled = "registry_throttled"
        /// The registry failed.
        case failed = "registry_failed"
        /// The registry refused.
        case refused = "registry_refused"
        /// The answer is not what the distribution specification says.
        case answerInvalid = "registry_answer_invalid"
        /// The content is larger than is taken.
        case tooLarge = "registry_content_too_large"
        /// The content is not the one that was asked for.
        case digestMismatch = "registry_digest_mismatch"
    }

    /// The code.
    public let code: Code
    /// A sentence for people, without secrets and without the registry's own text.
    public let message: String
    /// The HTTP status, when there was an answer.
    public let status: Int?
    /// What lies beneath.
    public let cause: (any Error)?

    /// An error.
    public init(_ code: Code, _ message: String, status: Int? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.cause = cause
    }

    /// Whether the same may succeed later.
    public var isTransient: Bool {
        switch code {
        case .unreachable, .timeout, .throttled, .failed: true
        default: false
        }
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// The error of an answer's status.
    static func answered(_ status: Int, _ what: String) -> RegistryError {
        switch status {
        case 401: RegistryError(.unauthorized, "The registry does not take the credentials for \(what).", status: status)
        case 403: RegistryError(.forbidden, "The credentials do not allow \(what).", status: status)
        case 413: RegistryError(.tooLarge, "The registry does not take that much for \(what).", status: status)
        case 429: RegistryError(.throttled, "The registry asks for fewer requests.", status: status)
        case 500...: RegistryError(.failed, "The registry failed at \(what).", status: status)
        default: RegistryError(.refused, "The registry refused \(what) with \(status).", status: status)
        }
    }
}
