/// One request to the control plane.
public struct RESTRequest: Sendable, Hashable {
    /// The HTTP method.
    public var method: String
    /// The whole address.
    public var url: String
    /// The headers.
    public var headers: [String: String]
    /// The body; `nil` sends none.
    public var body: [UInt8]?
    /// The seconds the whole exchange may take.
    public var timeout: Int
    /// A file of certificates to trust besides the system's.
    public var certificateAuthority: String?

    /// Makes a request.
    public init(
        method: String,
        url: String,
        headers: [String: String] = [:],
        body: [UInt8]? = nil,
        timeout: Int = 30,
        certificateAuthority: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.certificateAuthority = certificateAuthority
    }
}

/// The answer to a request.
public struct RESTResponse: Sendable, Hashable {
    /// The HTTP status.
    public var status: Int
    /// The headers, by lower-case name.
    public var headers: [String: String]
    /// The body.
    public var body: [UInt8]

    /// Makes an answer.
    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Carries requests to a server and answers back.
public protocol RESTTransport: Sendable {
    /// Sends a request.
    ///
    /// - Throws: ``OCError`` of exit code `unreachable` when no answer comes.
    func send(_ request: RESTRequest) async throws -> RESTResponse

    /// Sends a request and hands out the body as it comes.
    ///
    /// - Parameters:
    ///   - request: its timeout bounds each silence, not the whole.
    ///   - chunk: is given each part; false ends the exchange.
    /// - Returns: the answer; its body is empty when it was handed out, and whole when the server refused.
    /// - Throws: ``OCError`` of exit code `unreachable` when no answer comes, or it breaks off; what `chunk` throws.
    func stream(_ request: RESTRequest, chunk: ([UInt8]) throws -> Bool) async throws -> RESTResponse
}

extension RESTTransport {
    /// The whole body as one part.
    public func stream(_ request: RESTRequest, chunk: ([UInt8]) throws -> Bool) async throws -> RESTResponse {
        var response = try await send(request)
        guard (200..<300).contains(response.status) else { return response }
        _ = try chunk(response.body)
        response.body = []
        return response
    }
}
