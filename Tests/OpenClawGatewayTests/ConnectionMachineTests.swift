import JSONValue
import OpenClawGateway
import Testing

@Suite("A connection, step by step")
struct ConnectionMachineTests {
    typealias Machine = ConnectionMachine

    static func at(_ seconds: Double) -> Machine.Moment {
        Machine.Moment(elapsed: .milliseconds(Int64(seconds * 1000)), milliseconds: 1_795_000_000_123)
    }

    static func frame(_ json: JSON) -> [UInt8] { json.serialized() }

    static let challenge = frame(["type": "event", "event": "connect.challenge", "payload": ["nonce": "n1", "ts": 1]])

    static func hello(protocol number: Int64 = 4, methods: [String] = [], tick: Int64 = 15_000, payload: Int64 = 26_214_400) -> [UInt8] {
        frame([
            "type": "res", "id": "connect", "ok": true,
            "payload": [
                "type": "hello-ok", "protocol": .integer(number), "server": ["version": "2026.8.1", "connId": "k3"],
                "features": ["methods": .array(methods.map { .string($0) }), "events": ["tick"]],
                "policy": ["maxPayload": .integer(payload), "maxBufferedBytes": 1, "tickIntervalMs": .integer(tick)],
            ],
        ])
    }

    static func machine(_ change: (inout ConnectParameters) -> Void = { _ in }) -> Machine {
        var parameters = ConnectParameters(displayName: "crane", version: "1")
        parameters.token = "secret"
        change(&parameters)
        return Machine(parameters, now: at(0))
    }

    /// A machine that has been let in.
    static func open(methods: [String] = [], protocol number: Int64 = 4, payload: Int64 = 26_214_400) -> Machine {
        var machine = machine()
        _ = machine.received(challenge, at: at(0.1))
        _ = machine.received(hello(protocol: number, methods: methods, payload: payload), at: at(0.2))
        return machine
    }

    @Test("The challenge is answered by a connect whose signature covers the nonce")
    func handshake() throws {
        let device = DeviceIdentity()
        var machine = Self.machine { $0.device = device }
        let actions = machine.received(Self.challenge, at: Self.at(1))
        guard case .send(let bytes)? = actions.first, actions.count == 1 else { Issue.record("\(actions)"); return }
        guard case .request(let request) = try GatewayFrame(parsing: bytes, .closed) else { Issue.record("no request"); return }
        #expect(request.method == "connect")
        #expect(request.params["minProtocol"] == 3)
        #expect(request.params["maxProtocol"] == 4)
        #expect(request.params[at: ["client", "id"]] == "gateway-client")
        #expect(request.params[at: ["auth", "token"]] == "secret")
        #expect(request.params[at: ["device", "nonce"]] == "n1")
        let text = DeviceSignatureText(
            deviceID: device.id,
            clientID: "gateway-client",
            clientMode: "backend",
            role: "operator",
            scopes: ["operator.read", "operator.write", "operator.admin"],
            signedAt: 1_795_000_000_123,
            token: "secret",
            nonce: "n1",
            platform: "linux"
        )
        let signature = try #require(request.params[at: ["device", "signature"]]?.stringValue)
        #expect(DeviceIdentity.verifies(signature, of: text.version3, publicKey: device.publicKey))

        let opened = machine.received(Self.hello(), at: Self.at(1.1))
        guard case .opened(let hello)? = opened.first else { Issue.record("\(opened)"); return }
        #expect(hello.version == "2026.8.1")
        #expect(machine.hello == hello)
    }

    @Test("A handshake that is refused ends the connection with the gateway's word")
    func refused() {
        var machine = Self.machine()
        _ = machine.received(Self.challenge, at: Self.at(0))
        let answer: JSON = [
            "type": "res", "id": "connect", "ok": false,
            "error": ["code": "INVALID_REQUEST", "message": "bad nonce", "details": ["code": "DEVICE_AUTH_NONCE_MISMATCH"]],
        ]
        let actions = machine.received(Self.frame(answer), at: Self.at(0.1))
        guard case .refused(let error)? = actions.first else { Issue.record("\(actions)"); return }
        #expect(error.code == .refused)
        #expect(error.kind == .authentication)
        #expect(actions.last == .close(code: 1000, reason: "gateway_refused"))
        #expect(machine.received(Self.hello(), at: Self.at(0.2)).isEmpty)
    }

    @Test("A gateway that speaks another protocol is not spoken to", arguments: [2, 5])
    func protocols(_ number: Int64) {
        var machine = Self.machine()
        _ = machine.received(Self.challenge, at: Self.at(0))
        let actions = machine.received(Self.hello(protocol: number), at: Self.at(0.1))
        guard case .refused(let error)? = actions.first else { Issue.record("\(actions)"); return }
        #expect(error.kind == .protocolMismatch)
        #expect(error.failure?.allowsReconnect == false)
    }

    @Test("A challenge without nonce, a frame that is none, and a hello that is none end the connection")
    func broken() {
        for bytes in [Self.frame(["type": "event", "event": "connect.challenge", "payload": [:]]), Array("nonsense".utf8)] {
            var machine = Self.machine()
            guard case .refused(let error)? = machine.received(bytes, at: Self.at(0)).first else { Issue.record("not refused"); return }
            #expect(error.code == .invalidAnswer)
        }
        var machine = Self.machine()
        _ = machine.received(Self.challenge, at: Self.at(0))
        let answer = Self.frame(["type": "res", "id": "connect", "ok": true, "payload": ["type": "welcome"]])
        guard case .refused(let error)? = machine.received(answer, at: Self.at(0)).first else { Issue.record("not refused"); return }
        #expect(error.code == .invalidAnswer)
    }

    @Test("Challenge and handshake have a time limit each")
    func slowHandshake() {
        var machine = Self.machine()
        #expect(machine.nextDeadline == .seconds(15))
        #expect(machine.elapsed(at: Self.at(14.9)).isEmpty)
        #expect(machine.elapsed(at: Self.at(15)).last == .close(code: 1002, reason: "gateway_timeout"))
        machine = Self.machine()
        _ = machine.received(Self.challenge, at: Self.at(10))
        #expect(machine.nextDeadline == .seconds(40))
        #expect(machine.elapsed(at: Self.at(40)).last == .close(code: 1002, reason: "gateway_timeout"))
    }

    @Test("Answers reach their calls, whatever their order")
    func calls() {
        var machine = Self.open()
        _ = machine.call("1", method: "agents.list", params: [:], timeout: .seconds(30), at: Self.at(1))
        _ = machine.call("2", method: "health", params: [:], timeout: .seconds(30), at: Self.at(1))
        #expect(machine.openCalls == 2)
        let second = machine.received(Self.frame(["type": "res", "id": "2", "ok": true, "payload": ["ok": true]]), at: Self.at(2))
        #expect(second == [.complete(call: "2", .success(["ok": true]))])
        let failure: JSON = [
            "type": "res", "id": "1", "ok": false, "error": ["code": "INVALID_REQUEST", "message": "unknown method: agents.list"],
        ]
        guard case .complete("1", .failure(let error))? = machine.received(Self.frame(failure), at: Self.at(2)).first else {
            Issue.record("no completion"); return
        }
        #expect(error.code == .unsupported)
        #expect(machine.openCalls == 0)
        #expect(machine.received(Self.frame(["type": "res", "id": "1", "ok": true, "payload": 1]), at: Self.at(3)).isEmpty)
    }

    @Test("A call that only the final answer ends waits beyond the accepted one")
    func finalAnswers() {
        var machine = Self.open()
        _ = machine.call("1", method: "agent", params: [:], timeout: .seconds(30), takesFinalOnly: true, at: Self.at(1))
        #expect(
            machine.received(Self.frame(["type": "res", "id": "1", "ok": true, "payload": ["status": "accepted"]]), at: Self.at(2)).isEmpty
        )
        #expect(
            machine.received(Self.frame(["type": "res", "id": "1", "ok": true, "payload": ["status": "ok"]]), at: Self.at(2))
                == [.complete(call: "1", .success(["status": "ok"]))]
        )
    }

    @Test("A late answer is a time-out, and comes to nobody afterwards")
    func timeouts() {
        var machine = Self.open()
        _ = machine.call("1", method: "health", params: [:], timeout: .seconds(5), at: Self.at(1))
        _ = machine.received(Self.frame(["type": "event", "event": "tick", "payload": ["ts": 1], "seq": 1]), at: Self.at(5))
        #expect(machine.nextDeadline == .seconds(6))
        #expect(machine.elapsed(at: Self.at(5.9)).isEmpty)
        guard case .complete("1", .failure(let error))? = machine.elapsed(at: Self.at(6)).first else { Issue.record("no time-out"); return }
        #expect(error.code == .timeout)
        #expect(machine.received(Self.frame(["type": "res", "id": "1", "ok": true, "payload": 1]), at: Self.at(6.1)).isEmpty)
    }

    @Test("Features that are absent, payloads that are too large, and too many calls are refused here")
    func refusals() {
        func code(_ actions: [Machine.Action]) -> GatewayError.Code? {
            if case .complete(_, .failure(let error))? = actions.first { error.code } else { nil }
        }
        var machine = Self.open(methods: ["health"], payload: 1024)
        #expect(code(machine.call("1", method: "agents.list", params: [:], timeout: .seconds(1), at: Self.at(1))) == .unsupported)
        let large: JSON = ["text": .string(String(repeating: "x", count: 1024))]
        #expect(code(machine.call("2", method: "health", params: large, timeout: .seconds(1), at: Self.at(1))) == .tooLarge)
        for number in 0..<256 {
            #expect(code(machine.call("c\(number)", method: "health", params: [:], timeout: .seconds(9), at: Self.at(1))) == nil)
        }
        #expect(code(machine.call("257", method: "health", params: [:], timeout: .seconds(9), at: Self.at(1))) == .busy)
        var closed = Self.machine()
        #expect(code(closed.call("1", method: "health", params: [:], timeout: .seconds(1), at: Self.at(1))) == .unreachable)
    }

    @Test("A gap in the events is told before the event that shows it; a connection begins where it begins")
    func gaps() {
        var machine = Self.open()
        func event(_ sequence: Int64) -> [UInt8] { Self.frame(["type": "event", "event": "x", "payload": 1, "seq": .integer(sequence)]) }
        func heard(_ sequence: Int64) -> Machine.Action { .deliver(GatewayEvent(name: "x", payload: 1, sequence: sequence)) }
        #expect(machine.received(event(7), at: Self.at(1)) == [heard(7)])
        #expect(machine.received(event(8), at: Self.at(1)) == [heard(8)])
        #expect(machine.received(event(11), at: Self.at(1)) == [.gap(expected: 9, received: 11), heard(11)])
        #expect(machine.received(event(12), at: Self.at(1)) == [heard(12)])
    }

    @Test("Silence for two ticks ends the connection with 4000, and its calls with it")
    func silence() {
        var machine = Self.open()
        _ = machine.call("1", method: "health", params: [:], timeout: .seconds(300), at: Self.at(1))
        #expect(machine.nextDeadline == .milliseconds(30_200))
        #expect(machine.elapsed(at: Self.at(30.1)).isEmpty)
        let actions = machine.elapsed(at: Self.at(30.2))
        #expect(actions.last == .close(code: 4000, reason: "gateway_closed"))
        guard case .complete("1", .failure(let error))? = actions.first else { Issue.record("\(actions)"); return }
        #expect(error.code == .closed)
        #expect(machine.nextDeadline == nil)
    }

    @Test("A restart of the gateway ends open calls with its close code")
    func restart() {
        var machine = Self.open()
        _ = machine.call("1", method: "config.patch", params: [:], timeout: .seconds(30), at: Self.at(1))
        guard case .complete("1", .failure(let error))? = machine.closed(code: 1012, reason: "service restart").first else {
            Issue.record("no completion"); return
        }
        #expect(error.closeCode == 1012)
        #expect(error.message.contains("restarts"))
        #expect(machine.closed(code: 1012, reason: "").isEmpty)
    }

    @Test("A cancelled call is told to gateways that know the frame", arguments: [3, 4])
    func cancellation(_ number: Int64) {
        var machine = Self.open(protocol: number)
        _ = machine.call("1", method: "agent", params: [:], timeout: .seconds(30), at: Self.at(1))
        let actions = machine.cancel("1")
        #expect(actions.contains(.send(GatewayFrame.cancel(id: "1").encoded)) == (number == 4))
        #expect(machine.openCalls == 0)
        #expect(machine.cancel("1").isEmpty)
    }

    @Test("Frames of unknown types are a newer gateway's, and are left out")
    func newFrames() {
        var machine = Self.open()
        #expect(machine.received(Self.frame(["type": "stream", "id": "1"]), at: Self.at(1)).isEmpty)
        #expect(machine.hello != nil)
    }
}
