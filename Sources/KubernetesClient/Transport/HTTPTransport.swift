import AsyncHTTPClient
import Dispatch
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The transport over async-http-client, by HTTP/1.1 only.
///
/// HTTP/2 would carry everything over one connection, and async-http-client sends no PING on it (RFC 9113 section 6.7): when the network
/// swallows its packets, each call ends by its time limit, the connection stays, and the next call takes it again, for as long as TCP
/// repeats itself (a quarter of an hour). Under HTTP/1.1 a call that is given up closes its connection, so the next one takes another. It
/// costs one connection for each watch and for each call under way.
final class HTTPTransport: Transport {
    private let client: HTTPClient
    /// `nil` for a server without TLS.
    private let material: TLSMaterial?
    private let base: String
    private let host: String?

    init(configuration: ClientConfiguration, time: TimeSource) throws {
        let tls = configuration.tls
        guard let url = URLComponents(string: configuration.server), let name = url.host, let scheme = url.scheme,
            ["https", "http"].contains(scheme)
        else { throw KubernetesError(.configuration, "The server \(configuration.server) is no http or https URL") }

        var settings = HTTPClient.Configuration()
        settings.httpVersion = .http1Only
        settings.http1_1ConnectionDebugInitializer = ConnectionLiveness.watch
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = TimeAmount(configuration.connectTimeout)
        settings.connectionPool.idleTimeout = .seconds(30)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.maximumConnections
        // Repetition is decided by the retry policy alone.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.proxy = try configuration.proxy.map(Self.proxy)
        material = scheme == "https" ? try TLSMaterial(tls, time: time) : nil
        settings.tlsConfiguration = material?.initial

        let port = url.port.map { ":\($0)" } ?? ""
        if let serverName = tls.serverName, scheme == "https" {
            // The name to be checked takes the host's place, and its address is the host's.
            settings.dnsOverride = [serverName: name.trimmingCharacters(in: ["[", "]"])]
            base = "https://\(serverName)\(port)\(url.percentEncodedPath)"
            host = "\(name)\(port)"
        } else {
            base = configuration.server
            host = nil
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    deinit {
        // async-http-client insists on being shut down; after `close()` this does nothing.
        client.shutdown(queue: DispatchQueue.global()) { _ in }
    }

    func close() async { try? await client.shutdown() }

    func send(_ request: TransportRequest, headWithin limit: Duration) async throws -> TransportResponse {
        var outgoing = HTTPClientRequest(url: base + request.target)
        outgoing.method = request.method
        outgoing.headers = request.headers
        if let host { outgoing.headers.replaceOrAdd(name: "Host", value: host) }
        if let body = request.body { outgoing.body = .bytes(body) }
        outgoing.tlsConfiguration = try material?.configuration(
            identity: request.identity,
            generation: request.identityGeneration,
            isRefused: request.isIdentityRefused
        )
        do {
            let response = try await client.execute(outgoing, timeout: TimeAmount(limit))
            return TransportResponse(
                status: Int(response.status.code),
                headers: response.headers,
                body: TransportBody(MappedBody(body: response.body))
            )
        } catch {
            throw Self.translate(error, abandoned: .notSent)
        }
    }

    /// Errors of the body are translated like those of the head.
    private struct MappedBody: AsyncSequence, Sendable {
        let body: HTTPClientResponse.Body

        struct AsyncIterator: AsyncIteratorProtocol {
            var inner: HTTPClientResponse.Body.AsyncIterator

            mutating func next() async throws -> ByteBuffer? {
                do {
                    return try await inner.next()
                } catch {
                    throw HTTPTransport.translate(error, abandoned: .connectionLost)
                }
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(inner: body.makeAsyncIterator()) }
    }

    /// The error in the transport's words.
    ///
    /// - Parameters:
    ///   - abandoned: what it means that async-http-client gave a request up. It says `cancelled` also to a request whose connection or
    ///     pool closed before it was written, and that must never look as if the caller had given up.
    ///   - isCancelled: whether the caller gave up.
    static func translate(
        _ error: any Error,
        abandoned: TransportError.Code,
        isCancelled: Bool = Task.isCancelled
    ) -> any Error {
        switch error {
        case is CancellationError: return isCancelled ? error : TransportError(.connectionLost, cause: error)
        case let error as HTTPClientError:
            switch error {
            case .cancelled: return isCancelled ? CancellationError() : TransportError(abandoned, cause: error)
            case .deadlineExceeded: return TransportError(.timedOut, cause: error)
            case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout,
                .alreadyShutdown, .proxyAuthenticationRequired, .invalidProxyResponse:
                return TransportError(.notSent, cause: error)
            default: return TransportError(.connectionLost, cause: error)
            }
        case is NIOConnectionError: return TransportError(.notSent, cause: error)
        case let error as IOError where error.errnoCode == ECONNREFUSED: return TransportError(.notSent, cause: error)
        case let error as NIOSSLError:
            if case .handshakeFailed = error { return TransportError(.notSent, cause: error) }
            return TransportError(.connectionLost, cause: error)
        case is NIOSSLExtraError: return TransportError(.notSent, cause: error)
        default: return TransportError(.connectionLost, cause: error)
        }
    }

    private static func proxy(_ text: String) throws -> HTTPClient.Configuration.Proxy {
        guard let url = URLComponents(string: text), let host = url.host else {
            throw KubernetesError(.configuration, "The proxy is no URL: use http://host:port or socks5://host:port")
        }
        let address = host.trimmingCharacters(in: ["[", "]"])
        switch (url.scheme, url.user) {
        case ("http", let user):
            let authorization = user.map { HTTPClient.Authorization.basic(username: $0, password: url.password ?? "") }
            return .server(host: address, port: url.port ?? 80, authorization: authorization)
        case ("socks5", nil), ("socks5h", nil): return .socksServer(host: address, port: url.port ?? 1080)
        case ("socks5", _), ("socks5h", _):
            throw KubernetesError(
                .configuration,
                "The proxy \(host) asks for a login by SOCKS, which is not supported: use an http:// proxy"
            )
        default:
            throw KubernetesError(.configuration, "The proxy \(url.scheme ?? "")://\(host) must begin with http:// or socks5://")
        }
    }
}
