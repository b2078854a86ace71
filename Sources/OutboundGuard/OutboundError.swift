/// Why a URL that a caller supplied was not used, or what happened when it was.
///
/// Messages never tell to which address a name leads, so that nobody learns the network behind from them.
public struct OutboundError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is: stable, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// The text is no absolute URL, or is spelled in a way that programs read differently.
        case invalidURL = "URL_INVALID"
        /// The scheme is not on the list.
        case schemeNotAllowed = "URL_SCHEME_NOT_ALLOWED"
        /// The URL carries a user or a password.
        case credentialsInURL = "URL_HAS_CREDENTIALS"
        /// The port is not on the list.
        case portNotAllowed = "URL_PORT_NOT_ALLOWED"
        /// The host is an address in another spelling than four decimal numbers or bracketed IPv6.
        case ambiguousAddress = "URL_ADDRESS_AMBIGUOUS"
        /// The name is one that never leads outside, or is not on the list.
        case hostNotAllowed = "URL_HOST_NOT_ALLOWED"
        /// The address, or one that the name leads to, is not a public one.
        case addressNotAllowed = "URL_ADDRESS_NOT_ALLOWED"
        /// The name leads nowhere.
        case nameNotFound = "URL_HOST_NOT_FOUND"
        /// The request has headers or a method that may not be given.
        case invalidRequest = "OUTBOUND_REQUEST_INVALID"
        /// More redirects than allowed.
        case tooManyRedirects = "OUTBOUND_TOO_MANY_REDIRECTS"
        /// A redirect that is not followed: from https to http, without a target, or of a request with a body.
        case redirectNotAllowed = "OUTBOUND_REDIRECT_NOT_ALLOWED"
        /// The answer is larger than allowed.
        case tooLarge = "OUTBOUND_ANSWER_TOO_LARGE"
        /// No complete answer in time.
        case timedOut = "OUTBOUND_TIMED_OUT"
        /// No connection, a failed TLS handshake, or a broken answer.
        case unreachable = "OUTBOUND_UNREACHABLE"
        /// Too many look-ups at once.
        case busy = "OUTBOUND_BUSY"
    }

    /// What kind of trouble it is.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String
    /// The error below this one; for logs, not for callers.
    public var cause: (any Error)?

    /// An error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Code and sentence.
    public var description: String { "\(code.rawValue): \(message)" }
}
