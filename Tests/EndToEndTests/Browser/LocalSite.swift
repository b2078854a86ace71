import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore

/// Sites of this machine.
enum LocalSite {
    /// Runs a site on a free port for as long as `body` takes, which gets its port.
    ///
    /// - Parameter identity: its certificate; nil for plain HTTP.
    static func run(
        _ identity: TestIdentity? = nil,
        respond: @escaping @Sendable (Request) async throws -> Response,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "site")
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await respond(request) },
            server: try identity.map { try .tls(.http1(), tlsConfiguration: $0.tls) } ?? .http1(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
            try await body(number)
        }
    }

    /// A page.
    static func page(_ html: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "<!DOCTYPE html><title>A site</title>\(html)"))
        )
    }
}
