import AsyncHTTPClient
import JSONValue
import NIOCore
import NIOHTTP1

/// An answer of the control plane.
struct RESTAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]

    /// The body as JSON.
    var json: JSON { get throws { try JSON(parsing: body) } }

    /// The `code` of an error envelope.
    var code: String? { (try? json)?["code"]?.stringValue }
}

/// Talks to an HTTP server as any client would.
struct RESTClient: Sendable {
    var base: String
    var token: String

    func get(_ path: String) async throws -> RESTAnswer { try await send("GET", path) }
    func delete(_ path: String) async throws -> RESTAnswer { try await send("DELETE", path) }
    func post(_ path: String, _ body: JSON? = nil) async throws -> RESTAnswer { try await send("POST", path, body.map { $0.serialized() }) }
    func put(_ path: String, _ body: JSON) async throws -> RESTAnswer { try await send("PUT", path, body.serialized()) }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - method: HTTP method.
    ///   - path: path with query.
    ///   - body: sent as `application/json`.
    ///   - headers: beside authorization and content type; they win over those.
    func send(_ method: String, _ path: String, _ body: [UInt8]? = nil, headers: [String: String] = [:]) async throws -> RESTAnswer {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method)
        if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(40))
        let content = try await response.body.collect(upTo: 16 << 20)
        return RESTAnswer(status: Int(response.status.code), headers: response.headers, body: Array(content.readableBytesView))
    }
}
