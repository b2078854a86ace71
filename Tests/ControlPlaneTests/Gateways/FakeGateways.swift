import JSONValue
import KubernetesClient
import Logging
import NIOConcurrencyHelpers
import OpenClawGateway
import ServiceLifecycle

@testable import ControlPlane

/// Gateways in memory, which count who connects.
final class FakeTransport: GatewayTransport {
    /// How they behave.
    enum Mode: Sendable {
        /// They let everybody in.
        case welcoming
        /// They let nobody in.
        case refusing(GatewayFailure)
        /// They take the connection and say nothing.
        case silent
        /// There are none.
        case absent
    }

    private struct State {
        var mode: Mode
        var opened = 0
        var open = 0
        var ports: [Int] = []
    }

    private let state: NIOLockedValueBox<State>

    init(_ mode: Mode = .welcoming) { state = NIOLockedValueBox(State(mode: mode)) }

    /// How many sockets were opened.
    var opened: Int { state.withLockedValue { $0.opened } }
    /// How many are open.
    var open: Int { state.withLockedValue { $0.open } }
    /// The ports they were opened to.
    var ports: [Int] { state.withLockedValue { $0.ports } }

    func become(_ mode: Mode) { state.withLockedValue { $0.mode = mode } }

    func run(
        to endpoint: GatewayEndpoint,
        opened: @Sendable (any GatewayOutbound) async -> Void,
        received: @Sendable ([UInt8]) async -> Void
    ) async throws -> GatewayClosing {
        let mode = state.withLockedValue { state in
            state.opened += 1
            state.open += 1
            state.ports.append(endpoint.port)
            return state.mode
        }
        defer { state.withLockedValue { $0.open -= 1 } }
        if case .absent = mode { throw GatewayError(.unreachable, "There is no connection.") }
        let (texts, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        await opened(Outbound(texts: continuation))
        if case .silent = mode {
        } else {
            await received(GatewayFrame.event(GatewayEvent(name: "connect.challenge", payload: ["nonce": "n", "ts": 1])).encoded)
        }
        for await text in texts {
            guard case .request(let request) = try GatewayFrame(parsing: text) else { continue }
            let result: Result<JSON, GatewayFailure> =
                if case .refusing(let failure) = mode { .failure(failure) } else { .success(Self.answer(to: request)) }
            await received(GatewayFrame.response(GatewayResponse(id: request.id, result: result)).encoded)
        }
        try Task.checkCancellation()
        return GatewayClosing(code: 1000)
    }

    private static func answer(to request: GatewayRequest) -> JSON {
        guard request.method == "connect" else { return ["method": .string(request.method)] }
        return ["type": "hello-ok", "protocol": 4, "server": ["version": "fake"], "policy": ["tickIntervalMs": 600_000]]
    }

    private struct Outbound: GatewayOutbound {
        let texts: AsyncStream<[UInt8]>.Continuation
        func send(_ bytes: [UInt8]) -> Bool {
            texts.yield(bytes)
            return true
        }
        func close(code: UInt16, reason: String) { texts.finish() }
    }
}

/// Runs a test with connections to gateways.
///
/// - Parameters:
///   - time: the clock.
///   - locate: where they are.
func withTenantGateways(
    limits: GatewayTable.Limits = .init(),
    transport: any GatewayTransport = WebSocketTransport(),
    time: TimeSource = .system,
    locate: @escaping @Sendable (String) async throws -> GatewayAccess,
    _ body: @escaping @Sendable (TenantGateways) async throws -> Void
) async throws {
    let gateways = TenantGateways(
        limits: limits,
        locate: locate,
        transport: transport,
        time: time,
        random: { 0 },
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await gateways.run() }
        defer { group.cancelAll() }
        try await body(gateways)
    }
}
