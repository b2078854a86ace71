import AsyncHTTPClient
import Dispatch
import KubernetesClient
import NIOCore
import NIOHTTP1

/// Plain HTTP calls with a limit of time and size, each.
final class HTTPExchange: Sendable {
    private static let largestAnswer = 16 << 20

    private let client: HTTPClient
    private let time: TimeSource
    private let limit: Duration

    /// - Parameter limit: the longest time of a call, head and body together.
    init(limit: Duration, time: TimeSource) {
        var settings = HTTPClient.Configuration()
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = .seconds(10)
        settings.connectionPool.idleTimeout = .seconds(30)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        self.limit = limit
        self.time = time
    }

    deinit {
        // async-http-client insists on being shut down.
        client.shutdown(queue: DispatchQueue.global()) { _ in }
    }

    struct Answer: Sendable {
        var status: Int
        var bytes: [UInt8]
        var retryAfter: Duration?
    }

    /// - Throws: ``MachineError`` with `unreachable`.
    func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]? = nil) async throws(MachineError) -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        request.headers = HTTPHeaders(headers)
        if let body { request.body = .bytes(body) }
        let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? url
        do {
            return try await time.withTimeout(limit) { [client, limit, request] in
                let response = try await client.execute(request, timeout: TimeAmount(limit))
                let bytes = try await response.body.collect(upTo: Self.largestAnswer)
                return Answer(
                    status: Int(response.status.code),
                    bytes: Array(bytes.readableBytesView),
                    retryAfter: response.headers.first(name: "Retry-After").flatMap { Int64($0) }.map { .seconds($0) }
                )
            }
        } catch {
            throw MachineError(.unreachable, "\(host) gave no answer to \(method)", cause: error)
        }
    }
}
