import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Serves whatever a test says, on a free port.
func withStandIn<Value: Sendable>(
    _ answer: @escaping @Sendable (_ request: Request, _ origin: String) async throws -> Response,
    _ body: @escaping @Sendable (String) async throws -> Value
) async throws -> Value {
    let (ports, port) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(1))
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
        try await answer(request, "http://\(request.head.authority ?? "")")
    }
    let server = Application(
        responder: responder,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
        logger: Logger(label: "stand-in") { _ in SwiftLogNoOpLogHandler() }
    )
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await server.run()
            return nil
        }
        group.addTask {
            for await port in ports { return try await body("http://127.0.0.1:\(port)") }
            return nil
        }
        defer { group.cancelAll() }
        while let value = try await group.next() {
            if let value { return value }
        }
        throw CancellationError()
    }
}
