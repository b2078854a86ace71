/// What to ask of a URL that a caller supplied.
public struct OutboundRequest: Sendable {
    /// Methods that may be used.
    public enum Method: String, Sendable {
        /// Reads; redirects are followed.
        case get = "GET"
        /// Reads the head; redirects are followed.
        case head = "HEAD"
        /// Sends a body; a redirect is an error.
        case post = "POST"
    }

    /// A header.
    public struct Header: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String

        /// A header.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The URL, as the caller gave it.
    public var url: String
    /// The method.
    public var method: Method
    /// Headers. `Host`, framing and connection headers are refused. After a redirect to another origin only those go along that say what
    /// kind of answer is wanted, since any other could carry a credential.
    public var headers: [Header]
    /// The body of a POST.
    public var body: [UInt8]

    /// A request.
    public init(_ method: Method = .get, _ url: String, headers: [Header] = [], body: [UInt8] = []) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
    }

    /// Headers that decide how the request is read, or to whom it goes, are not the caller's.
    func checkHeaders() throws(OutboundError) {
        for header in headers {
            let name = header.name.lowercased()
            if Self.framing.contains(name) || name.hasPrefix("proxy-") {
                throw OutboundError(.invalidRequest, "The header \(name) may not be given.")
            }
            guard !header.value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
                throw OutboundError(.invalidRequest, "The value of the header \(name) has a line break.")
            }
        }
        if method != .post, !body.isEmpty { throw OutboundError(.invalidRequest, "Only a POST has a body.") }
    }

    private static let framing: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "expect", "accept-encoding",
    ]
    static let harmless: Set<String> = ["accept", "accept-language", "user-agent", "if-none-match", "if-modified-since", "range"]
}

/// The answer to an ``OutboundRequest``.
public struct OutboundResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The headers, names as sent.
    public var headers: [OutboundRequest.Header]
    /// The body.
    public var body: [UInt8]
    /// Where it came from, after redirects.
    public var url: OutboundURL

    /// The first header of a name, compared without case.
    public func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}
