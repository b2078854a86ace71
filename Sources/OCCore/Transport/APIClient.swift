import JSONValue

/// Speaks the control plane's REST: token, pages, errors.
public struct APIClient: Sendable {
    /// Where the control plane is.
    public var server: ServerAddress
    /// The bearer token; `nil` sends none.
    public var token: String?
    /// The organization to act in; `nil` says none.
    public var organization: String?
    /// The token of the platform's backend, which orders of fleets are made with; `nil` sends none.
    public var platformToken: String?
    /// The seconds each request may take.
    public var timeout: Int
    /// A file of certificates to trust besides the system's.
    public var certificateAuthority: String?
    /// Carries the requests.
    public var transport: any RESTTransport

    /// Makes a client.
    public init(
        server: ServerAddress,
        token: String?,
        organization: String? = nil,
        platformToken: String? = nil,
        timeout: Int = 30,
        certificateAuthority: String? = nil,
        transport: any RESTTransport
    ) {
        self.server = server
        self.token = token
        self.organization = organization
        self.platformToken = platformToken
        self.timeout = timeout
        self.certificateAuthority = certificateAuthority
        self.transport = transport
    }

    /// Sends one request and reads the JSON that answers it; `null` when the answer is empty.
    ///
    /// - Parameters:
    ///   - method: the HTTP method.
    ///   - path: below the API, its parts already escaped.
    ///   - query: parameters, not escaped yet.
    ///   - body: sent as JSON.
    /// - Throws: ``OCError``.
    public func send(_ method: String, _ path: String, query: [(String, String)] = [], body: JSON? = nil) async throws -> JSON {
        try await exchange(method, url(path, query), body: body).json
    }

    /// The whole address of a path: below the API, or below the server's root for `/api/…` and `/v1/…` (see ``Route``).
    func url(_ path: String, _ query: [(String, String)] = []) -> String {
        let isBelowRoot = path.hasPrefix("/api/") || path.hasPrefix("/v1/")
        return (isBelowRoot ? server.root : server.base) + path + Self.query(query)
    }

    /// Sends one request and gives what answers it, whatever its status.
    ///
    /// - Throws: ``OCError`` of exit code `unreachable` when no answer comes.
    func answer(_ method: String, _ path: String, query: [(String, String)] = []) async throws -> RESTResponse {
        try await perform(method, url(path, query), body: nil)
    }

    /// Sends one request and gives the body that answers it, as it is.
    ///
    /// - Throws: ``OCError``, also when the server refuses.
    func raw(_ method: String, _ path: String, query: [(String, String)] = [], body: JSON? = nil) async throws -> [UInt8] {
        try Self.accepted(try await transport.send(request(method, url(path, query), body: body, accepts: "*/*"))).body
    }

    /// Sends a text that is not JSON, and reads the JSON that answers it.
    ///
    /// - Throws: ``OCError``, also when the server refuses.
    func upload(_ method: String, _ path: String, _ bytes: [UInt8], mediaType: String) async throws -> JSON {
        var request = request(method, url(path), body: nil)
        request.headers["Content-Type"] = mediaType
        request.body = bytes
        return try Self.json(try Self.accepted(try await transport.send(request))).0
    }

    /// Sends one request and gives each event of the stream that answers it (`text/event-stream`).
    ///
    /// - Parameters:
    ///   - timeout: seconds without anything from the server.
    ///   - event: is given the name and the data of each; false ends the stream.
    /// - Throws: ``OCError``, also when the server refuses.
    func events(
        _ method: String,
        _ path: String,
        query: [(String, String)] = [],
        body: JSON? = nil,
        timeout: Int,
        event: (EventStreamParser.Event) throws -> Bool
    ) async throws {
        var request = request(method, url(path, query), body: body, accepts: "text/event-stream")
        request.timeout = timeout
        var parser = EventStreamParser()
        let response = try await transport.stream(request) { bytes in
            for found in parser.read(bytes) where try !event(found) { return false }
            return true
        }
        _ = try Self.accepted(response)
    }

    /// All the elements of a list, over as many pages as there are (RFC 8288 `Link`).
    ///
    /// - Parameters:
    ///   - path: as for ``send(_:_:query:body:)``.
    ///   - query: parameters, not escaped yet.
    ///   - member: the member of each answer that holds the elements; `nil` when the answer is the list.
    ///   - limit: most elements; `nil` for all.
    public func list(
        _ path: String,
        query: [(String, String)] = [],
        elements member: String? = nil,
        limit: Int? = nil
    ) async throws -> [JSON] {
        var next: String? = url(path, query)
        var elements: [JSON] = []
        var seen: Set<String> = []
        while let url = next {
            guard seen.insert(url).inserted else {
                throw OCError(.failure, code: "BAD_ANSWER", "The server's pages go round in a circle")
            }
            let (json, headers) = try await exchange("GET", url, body: nil)
            guard let page = (member.map { json[$0] ?? .null } ?? json).arrayValue else {
                throw OCError(.failure, code: "BAD_ANSWER", "The server's answer is not a list")
            }
            elements += page
            if let limit, elements.count >= limit { return Array(elements.prefix(limit)) }
            next = headers["link"].flatMap(Self.nextLink).map(absolute)
        }
        return elements
    }

    private func perform(_ method: String, _ url: String, body: JSON?) async throws -> RESTResponse {
        try await transport.send(request(method, url, body: body))
    }

    private func request(_ method: String, _ url: String, body: JSON?, accepts: String = "application/json") -> RESTRequest {
        var headers = ["Accept": accepts, "User-Agent": "oc"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        if let organization { headers["X-OpenCrane-Organization"] = organization }
        if let platformToken, url.hasPrefix(server.root + "/api/tenants") { headers["X-Platform-Token"] = platformToken }
        if body != nil { headers["Content-Type"] = "application/json" }
        return RESTRequest(
            method: method,
            url: url,
            headers: headers,
            body: body?.serialized(),
            timeout: timeout,
            certificateAuthority: certificateAuthority
        )
    }

    private func exchange(_ method: String, _ url: String, body: JSON?) async throws -> (json: JSON, headers: [String: String]) {
        try Self.json(try Self.accepted(try await perform(method, url, body: body)))
    }

    /// An answer that is no refusal.
    private static func accepted(_ response: RESTResponse) throws(OCError) -> RESTResponse {
        guard (200..<300).contains(response.status) else { throw error(response) }
        return response
    }

    private static func json(_ response: RESTResponse) throws(OCError) -> (json: JSON, headers: [String: String]) {
        if response.body.isEmpty { return (.null, response.headers) }
        guard let json = try? JSON(parsing: response.body) else {
            throw OCError(
                .failure,
                code: "BAD_ANSWER",
                "The server's answer is not JSON: is this the address of a control plane?",
                requestID: response.headers["x-request-id"]
            )
        }
        return (json, response.headers)
    }

    /// The error that an answer stands for.
    static func error(_ response: RESTResponse) -> OCError {
        let body = (try? JSON(parsing: response.body)) ?? .null
        let exit: OCError.Exit =
            switch response.status {
            case 401, 403: .unauthorised
            case 404: .notFound
            case 409, 412: .conflict
            default: .failure
            }
        // Fleets answer with an object as the error, agents and instances with a detail, or a list of what is wrong.
        let problems = (body["detail"]?.arrayValue ?? []).map { problem in
            let place = (problem["loc"]?.arrayValue ?? []).map { $0.stringValue ?? $0.text() }.joined(separator: ".")
            return "\(place): \(problem["msg"]?.stringValue ?? "is wrong")"
        }
        let message =
            body["error"]?.stringValue ?? body[at: ["error", "message"]]?.stringValue ?? body["detail"]?.stringValue
            ?? (problems.isEmpty ? "The server answered with HTTP status \(response.status)" : "The server does not take this")
        var details =
            problems
            + (body["fields"]?.arrayValue ?? []).map {
                "\($0["field"]?.stringValue ?? "?"): \($0["message"]?.stringValue ?? "is wrong")"
            }
        if details.isEmpty, body["error"]?.stringValue != nil, let detail = body["detail"]?.stringValue { details.append(detail) }
        if response.status == 401 {
            let isPlatform = message.contains("X-Platform-Token")
            details.append(isPlatform ? "Set OPENCRANE_PLATFORM_TOKEN." : "Log in with `oc login`, or set OPENCRANE_TOKEN.")
        }
        if let seconds = response.headers["retry-after"] { details.append("Try again in \(seconds) s.") }
        var error = OCError(
            exit,
            code: body["code"]?.stringValue ?? body[at: ["error", "code"]]?.stringValue?.uppercased() ?? "HTTP_\(response.status)",
            message,
            details: details,
            requestID: response.headers["x-request-id"]
        )
        error.status = response.status
        error.retryAfter = response.headers["retry-after"].flatMap { Int($0) }
        return error
    }

    /// The address of the next page in a `Link` header.
    static func nextLink(_ header: String) -> String? {
        for link in header.split(separator: ",") {
            guard let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"), open < close else { continue }
            let parameters = link[close...].lowercased()
            if parameters.contains("rel=\"next\"") || parameters.contains("rel=next") {
                return String(link[link.index(after: open)..<close])
            }
        }
        return nil
    }

    /// A link as an address on this server: the token goes nowhere else.
    private func absolute(_ link: String) -> String {
        let origin = server.base.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
        if link.hasPrefix("/") { return origin + link }
        if link.hasPrefix("?") { return server.base + link }
        let parts = link.split(separator: "/", omittingEmptySubsequences: false)
        return origin + "/" + parts.dropFirst(3).joined(separator: "/")
    }

    /// Parameters as the query of an address; empty for none.
    static func query(_ parameters: [(String, String)]) -> String {
        guard !parameters.isEmpty else { return "" }
        return "?" + parameters.map { "\(escape($0.0))=\(escape($0.1))" }.joined(separator: "&")
    }

    /// A text as one part of a path or query (RFC 3986 unreserved characters stay).
    static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
