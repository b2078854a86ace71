import JSONValue
import OpenClawGateway

/// What came of somebody's wish to be let in.
struct Admission: Sendable {
    var result: Result<AdmissionRules.Admitted, GatewayFailure>
    /// Events for those who may approve devices.
    var events: [GatewayEvent] = []
}

extension GatewayCore {
    /// Lets a client in, holds it until somebody approves it, or refuses it.
    func admit(_ params: JSON, nonce: String, address: String, isLoopback: Bool) -> Admission {
        do {
            let request = try ConnectRequest(params)
            let rules = AdmissionRules(
                token: configuration.token,
                protocolVersion: configuration.protocolVersion,
                approvesLoopback: configuration.approvesLoopback
            )
            var table = try disk.pairing()
            let now = time()
            let situation = AdmissionRules.Situation(nonce: nonce, milliseconds: now, isLoopback: isLoopback, paired: table.paired)
            switch rules.decide(request, situation) {
            case .refuse(let failure): return Admission(result: .failure(failure))
            case .admit(let client):
                // A device that was approved beforehand may have no token yet.
                if let id = client.deviceID, var device = table.paired[id], device.token.isEmpty {
                    device.token = newIdentifier() + newIdentifier()
                    table.paired[id] = device
                    try disk.write(table)
                }
                return Admission(result: .success(client))
            case .approve(let wish, let client):
                table.paired[wish.deviceID] = wish.approved(
                    over: table.paired[wish.deviceID],
                    token: newIdentifier() + newIdentifier(),
                    at: now
                )
                try disk.write(table)
                return Admission(result: .success(client))
            case .hold(let wish):
                let (held, changes) = table.request(wish, id: "pair-\(newIdentifier())", address: address, at: now)
                if !changes.isEmpty { try disk.write(table) }
                return Admission(result: .failure(.pairing(held)), events: changes.map { event($0, at: now) })
            }
        } catch let failure as GatewayFailure {
            return Admission(result: .failure(failure))
        } catch {
            return Admission(
                result: .failure(GatewayFailure(code: GatewayFailure.Code.unavailable, message: "the gateway's files cannot be read"))
            )
        }
    }

    /// The token of an approved device.
    func deviceToken(_ id: String?) -> String? { id.flatMap { try? disk.pairing().paired[$0]?.token } }

    func listDevices() throws -> CallOutcome {
        var table = try disk.pairing()
        let expired = table.expire(at: time())
        if !expired.isEmpty { try disk.write(table) }
        let paired = table.paired.sorted { $0.key < $1.key }.map { id, device -> JSON in
            var row: JSON = [
                "deviceId": .string(id), "publicKey": .string(device.publicKey), "role": .string(device.role),
                "roles": .array(device.roles.map { .string($0) }), "scopes": .array(device.scopes.map { .string($0) }),
            ]
            if let name = device.displayName { row["displayName"] = .string(name) }
            if let platform = device.platform { row["platform"] = .string(platform) }
            if let approved = device.approvedAtMs { row["approvedAtMs"] = .integer(approved) }
            return row
        }
        var outcome = CallOutcome.done(["pending": .array(table.pending.map(\.json)), "paired": .array(paired)])
        outcome.events = expired.map { event($0, at: time()) }
        return outcome
    }

    /// - Parameter scopes: of whoever approves: nobody gives away what is not theirs.
    func approveDevice(_ params: JSON, scopes: [String]) throws -> CallOutcome {
        var table = try disk.pairing()
        let request = try pending(params, table)
        if let missing = request.scopes.first(where: { !MethodTable.allows(scopes, $0) }) { throw missingScope(missing) }
        let (device, change) = table.approve(request, token: newIdentifier() + newIdentifier(), at: time())
        try disk.write(table)
        var outcome = CallOutcome.done([
            "requestId": .string(request.requestId),
            "device": [
                "deviceId": .string(request.deviceId), "roles": .array(device.roles.map { .string($0) }),
                "scopes": .array(device.scopes.map { .string($0) }),
            ],
        ])
        outcome.events = [event(change, at: time())]
        return outcome
    }

    func rejectDevice(_ params: JSON) throws -> CallOutcome {
        var table = try disk.pairing()
        let request = try pending(params, table)
        let change = table.reject(request)
        try disk.write(table)
        var outcome = CallOutcome.done(["requestId": .string(request.requestId), "deviceId": .string(request.deviceId)])
        outcome.events = [event(change, at: time())]
        return outcome
    }

    /// Takes a device's approval away and ends its connections.
    func removeDevice(_ params: JSON) throws -> CallOutcome {
        let id = try text(params, "deviceId")
        var table = try disk.pairing()
        guard table.remove(id) else { throw GatewayFailure.invalid("unknown deviceId") }
        try disk.write(table)
        var outcome = CallOutcome.done(["deviceId": .string(id)])
        outcome.removedDevice = id
        return outcome
    }

    private func pending(_ params: JSON, _ table: PairingTable) throws -> PairingRequest {
        guard let request = table.request(try text(params, "requestId"), at: time()) else {
            throw GatewayFailure.invalid("unknown requestId")
        }
        return request
    }

    private func event(_ change: PairingTable.Change, at now: Int64) -> GatewayEvent {
        switch change {
        case .requested(let request): GatewayEvent(name: MethodTable.pairingRequested, payload: request.json)
        case .resolved(let request, let decision):
            GatewayEvent(
                name: MethodTable.pairingResolved,
                payload: [
                    "requestId": .string(request.requestId), "deviceId": .string(request.deviceId), "decision": .string(decision.rawValue),
                    "ts": .integer(now),
                ]
            )
        }
    }
}

extension GatewayFailure {
    /// A device waits for its approval.
    static func pairing(_ request: PairingRequest) -> GatewayFailure {
        GatewayFailure(
            code: Code.notPaired,
            message: "pairing required",
            details: [
                "code": "PAIRING_REQUIRED", "requestId": .string(request.requestId), "reason": .string(request.reason.rawValue),
            ]
        )
    }
}
