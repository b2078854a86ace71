import JSONValue
import OpenClawGateway

/// The gateway's side of one connection, as a state machine without I/O.
struct ServerConnection: Sendable {
    enum Action: Sendable, Hashable {
        /// Send a text.
        case send([UInt8])
        /// Close the connection.
        case close(code: UInt16, reason: String)
        /// Decide whether the client is let in, and say so by ``ServerConnection/admitted(_:_:)``.
        case admit(id: String, params: JSON)
        /// Answer a call.
        case call(GatewayRequest)
        /// Nobody waits for a call any more.
        case cancel(id: String)
    }

    private enum State {
        case challenged
        case admitting
        case open(AdmissionRules.Admitted)
        case closed
    }

    /// The largest text before a client is let in, in bytes.
    static let firstFrame = 65_536
    /// How long a client may take for its handshake.
    static let handshake: Duration = .seconds(15)

    let nonce: String
    private let deadline: Duration
    private var state = State.challenged
    private var sequence: Int64 = 0

    init(nonce: String, at now: Duration) {
        self.nonce = nonce
        deadline = now + Self.handshake
    }

    /// Who the client is, once it was let in.
    var client: AdmissionRules.Admitted? {
        if case .open(let client) = state { client } else { nil }
    }

    /// The socket is open.
    func opened(milliseconds: Int64) -> [Action] {
        let payload: JSON = ["nonce": .string(nonce), "ts": .integer(milliseconds)]
        return [.send(GatewayFrame.event(GatewayEvent(name: "connect.challenge", payload: payload)).encoded)]
    }

    mutating func received(_ bytes: [UInt8]) -> [Action] {
        let isFirst = client == nil
        guard !isFirst || bytes.count <= Self.firstFrame else { return close(1009, "frame too large") }
        let frame: GatewayFrame
        do throws(GatewayFrameError) { frame = try GatewayFrame(parsing: bytes, .closed) } catch {
            return close(1008, "invalid frame: \(error.message)")
        }
        switch (state, frame) {
        case (.closed, _), (.admitting, _): return []
        case (.challenged, .request(let request)):
            guard request.method == "connect" else { return close(1008, "invalid handshake: first request must be connect") }
            state = .admitting
            return [.admit(id: request.id, params: request.params)]
        case (.challenged, _): return close(1008, "invalid handshake: first request must be connect")
        case (.open, .request(let request)):
            guard request.method != "connect" else {
                return [.send(Self.answer(request.id, .failure(.invalid("connect is only valid as the first request"))))]
            }
            return [.call(request)]
        case (.open, .cancel(let id)): return [.cancel(id: id)]
        case (.open, _): return close(1008, "invalid frame: only requests are expected")
        }
    }

    /// It was decided whether the client is let in.
    ///
    /// - Parameter result: who it is with what it is told, or why not.
    mutating func admitted(_ id: String, _ result: Result<(AdmissionRules.Admitted, JSON), GatewayFailure>) -> [Action] {
        switch result {
        case .success(let (client, hello)):
            state = .open(client)
            return [.send(Self.answer(id, .success(hello)))]
        case .failure(let failure):
            return [.send(Self.answer(id, .failure(failure)))] + close(1008, failure.message)
        }
    }

    /// Tells an event, with the next number; clients that were not let in hear none.
    mutating func tell(_ event: GatewayEvent) -> [Action] {
        guard let client else { return [] }
        if let scope = MethodTable.scope(ofEvent: event.name), !MethodTable.allows(client.scopes, scope) { return [] }
        sequence += 1
        var event = event
        event.sequence = sequence
        return [.send(GatewayFrame.event(event).encoded)]
    }

    /// Time has passed.
    mutating func elapsed(at now: Duration) -> [Action] {
        guard case .challenged = state, now >= deadline else { return [] }
        return close(1008, "handshake timeout")
    }

    mutating func close(_ code: UInt16, _ reason: String) -> [Action] {
        if case .closed = state { return [] }
        state = .closed
        return [.close(code: code, reason: reason)]
    }

    static func answer(_ id: String, _ result: Result<JSON, GatewayFailure>) -> [UInt8] {
        GatewayFrame.response(GatewayResponse(id: id, result: result)).encoded
    }
}
