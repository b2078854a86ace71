import JSONValue
import NIOConcurrencyHelpers
import OpenClawGateway

/// Gateways of a script, without sockets.
struct ScriptedTransport: GatewayTransport {
    /// What the gateway does about a call.
    enum Step: Sendable {
        case answer(JSON)
        case refuse(GatewayFailure)
        case event(GatewayEvent)
        /// It ends the connection.
        case close(UInt16)
    }

    /// What every connection begins with.
    var hello: JSON = [
        "type": "hello-ok", "protocol": 4, "server": ["version": "1", "connId": "c"], "features": ["methods": [], "events": []],
        "policy": ["maxPayload": 26_214_400, "maxBufferedBytes": 1, "tickIntervalMs": 15_000],
    ]
    /// How long the gateway takes to answer a close of the client's.
    var closing: Duration = .zero
    /// What the gateway does about a call, by the number of the connection (from 1).
    let script: @Sendable (Int, GatewayRequest) -> [Step]
    private let connections = NIOLockedValueBox(0)

    init(script: @escaping @Sendable (Int, GatewayRequest) -> [Step]) { self.script = script }

    func run(
        to endpoint: GatewayEndpoint,
        opened: @Sendable (any GatewayOutbound) async -> Void,
        received: @Sendable ([UInt8]) async -> Void
    ) async throws -> GatewayClosing {
        let number = connections.withLockedValue {
            $0 += 1; return $0
        }
        let (texts, continuation) = AsyncStream.makeStream(of: [UInt8]?.self)
        await opened(Outbound(texts: continuation))
        await received(GatewayFrame.event(GatewayEvent(name: "connect.challenge", payload: ["nonce": "n"])).encoded)
        for await text in texts {
            guard let text else {
                try await ContinuousClock().sleep(for: closing)  // wait: the gateway's own slowness
                return GatewayClosing(code: 1000)
            }
            guard case .request(let request) = try GatewayFrame(parsing: text, .closed) else { continue }
            let steps = request.method == "connect" ? [.answer(hello)] : script(number, request)
            for step in steps {
                switch step {
                case .answer(let payload):
                    await received(GatewayFrame.response(GatewayResponse(id: request.id, result: .success(payload))).encoded)
                case .refuse(let failure):
                    await received(GatewayFrame.response(GatewayResponse(id: request.id, result: .failure(failure))).encoded)
                case .event(let event): await received(GatewayFrame.event(event).encoded)
                case .close(let code): return GatewayClosing(code: code, reason: "service restart")
                }
            }
        }
        throw CancellationError()
    }

    private struct Outbound: GatewayOutbound {
        /// `nil` is the close.
        let texts: AsyncStream<[UInt8]?>.Continuation

        func send(_ bytes: [UInt8]) -> Bool {
            if case .enqueued = texts.yield(bytes) { true } else { false }
        }

        func close(code: UInt16, reason: String) { texts.yield(nil) }
    }
}
