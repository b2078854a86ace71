import AsyncHTTPClient
import Foundation
import JSONValue
import LocalCluster
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
import Testing

/// A plain HTTPS client of one server: no retries, no conveniences, so that tests see what is on the wire.
struct TestClient: Sendable {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var bytes: [UInt8]

        var json: JSON { (try? JSON(parsing: bytes)) ?? .null }
        var text: String { String(decoding: bytes, as: UTF8.self) }
        var contentType: String { headers.first(name: "Content-Type") ?? "" }
        var message: String { json["message"]?.stringValue ?? "" }

        func header(_ name: String) -> String? { headers.first(name: name) }
    }

    let http: HTTPClient
    let url: String
    let token: String

    func send(
        _ method: String,
        _ path: String,
        body: [UInt8]? = nil,
        contentType: String = "application/json",
        headers: [String: String] = [:],
        isAnonymous: Bool = false
    ) async throws -> Answer {
        let response = try await http.execute(
            request(method, path, body: body, contentType: contentType, headers: headers, isAnonymous: isAnonymous),
            timeout: .seconds(30)
        )
        let buffer = try await response.body.collect(upTo: 64 * 1024 * 1024)
        return Answer(status: Int(response.status.code), headers: response.headers, bytes: Array(buffer.readableBytesView))
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer { try await send("GET", path, headers: headers) }

    func post(_ path: String, _ json: JSON) async throws -> Answer { try await send("POST", path, body: json.serialized()) }

    func put(_ path: String, _ json: JSON) async throws -> Answer { try await send("PUT", path, body: json.serialized()) }

    func merge(_ path: String, _ json: JSON) async throws -> Answer {
        try await send("PATCH", path, body: json.serialized(), contentType: "application/merge-patch+json")
    }

    func delete(_ path: String, _ options: JSON? = nil) async throws -> Answer {
        try await send("DELETE", path, body: options?.serialized())
    }

    /// Begins a watch: returns when the server has begun to answer, so that changes made after it are seen.
    func watch(_ path: String) async throws -> WatchReader {
        let response = try await http.execute(
            request("GET", path, body: nil, contentType: "", headers: [:], isAnonymous: false),
            timeout: .seconds(30)
        )
        return WatchReader(status: Int(response.status.code), body: response.body)
    }

    private func request(
        _ method: String,
        _ path: String,
        body: [UInt8]?,
        contentType: String,
        headers: [String: String],
        isAnonymous: Bool
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path)
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Accept", value: headers["Accept"] ?? "application/json")
        if !isAnonymous { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers where name != "Accept" { request.headers.replaceOrAdd(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: contentType)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return request
    }
}

/// The lines of a watch as they come.
struct WatchReader: Sendable {
    let status: Int
    let body: HTTPClientResponse.Body

    /// Reads to the end, counting the lines; throws when the response breaks off.
    func lines(_ count: inout Int) async throws {
        for try await buffer in body { count += buffer.readableBytesView.count { $0 == 10 } }
    }

    /// Reads until `count` events have come, the response has ended, or the time is over.
    func events(_ count: Int, within limit: Duration = .seconds(5)) async throws -> [JSON] {
        let body = body
        return try await withThrowingTaskGroup(of: [JSON]?.self) { group in
            let found = Collected()
            group.addTask {
                var rest: [UInt8] = []
                for try await buffer in body {
                    rest += Array(buffer.readableBytesView)
                    while let end = rest.firstIndex(of: 10) {
                        let line = Array(rest[..<end])
                        rest = Array(rest[(end + 1)...])
                        if !line.isEmpty, await found.add(try JSON(parsing: line)) >= count { return await found.events }
                    }
                }
                return await found.events
            }
            group.addTask {
                try await Task.sleep(for: limit)  // wait: the deadline of the race
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            return await found.events
        }
    }

    private actor Collected {
        var events: [JSON] = []

        func add(_ event: JSON) -> Int {
            events.append(event)
            return events.count
        }
    }
}

/// Runs a server and a client of it.
func withServer<Result: Sendable>(
    _ configuration: ClusterServer.Configuration = ClusterServer.Configuration(),
    _ body: @Sendable (ClusterServer, TestClient) async throws -> Result
) async throws -> Result {
    try await withClusterServer(configuration) { server in
        try await withTestClient(of: server) { try await body(server, $0) }
    }
}

/// Runs a client of a running server.
func withTestClient<Result: Sendable>(
    of server: ClusterServer,
    token: String? = nil,
    _ body: (TestClient) async throws -> Result
) async throws -> Result {
    let endpoint = try await server.waitUntilReady()
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(server.caCertificatePEM.utf8)))
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.timeout.connect = .seconds(10)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
        let result = try await body(TestClient(http: http, url: endpoint.url, token: token ?? server.adminToken))
        try await http.shutdown()
        return result
    } catch {
        try await http.shutdown()
        throw error
    }
}

/// Asks again and again until the answer is yes or the time is over.
func eventually(within limit: Duration = .seconds(10), _ condition: () async throws -> Bool) async throws -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return try await condition()
}

/// Expects a status; says what the server said when it is another one.
func expect(_ status: Int, _ answer: TestClient.Answer, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(answer.status == status, "\(answer.text.prefix(400))", sourceLocation: sourceLocation)
}
