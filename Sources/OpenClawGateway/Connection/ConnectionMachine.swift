import JSONValue

/// One connection to a gateway as a state machine without I/O: what came in and what time it is go in, what to do comes out.
///
/// Challenge, handshake, calls with time limits, events with the gaps between them, and silence that means the other side is gone.
public struct ConnectionMachine: Sendable {
    /// The time limits and bounds of a connection.
    public struct Limits: Sendable, Hashable {
        /// How long the challenge may take. Default: 15 seconds.
        public var challenge: Duration = .seconds(15)
        /// How long the answer to `connect` may take. Default: 30 seconds.
        public var connect: Duration = .seconds(30)
        /// How many calls may be open. Default: 256.
        public var openCalls = 256
        /// The largest frame before the handshake, in bytes. Default: 65,536, which is the gateway's bound.
        public var firstFrame = 65_536

        /// The defaults.
        public init() {}
    }

    /// What to do.
    public enum Action: Sendable, Hashable {
        /// Send a text frame.
        case send([UInt8])
        /// Close the connection.
        case close(code: UInt16, reason: String)
        /// The gateway let this client in.
        case opened(GatewayHello)
        /// The gateway did not let this client in; the connection is to be closed.
        case refused(GatewayError)
        /// A connection that had come about is over; it is to be closed if it is not.
        case ended(GatewayError)
        /// A call has ended.
        case complete(call: String, Result<JSON, GatewayError>)
        /// An event came.
        case deliver(GatewayEvent)
        /// Events were lost: what is known of the gateway is to be fetched again.
        case gap(expected: Int64, received: Int64)
    }

    /// When something happens.
    public struct Moment: Sendable, Hashable {
        /// Since any fixed moment, on a clock that is never set.
        public var elapsed: Duration
        /// Since 1970, in milliseconds, for signatures.
        public var milliseconds: Int64

        /// A moment.
        public init(elapsed: Duration, milliseconds: Int64 = 0) {
            self.elapsed = elapsed
            self.milliseconds = milliseconds
        }
    }

    private enum State {
        case challenged(deadline: Duration)
        case connecting(id: String, deadline: Duration)
        case open(GatewayHello)
        case closed
    }

    private struct Call {
        var method: String
        var deadline: Duration
        var takesFinalOnly: Bool
    }

    /// The close code of a client that heard nothing for too long.
    public static let silenceCode: UInt16 = 4000

    private let parameters: ConnectParameters
    private let limits: Limits
    private var state: State
    private var calls: [String: Call] = [:]
    private var lastHeard: Duration
    private var lastSequence: Int64?
    private var counter = 0

    /// A connection whose socket has just opened.
    ///
    /// - Parameters:
    ///   - parameters: who this client is.
    ///   - limits: the time limits. Default: those of the reference client.
    ///   - now: the moment it opened.
    public init(_ parameters: ConnectParameters, limits: Limits = Limits(), now: Moment) {
        self.parameters = parameters
        self.limits = limits
        lastHeard = now.elapsed
        state = .challenged(deadline: now.elapsed + limits.challenge)
    }

    /// What the gateway said of itself; `nil` before and after.
    public var hello: GatewayHello? {
        if case .open(let hello) = state { hello } else { nil }
    }

    /// How many calls are open.
    public var openCalls: Int { calls.count }

    // MARK: - From the gateway

    /// A text frame came in.
    public mutating func received(_ bytes: some Sequence<UInt8>, at now: Moment) -> [Action] {
        if case .closed = state { return [] }
        lastHeard = now.elapsed
        let frame: GatewayFrame
        do throws(GatewayFrameError) { frame = try GatewayFrame(parsing: bytes) } catch {
            // Kinds of frames that are not known belong to newer gateways; a broken one is a broken gateway.
            if hello != nil, error.message.hasPrefix("the frame has the unknown type") { return [] }
            return end(GatewayError(.invalidAnswer, "The gateway sent no frame: \(error.message)"), code: 1002)
        }
        switch (state, frame) {
        case (.challenged, .event(let event)) where event.name == "connect.challenge": return challenged(event, at: now)
        case (.connecting(let id, _), .response(let response)) where response.id == id: return answered(response)
        case (.open, .event(let event)): return told(event)
        case (.open, .response(let response)): return answered(call: response)
        // Before the handshake nothing else matters; afterwards a gateway asks nothing.
        default: return []
        }
    }

    /// The socket is closed.
    public mutating func closed(code: UInt16?, reason: String) -> [Action] {
        guard case .closed = state else {
            let why = code.map { Self.meaning(of: $0) } ?? "the connection broke"
            let text = reason.isEmpty ? why : "\(why) (\(reason))"
            return fail(GatewayError(.closed, "The gateway's connection ended: \(text).", closeCode: code))
        }
        return []
    }

    // MARK: - From the caller

    /// A call is to be made.
    ///
    /// - Parameters:
    ///   - id: names the call in ``Action/complete(call:_:)``; unique among the open ones.
    ///   - method: the method.
    ///   - params: its arguments, an object.
    ///   - timeout: how long the answer may take.
    ///   - takesFinalOnly: whether an answer that only says that the call was accepted is waited beyond.
    ///   - now: the time.
    public mutating func call(
        _ id: String,
        method: String,
        params: JSON,
        timeout: Duration,
        takesFinalOnly: Bool = false,
        at now: Moment
    ) -> [Action] {
        guard case .open(let hello) = state else {
            return [.complete(call: id, .failure(GatewayError(.unreachable, "There is no connection to the gateway.")))]
        }
        guard hello.has(method) else {
            return [.complete(call: id, .failure(GatewayError(.unsupported, "The gateway does not have \(method).")))]
        }
        guard calls.count < limits.openCalls else {
            return [.complete(call: id, .failure(GatewayError(.busy, "There are \(calls.count) calls open to the gateway.")))]
        }
        let bytes = GatewayFrame.request(GatewayRequest(id: id, method: method, params: params)).encoded
        guard bytes.count <= hello.largestPayload else {
            return [.complete(call: id, .failure(GatewayError(.tooLarge, "The call of \(method) is larger than the gateway takes.")))]
        }
        calls[id] = Call(method: method, deadline: now.elapsed + timeout, takesFinalOnly: takesFinalOnly)
        return [.send(bytes)]
    }

    /// Nobody waits for a call any more.
    public mutating func cancel(_ id: String) -> [Action] {
        guard let call = calls.removeValue(forKey: id) else { return [] }
        let end = Action.complete(call: id, .failure(GatewayError(.cancelled, "The call of \(call.method) was cancelled.")))
        guard let hello, hello.protocolVersion >= 4 else { return [end] }
        return [.send(GatewayFrame.cancel(id: id).encoded), end]
    }

    /// The connection is to end.
    public mutating func close() -> [Action] {
        if case .closed = state { return [] }
        return end(GatewayError(.closed, "The connection to the gateway was closed."), code: 1000)
    }

    // MARK: - Time

    /// When ``elapsed(at:)`` is to be called at the latest; `nil` when nothing waits.
    public var nextDeadline: Duration? {
        switch state {
        case .challenged(let deadline), .connecting(_, let deadline): deadline
        case .open(let hello): min(lastHeard + hello.tickInterval * 2, calls.values.map(\.deadline).min() ?? .seconds(Int64.max / 4))
        case .closed: nil
        }
    }

    /// Time has passed.
    public mutating func elapsed(at now: Moment) -> [Action] {
        switch state {
        case .challenged(let deadline) where now.elapsed >= deadline:
            return end(GatewayError(.timeout, "The gateway sent no challenge in time."), code: 1002)
        case .connecting(_, let deadline) where now.elapsed >= deadline:
            return end(GatewayError(.timeout, "The gateway did not answer the handshake in time."), code: 1002)
        case .open(let hello):
            let silence = hello.tickInterval * 2
            if now.elapsed - lastHeard >= silence {
                return end(
                    GatewayError(.closed, "Nothing was heard of the gateway for two of its ticks.", closeCode: Self.silenceCode),
                    code: Self.silenceCode
                )
            }
            let late = calls.filter { $0.value.deadline <= now.elapsed }.sorted { $0.key < $1.key }
            return late.map { id, call in
                calls[id] = nil
                return .complete(call: id, .failure(GatewayError(.timeout, "The gateway did not answer \(call.method) in time.")))
            }
        default: return []
        }
    }

    // MARK: - Steps

    private mutating func challenged(_ event: GatewayEvent, at now: Moment) -> [Action] {
        guard let nonce = event.payload["nonce"]?.stringValue, !nonce.isEmpty else {
            return end(GatewayError(.invalidAnswer, "The gateway's challenge has no nonce."), code: 1002)
        }
        let id = "connect"
        let arguments: JSON
        do { arguments = try parameters.arguments(nonce: nonce, signedAt: now.milliseconds) } catch {
            return end(GatewayError(.refused, "The device's key cannot sign."), code: 1000)
        }
        let bytes = GatewayFrame.request(GatewayRequest(id: id, method: "connect", params: arguments)).encoded
        guard bytes.count <= limits.firstFrame else {
            return end(GatewayError(.tooLarge, "The handshake is larger than a gateway takes."), code: 1000)
        }
        state = .connecting(id: id, deadline: now.elapsed + limits.connect)
        return [.send(bytes)]
    }

    private mutating func answered(_ response: GatewayResponse) -> [Action] {
        switch response.result {
        case .failure(let failure):
            return end(GatewayError(.refused, "The gateway refused the connection: \(failure.message)", failure: failure), code: 1000)
        case .success(let payload):
            let hello: GatewayHello
            do throws(GatewayFrameError) { hello = try GatewayHello(payload) } catch {
                return end(GatewayError(.invalidAnswer, "The gateway's answer is wrong: \(error.message)"), code: 1002)
            }
            guard ConnectParameters.protocols.contains(Int64(hello.protocolVersion)) else {
                let failure = GatewayFailure(
                    code: GatewayFailure.Code.invalidRequest,
                    message: "protocol \(hello.protocolVersion) is not spoken here",
                    details: ["code": "PROTOCOL_MISMATCH"]
                )
                return end(GatewayError(.refused, "The gateway speaks another protocol: upgrade it.", failure: failure), code: 1002)
            }
            state = .open(hello)
            return [.opened(hello)]
        }
    }

    private mutating func answered(call response: GatewayResponse) -> [Action] {
        guard let call = calls[response.id] else { return [] }
        switch response.result {
        case .success(let payload):
            if call.takesFinalOnly, payload["status"]?.stringValue == "accepted" { return [] }
            calls[response.id] = nil
            return [.complete(call: response.id, .success(payload))]
        case .failure(let failure):
            calls[response.id] = nil
            return [.complete(call: response.id, .failure(.failed(call.method, failure)))]
        }
    }

    private mutating func told(_ event: GatewayEvent) -> [Action] {
        var actions: [Action] = []
        if let sequence = event.sequence {
            if let lastSequence, sequence != lastSequence + 1 { actions.append(.gap(expected: lastSequence + 1, received: sequence)) }
            lastSequence = sequence
        }
        actions.append(.deliver(event))
        return actions
    }

    private mutating func end(_ error: GatewayError, code: UInt16) -> [Action] {
        fail(error) + [.close(code: code, reason: error.code.rawValue)]
    }

    private mutating func fail(_ error: GatewayError) -> [Action] {
        let wasOpen = hello != nil
        state = .closed
        let open = calls.keys.sorted()
        calls = [:]
        let completions = open.map { Action.complete(call: $0, .failure(error)) }
        return wasOpen ? completions + [.ended(error)] : [.refused(error)] + completions
    }

    private static func meaning(of code: UInt16) -> String {
        switch code {
        case 1000: "it was closed"
        case 1001: "the gateway goes away"
        case 1008: "the gateway's policy does not allow it"
        case 1009: "a message was too large"
        case 1012: "the gateway restarts"
        default: "close code \(code)"
        }
    }
}
