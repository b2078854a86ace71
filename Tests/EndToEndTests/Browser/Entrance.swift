import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// What stands before the replicas: one address with TLS, behind which a test chooses who answers.
final class Entrance: Sendable {
    /// Where all callers seem to come from: a proxy tells the replicas (RFC 5737: an address of nobody).
    static let caller = "203.0.113.7"

    private struct State: Sendable {
        var replicas: [String] = []
        var chosen = 0
        var targets: [String] = []
        var counts: [Int: Int] = [:]
    }

    private let state = NIOLockedValueBox(State())
    private let client: HTTPClient

    private init() {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Opens it for as long as `body` takes, which gets its origin as well.
    static func run(_ identity: TestIdentity, _ body: @escaping @Sendable (Entrance, String) async throws -> Void) async throws {
        let entrance = Entrance()
        do {
            try await LocalSite.run(identity, respond: { try await entrance.forward($0) }) { port in
                try await body(entrance, "https://localhost:\(port)")
            }
            try await entrance.client.shutdown()
        } catch {
            try? await entrance.client.shutdown()
            throw error
        }
    }

    /// Puts it before replicas.
    func lead(to replicas: [String]) { state.withLockedValue { $0.replicas = replicas } }

    /// Has a replica answer everything from now on.
    func use(_ replica: Int) { state.withLockedValue { $0.chosen = replica } }

    /// How many requests a replica has answered.
    func count(of replica: Int) -> Int { state.withLockedValue { $0.counts[replica] ?? 0 } }

    /// The last request whose path and query begin with a text.
    func lastTarget(beginning prefix: String) -> String? { state.withLockedValue { $0.targets.last { $0.hasPrefix(prefix) } } }

    private func forward(_ request: Request) async throws -> Response {
        let base = state.withLockedValue { state in
            state.targets.append(request.uri.string)
            state.counts[state.chosen, default: 0] += 1
            return state.replicas.indices.contains(state.chosen) ? state.replicas[state.chosen] : nil
        }
        guard let base else { return Response(status: .serviceUnavailable) }
        var onward = HTTPClientRequest(url: base + request.uri.string)
        onward.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers where !Self.isOfTheConnection(field.name.canonicalName) {
            onward.headers.add(name: field.name.rawName, value: field.value)
        }
        onward.headers.replaceOrAdd(name: "Host", value: request.head.authority ?? "localhost")
        onward.headers.replaceOrAdd(name: "X-Forwarded-For", value: Self.caller)
        let body = try await request.body.collect(upTo: 1 << 20)
        if body.readableBytes > 0 { onward.body = .bytes(body) }
        let answer = try await client.execute(onward, timeout: .seconds(60))
        var headers = HTTPFields()
        for (name, value) in answer.headers where !Self.isOfTheConnection(name.lowercased()) {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        return Response(
            status: .init(code: Int(answer.status.code)),
            headers: headers,
            body: ResponseBody(byteBuffer: try await answer.body.collect(upTo: 16 << 20))
        )
    }

    private static func isOfTheConnection(_ name: String) -> Bool {
        ["connection", "keep-alive", "transfer-encoding", "content-length", "host", "te", "upgrade"].contains(name)
    }
}
