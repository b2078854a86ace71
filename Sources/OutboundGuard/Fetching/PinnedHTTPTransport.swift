import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// HTTP/1.1 over a connection to the pinned address, which is opened for the exchange and closed after it. TLS and the `Host` header name the
/// host of the URL. No proxy is used, nothing is decompressed.
public struct PinnedHTTPTransport: OutboundTransport {
    private let trustRoots: NIOSSLTrustRoots
    private let connectLimit: Duration

    /// A transport.
    ///
    /// - Parameters:
    ///   - trustRoots: authorities that servers' certificates must come from. Default: the system's.
    ///   - connectLimit: the longest time for TCP and TLS. Default: 5 s.
    public init(trustRoots: NIOSSLTrustRoots = .default, connectLimit: Duration = .seconds(5)) {
        self.trustRoots = trustRoots
        self.connectLimit = connectLimit
    }

    /// Sends a request and reads the whole answer.
    public func exchange(
        _ request: OutboundRequest,
        to destination: PinnedDestination,
        largest: Int,
        within limit: Duration
    ) async throws(OutboundError) -> OutboundResponse {
        do {
            return try await HTTPClient.withHTTPClient(configuration: configuration(for: destination)) { client in
                try await withDeadline(limit) { try await Self.exchange(request, to: destination.url, with: client, largest: largest) }
            }
        } catch let error as OutboundError {
            throw error
        } catch {
            throw OutboundError(.unreachable, "The server could not be reached, or broke off its answer.", cause: error)
        }
    }

    private func configuration(for destination: PinnedDestination) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = trustRoots
        tls.minimumTLSVersion = .tlsv12
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(connectLimit)
        // A refused connection or a wrong certificate is an answer; it would be tried again and again until the time is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        // The pin: connects to the address, and still names the host in SNI, certificate check and Host header.
        if case .name(let name) = destination.url.host { configuration.dnsOverride = [name: destination.address.description] }
        return configuration
    }

    private static func exchange(
        _ request: OutboundRequest,
        to url: OutboundURL,
        with client: HTTPClient,
        largest: Int
    ) async throws -> OutboundResponse {
        var message = HTTPClientRequest(url: url.description)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        message.headers.add(name: "Connection", value: "close")
        message.headers.add(name: "Accept-Encoding", value: "identity")
        if request.method == .post { message.body = .bytes(request.body) }
        let answer = try await client.execute(message, deadline: .distantFuture)
        let tooLarge = OutboundError(.tooLarge, "The answer is larger than \(largest) bytes.")
        if request.method != .head, let length = answer.headers.first(name: "Content-Length").flatMap(Int.init), length > largest {
            throw tooLarge
        }
        var body: [UInt8] = []
        for try await part in answer.body {
            guard body.count + part.readableBytes <= largest else { throw tooLarge }
            body.append(contentsOf: part.readableBytesView)
        }
        return OutboundResponse(
            status: Int(answer.status.code),
            headers: answer.headers.map { OutboundRequest.Header($0.name, $0.value) },
            body: body,
            url: url
        )
    }
}

/// Runs work for a bounded time; the work is cancelled when it is over.
func withDeadline<Value: Sendable>(_ limit: Duration, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await ContinuousClock().sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw OutboundError(.timedOut, "The server gave no complete answer in time.")
        }
        return value
    }
}
