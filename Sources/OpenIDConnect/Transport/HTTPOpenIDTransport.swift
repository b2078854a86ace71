import AsyncHTTPClient
import Dispatch
import NIOCore
import NIOHTTP1
import NIOSSL
import Observability

/// Calls of the provider over HTTP/1.1.
public final class HTTPOpenIDTransport: OpenIDTransport {
    private let client: HTTPClient

    /// A transport.
    ///
    /// - Parameter trustRoots: authorities that the provider's certificate must come from. Default: the system's.
    public init(trustRoots: NIOSSLTrustRoots = .default) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = trustRoots
        tls.minimumTLSVersion = .tlsv12
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.idleTimeout = .seconds(30)
        // A refused connection or a wrong certificate is an answer; it would be tried again and again until the time is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // async-http-client insists on being shut down.
        client.shutdown(queue: DispatchQueue.global()) { _ in }
    }

    /// Sends a call and reads the whole answer.
    public func send(_ request: OpenIDRequest, limits: OpenIDLimits) async throws(OpenIDError) -> OpenIDAnswer {
        do {
            return try await withThrowingTaskGroup(of: OpenIDAnswer?.self) { group in
                group.addTask { [client] in try await Self.exchange(request, with: client, largest: limits.answer) }
                group.addTask {
                    try await ContinuousClock().sleep(for: limits.time)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let answer = first else {
                    throw OpenIDError(.providerTimedOut, "The provider gave no complete answer within \(limits.time).")
                }
                return answer
            }
        } catch let error as OpenIDError {
            throw error
        } catch {
            throw OpenIDError(.providerUnreachable, "The provider could not be reached, or broke off its answer.", cause: error)
        }
    }

    private static func exchange(_ request: OpenIDRequest, with client: HTTPClient, largest: Int) async throws -> OpenIDAnswer {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers.add(name: "Accept", value: "application/json")
        if let authorization = request.authorization { message.headers.add(name: "Authorization", value: authorization.reveal()) }
        if let form = request.form {
            message.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            message.body = .bytes(Array(form.reveal().utf8))
        }
        let answer = try await client.execute(message, deadline: .distantFuture)
        let tooLarge = OpenIDError(.answerTooLarge, "The provider's answer is larger than \(largest) bytes.")
        if let length = answer.headers.first(name: "Content-Length").flatMap(Int.init), length > largest { throw tooLarge }
        var body: [UInt8] = []
        for try await part in answer.body {
            guard body.count + part.readableBytes <= largest else { throw tooLarge }
            body.append(contentsOf: part.readableBytesView)
        }
        let cacheControl = answer.headers[canonicalForm: "Cache-Control"].joined(separator: ",")
        return OpenIDAnswer(status: Int(answer.status.code), cacheControl: cacheControl.isEmpty ? nil : cacheControl, body: body)
    }
}
