import JSONValue
import NIOConcurrencyHelpers
import OpenClawGateway

/// A transport over which a number of calls go, and then nothing more: as when the process that calls is killed.
final class CuttingTransport: GatewayTransport {
    /// When the last call is cut.
    enum Cut: Sendable, CaseIterable {
        /// It does not leave.
        case before
        /// It leaves, and its answer does not come back.
        case after
    }

    private struct State {
        var left: Int
        var methods: [JSON] = []
        var isCut = false
    }

    private let base = WebSocketTransport()
    private let cut: Cut
    private let state: NIOLockedValueBox<State>
    private let signal: AsyncStream<Never>.Continuation
    /// Ends when the transport is cut.
    let isCut: AsyncStream<Never>

    /// A transport.
    ///
    /// - Parameters:
    ///   - calls: how many calls go through; default all.
    ///   - cut: when the next one is cut.
    init(calls: Int = .max, cut: Cut = .before) {
        self.cut = cut
        state = NIOLockedValueBox(State(left: calls))
        (isCut, signal) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))
    }

    /// The calls that went through, besides the handshake.
    var calls: [JSON] { state.withLockedValue { $0.methods } }

    func run(
        to endpoint: GatewayEndpoint,
        opened: @Sendable (any GatewayOutbound) async -> Void,
        received: @Sendable ([UInt8]) async -> Void
    ) async throws -> GatewayClosing {
        if state.withLockedValue({ $0.isCut }) { throw GatewayError(.unreachable, "cut") }
        return try await base.run(
            to: endpoint,
            opened: { await opened(Outbound(transport: self, base: $0)) },
            received: { bytes in if !self.state.withLockedValue({ $0.isCut }) { await received(bytes) } }
        )
    }

    private struct Outbound: GatewayOutbound {
        let transport: CuttingTransport
        let base: any GatewayOutbound

        func send(_ bytes: [UInt8]) -> Bool { transport.passes(bytes) ? base.send(bytes) : false }
        func close(code: UInt16, reason: String) { base.close(code: code, reason: reason) }
    }

    private func passes(_ bytes: [UInt8]) -> Bool {
        guard let frame = try? JSON(parsing: bytes), frame["type"] == "req", frame["method"] != "connect" else {
            return state.withLockedValue { !$0.isCut }
        }
        return state.withLockedValue { state in
            guard !state.isCut else { return false }
            guard state.left == 0 else {
                state.left -= 1
                state.methods.append(frame)
                return true
            }
            state.isCut = true
            signal.finish()
            if cut == .after { state.methods.append(frame) }
            return cut == .after
        }
    }
}
