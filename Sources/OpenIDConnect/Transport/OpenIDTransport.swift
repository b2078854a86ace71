import Observability

/// A call of the provider.
public struct OpenIDRequest: Sendable {
    /// How it is called.
    public enum Method: String, Sendable {
        /// Reads.
        case get = "GET"
        /// Sends a form.
        case post = "POST"
    }

    /// How it is called.
    public var method: Method
    /// The URL.
    public var url: String
    /// The value of the `Authorization` header.
    public var authorization: SensitiveString?
    /// The form of a POST, encoded.
    public var form: SensitiveString?

    /// A call.
    public init(_ method: Method, _ url: String, authorization: SensitiveString? = nil, form: SensitiveString? = nil) {
        self.method = method
        self.url = url
        self.authorization = authorization
        self.form = form
    }
}

/// An answer of the provider.
public struct OpenIDAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The `Cache-Control` header.
    public var cacheControl: String?
    /// The body.
    public var body: [UInt8]

    /// An answer.
    public init(status: Int, cacheControl: String? = nil, body: [UInt8]) {
        self.status = status
        self.cacheControl = cacheControl
        self.body = body
    }
}

/// How much a call of the provider may cost.
public struct OpenIDLimits: Sendable {
    /// Time for the whole answer. Default: 10 s.
    public var time: Duration
    /// The largest answer in bytes. Default: 1 MiB.
    public var answer: Int

    /// Limits.
    public init(time: Duration = .seconds(10), answer: Int = 1 << 20) {
        self.time = time
        self.answer = answer
    }
}

/// Carries calls to the provider.
public protocol OpenIDTransport: Sendable {
    /// Sends a call and reads the whole answer. Redirects are answers; none is followed.
    ///
    /// - Throws: ``OpenIDError`` with `providerUnreachable`, `providerTimedOut` or `answerTooLarge`.
    func send(_ request: OpenIDRequest, limits: OpenIDLimits) async throws(OpenIDError) -> OpenIDAnswer
}
