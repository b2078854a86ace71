import Crypto
import HTTPTypes
import Hummingbird
import JSONValue
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// The digest by which LiteLLM knows keys.
public enum ModelProxyDigest {
    /// SHA-256 in hexadecimal.
    public static func hash(of value: String) -> String {
        SHA256.hash(data: Array(value.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// A stand-in for a LiteLLM proxy over real HTTP, which can be told to fail.
public final class ModelProxyStandIn: Sendable {
    /// The master key that it takes.
    public static let masterKey = "sk-master-0123456789"

    private struct Box {
        var state = ModelProxyState()
        var failure: (path: String?, status: Int)?
        var calls: [String] = []
        var alerts: [JSON] = []
    }

    private let box = NIOLockedValueBox(Box())
    /// Where it is: `http://127.0.0.1:port`.
    public let base: String

    private init(base: String) { self.base = base }

    /// What it holds.
    public var state: ModelProxyState { box.withLockedValue { $0.state } }
    /// What it was asked, as in `POST /key/generate`.
    public var calls: [String] { box.withLockedValue { $0.calls } }

    /// What was sent to `/alerts`, where it takes alerts besides.
    public var alerts: [JSON] { box.withLockedValue { $0.alerts } }

    /// Changes what it holds.
    public func change(_ body: (inout ModelProxyState) -> Void) { box.withLockedValue { body(&$0.state) } }

    /// Has it fail from now on.
    ///
    /// - Parameters:
    ///   - status: what it answers.
    ///   - path: for which path alone; default every one.
    public func fail(_ status: Int, at path: String? = nil) { box.withLockedValue { $0.failure = (path, status) } }

    /// Has it work again.
    public func recover() { box.withLockedValue { $0.failure = nil } }

    private func answer(_ method: String, _ path: String, _ query: [String: String], _ key: String?, _ text: String) -> (Int, JSON) {
        box.withLockedValue { box in
            box.calls.append("\(method) \(path)")
            if let failure = box.failure, failure.path == nil || failure.path == path {
                return (failure.status, ["error": ["message": "SECRET-UPSTREAM-TEXT"]])
            }
            if path == "/alerts" {
                box.alerts.append((try? JSON(parsing: text)) ?? .null)
                return (204, .null)
            }
            guard key == "Bearer \(Self.masterKey)" else { return (401, ["error": ["message": "SECRET-UPSTREAM-TEXT"]]) }
            return box.state.answer(method, path, query: query, body: (try? JSON(parsing: text)) ?? [:])
        }
    }

    /// Runs a stand-in.
    ///
    /// - Parameter body: uses it.
    public static func run<Value: Sendable>(_ body: @Sendable (ModelProxyStandIn) async throws -> Value) async throws -> Value {
        let holder = NIOLockedValueBox<ModelProxyStandIn?>(nil)
        var logger = Logger(label: "model-proxy-stand-in")
        logger.logLevel = .critical
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                guard let standIn = holder.withLockedValue({ $0 }) else { return Response(status: .serviceUnavailable) }
                let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
                var query: [String: String] = [:]
                for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
                let (status, json) = standIn.answer(
                    request.method.rawValue,
                    request.uri.path,
                    query,
                    request.headers[.authorization],
                    text
                )
                return Response(
                    status: .init(code: status),
                    headers: [.contentType: "application/json"],
                    body: .init(byteBuffer: ByteBuffer(bytes: json.serialized()))
                )
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
            let standIn = ModelProxyStandIn(base: "http://127.0.0.1:\(number)")
            holder.withLockedValue { $0 = standIn }
            return try await body(standIn)
        }
    }
}
