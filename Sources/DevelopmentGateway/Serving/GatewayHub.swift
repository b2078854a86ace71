import Foundation
import JSONValue
import Logging
import OpenClawGateway

/// What goes out of a socket.
enum Outgoing: Sendable {
    case text([UInt8])
    case close(code: UInt16, reason: String)
}

/// All connections of a gateway: admits, hands calls to the core, and tells events to everybody.
actor GatewayHub {
    private struct Peer {
        var connection: ServerConnection
        var out: AsyncStream<Outgoing>.Continuation
        var address: String
        var isLoopback: Bool
    }

    /// As many texts wait for a reader; one that is slower is let go.
    static let buffer = 4096

    private let core: GatewayCore
    private let configuration: DevelopmentGatewayConfiguration
    private let elapsed: @Sendable () -> Duration
    private let milliseconds: @Sendable () -> Int64
    private let identifier: @Sendable () -> String
    private var peers: [Int: Peer] = [:]
    private var counter = 0
    private var failures = AttemptLimit(most: 10, window: .seconds(60), lockout: .seconds(300))
    private let started: Duration

    init(
        core: GatewayCore,
        configuration: DevelopmentGatewayConfiguration,
        elapsed: @escaping @Sendable () -> Duration,
        milliseconds: @escaping @Sendable () -> Int64,
        identifier: @escaping @Sendable () -> String
    ) {
        self.core = core
        self.configuration = configuration
        self.elapsed = elapsed
        self.milliseconds = milliseconds
        self.identifier = identifier
        started = elapsed()
    }

    /// How long the gateway has run, in milliseconds.
    var uptime: Int64 {
        let up = elapsed() - started
        return up.components.seconds * 1000 + up.components.attoseconds / 1_000_000_000_000_000
    }

    func opened(_ out: AsyncStream<Outgoing>.Continuation, address: String, isLoopback: Bool) -> Int {
        counter += 1
        let connection = ServerConnection(nonce: identifier(), at: elapsed())
        peers[counter] = Peer(connection: connection, out: out, address: address, isLoopback: isLoopback)
        perform(connection.opened(milliseconds: milliseconds()), of: counter)
        return counter
    }

    /// Whether nobody is connected.
    var isEmpty: Bool { peers.isEmpty }

    func closed(_ id: Int) { peers.removeValue(forKey: id)?.out.finish() }

    func received(_ bytes: [UInt8], from id: Int) async {
        guard let actions = peers[id]?.connection.received(bytes) else { return }
        for action in actions {
            switch action {
            case .admit(let request, let params): await admit(request, params, id)
            case .call(let request): await answer(request, id)
            default: perform([action], of: id)
            }
        }
    }

    private func admit(_ request: String, _ params: JSON, _ id: Int) async {
        guard let peer = peers[id] else { return }
        if !peer.isLoopback, let wait = failures.wait(peer.address, at: elapsed()) {
            var failure = GatewayFailure.notAdmitted(
                "AUTH_RATE_LIMITED",
                "unauthorized: too many failed attempts",
                ["recommendedNextStep": "wait_then_retry"]
            )
            failure.isRetryable = true
            failure.retryAfter = wait
            return perform(peers[id]?.connection.admitted(request, .failure(failure)) ?? [], of: id)
        }
        let admission = await core.admit(params, nonce: peer.connection.nonce, address: peer.address, isLoopback: peer.isLoopback)
        switch admission.result {
        case .success(let client):
            let hello = await hello(client, id)
            perform(peers[id]?.connection.admitted(request, .success((client, hello))) ?? [], of: id)
        case .failure(let failure):
            if !peer.isLoopback, failure.kind == .authentication { _ = failures.add(peer.address, at: elapsed()) }
            await core.log("refused \(peer.address): \(failure.message)")
            perform(peers[id]?.connection.admitted(request, .failure(failure)) ?? [], of: id)
        }
        for event in admission.events { tell(event) }
    }

    private func hello(_ client: AdmissionRules.Admitted, _ id: Int) async -> JSON {
        var auth: JSON = [
            "role": .string(client.role), "scopes": .array(client.scopes.map { .string($0) }), "issuedAtMs": .integer(milliseconds()),
        ]
        if let token = await core.deviceToken(client.deviceID) { auth["deviceToken"] = .string(token) }
        let defaultID = (try? await core.agents().defaultID) ?? "main"
        let tick = configuration.tickInterval.components
        return [
            "type": "hello-ok", "protocol": .integer(configuration.protocolVersion),
            "server": ["version": .string(configuration.version), "connId": .string("c\(id)")],
            "features": [
                "methods": .array(MethodTable.scopes.keys.sorted().map { .string($0) }),
                "events": .array(MethodTable.events.map { .string($0) }),
            ],
            "snapshot": [
                "presence": [], "health": [:], "stateVersion": ["presence": 1, "health": 1], "uptimeMs": .integer(uptime),
                "configPath": .string(core.disk.configurationURL.path), "stateDir": .string(core.disk.root.path),
                "sessionDefaults": [
                    "defaultAgentId": .string(defaultID), "mainKey": "main", "mainSessionKey": .string("agent:\(defaultID):main"),
                ],
                "authMode": .string(configuration.token.isEmpty ? "none" : "token"),
            ],
            "auth": auth,
            "policy": [
                "maxPayload": 26_214_400, "maxBufferedBytes": 52_428_800,
                "tickIntervalMs": .integer(tick.seconds * 1000 + tick.attoseconds / 1_000_000_000_000_000),
            ],
        ]
    }

    private func answer(_ request: GatewayRequest, _ id: Int) async {
        guard let peer = peers[id], let client = peer.connection.client else { return }
        let outcome = await core.answer(request, scopes: client.scopes, client: client.deviceID ?? peer.address)
        perform([.send(ServerConnection.answer(request.id, outcome.result))], of: id)
        for event in outcome.events { tell(event) }
        if let device = outcome.removedDevice {
            for id in peers.keys.sorted() where peers[id]?.connection.client?.deviceID == device {
                perform(peers[id]?.connection.close(1008, "device removed") ?? [], of: id)
            }
        }
        if outcome.restarts {
            tell(GatewayEvent(name: "shutdown", payload: ["reason": "config change", "restartExpectedMs": 500]))
            closeAll(1012, "service restart")
        }
    }

    /// Tells an event to everybody.
    func tell(_ event: GatewayEvent) {
        for id in peers.keys.sorted() { perform(peers[id]?.connection.tell(event) ?? [], of: id) }
    }

    /// Lets everybody hear of the gateway, and ends handshakes that take too long.
    func tick() {
        let now = elapsed()
        for id in peers.keys.sorted() { perform(peers[id]?.connection.elapsed(at: now) ?? [], of: id) }
        tell(GatewayEvent(name: "tick", payload: ["ts": .integer(milliseconds())]))
    }

    /// Closes every connection.
    func closeAll(_ code: UInt16, _ reason: String) {
        for id in peers.keys.sorted() { perform(peers[id]?.connection.close(code, reason) ?? [], of: id) }
    }

    private func perform(_ actions: [ServerConnection.Action], of id: Int) {
        guard let out = peers[id]?.out else { return }
        for action in actions {
            let result: AsyncStream<Outgoing>.Continuation.YieldResult
            switch action {
            case .send(let bytes): result = out.yield(.text(bytes))
            case .close(let code, let reason):
                result = out.yield(.close(code: code, reason: reason))
                out.finish()
            case .admit, .call, .cancel: continue
            }
            // A reader that is too slow is let go, rather than remembered for.
            if case .dropped = result { closed(id) }
        }
    }
}
