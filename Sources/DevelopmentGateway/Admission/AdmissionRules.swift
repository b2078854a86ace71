import JSONValue
import OpenClawGateway

/// Decides who is let in. Knows no socket and no file.
struct AdmissionRules: Sendable {
    /// What is known when a client asks.
    struct Situation: Sendable {
        var nonce: String
        var milliseconds: Int64
        var isLoopback: Bool
        /// The devices that were approved, with the public key and the token each of them has.
        var paired: [String: PairedDevice]
    }

    /// Who was let in.
    struct Admitted: Sendable, Hashable {
        var role: String
        var scopes: [String]
        var deviceID: String?
    }

    /// What becomes of a client.
    enum Decision: Sendable, Hashable {
        /// It is let in.
        case admit(Admitted)
        /// It is let in, and its device is approved by that.
        case approve(PairingWish, Admitted)
        /// It waits until somebody approves its device.
        case hold(PairingWish)
        case refuse(GatewayFailure)
    }

    /// How old a signature may be, in milliseconds.
    static let signatureAge: Int64 = 600_000

    let token: String
    let protocolVersion: Int64
    let approvesLoopback: Bool

    func decide(_ request: ConnectRequest, _ situation: Situation) -> Decision {
        guard request.minimum <= protocolVersion, protocolVersion <= request.maximum else {
            return .refuse(.notAdmitted("PROTOCOL_MISMATCH", "protocol mismatch", ["expectedProtocol": .integer(protocolVersion)]))
        }
        do throws(GatewayFailure) {
            try checkCredential(request, situation)
            return try admit(request, situation)
        } catch {
            return .refuse(error)
        }
    }

    private func checkCredential(_ request: ConnectRequest, _ situation: Situation) throws(GatewayFailure) {
        if let presented = request.deviceToken {
            let known = request.device.flatMap { situation.paired[$0.id] }
            guard let known, Self.isEqual(presented, known.token) else {
                throw .notAdmitted("AUTH_DEVICE_TOKEN_MISMATCH", "unauthorized: device token mismatch", ["canRetryWithDeviceToken": false])
            }
            return
        }
        guard !token.isEmpty else { return }
        guard let presented = request.token, !presented.isEmpty else {
            throw .notAdmitted(
                "AUTH_TOKEN_MISSING",
                "unauthorized: gateway token missing",
                ["recommendedNextStep": "update_auth_credentials"]
            )
        }
        guard Self.isEqual(presented, token) else {
            throw .notAdmitted(
                "AUTH_TOKEN_MISMATCH",
                "unauthorized: gateway token mismatch",
                ["recommendedNextStep": "update_auth_credentials"]
            )
        }
    }

    private func admit(_ request: ConnectRequest, _ situation: Situation) throws(GatewayFailure) -> Decision {
        guard let device = request.device else {
            // A backend on the same machine that has the shared token needs no key.
            guard situation.isLoopback, request.clientID == "gateway-client", request.mode == "backend" else {
                throw .notAdmitted("DEVICE_IDENTITY_REQUIRED", "device identity required")
            }
            return .admit(Admitted(role: request.role, scopes: request.scopes))
        }
        try check(device, of: request, situation)
        let admitted = Admitted(role: request.role, scopes: request.scopes, deviceID: device.id)
        guard let known = situation.paired[device.id] else {
            let wish = wish(device, of: request, .notPaired)
            return situation.isLoopback && approvesLoopback ? .approve(wish, admitted) : .hold(wish)
        }
        if !known.roles.contains(request.role) { return .hold(wish(device, of: request, .roleUpgrade)) }
        if request.scopes.contains(where: { !known.scopes.contains($0) }) { return .hold(wish(device, of: request, .scopeUpgrade)) }
        if let platform = known.platform, platform != request.platform { return .hold(wish(device, of: request, .metadataUpgrade)) }
        return .admit(admitted)
    }

    private func wish(_ device: ConnectRequest.Device, of request: ConnectRequest, _ reason: PairingReason) -> PairingWish {
        PairingWish(
            deviceID: device.id,
            publicKey: device.publicKey,
            displayName: request.displayName,
            platform: request.platform,
            clientID: request.clientID,
            clientMode: request.mode,
            role: request.role,
            scopes: request.scopes,
            reason: reason
        )
    }

    private func check(_ device: ConnectRequest.Device, of request: ConnectRequest, _ situation: Situation) throws(GatewayFailure) {
        guard let nonce = device.nonce else { throw .notAdmitted("DEVICE_AUTH_NONCE_REQUIRED", "device nonce required") }
        guard nonce == situation.nonce else { throw .notAdmitted("DEVICE_AUTH_NONCE_MISMATCH", "device nonce mismatch") }
        guard abs(situation.milliseconds - device.signedAt) <= Self.signatureAge else {
            throw .notAdmitted("DEVICE_AUTH_SIGNATURE_EXPIRED", "device signature expired")
        }
        guard let id = DeviceIdentity.id(ofPublicKey: device.publicKey) else {
            throw .notAdmitted("DEVICE_AUTH_PUBLIC_KEY_INVALID", "device public key invalid")
        }
        guard id == device.id else { throw .notAdmitted("DEVICE_AUTH_DEVICE_ID_MISMATCH", "device identity mismatch") }
        let text = DeviceSignatureText(
            deviceID: device.id,
            clientID: request.clientID,
            clientMode: request.mode,
            role: request.role,
            scopes: request.scopes,
            signedAt: device.signedAt,
            token: request.deviceToken ?? request.token ?? "",
            nonce: nonce,
            platform: request.platform,
            deviceFamily: request.deviceFamily
        )
        let isGood = [text.version3, text.version2].contains {
            DeviceIdentity.verifies(device.signature, of: $0, publicKey: device.publicKey)
        }
        guard isGood else { throw .notAdmitted("DEVICE_AUTH_SIGNATURE_INVALID", "device signature invalid") }
    }

    /// Compares in a time that does not tell how much of it is right.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
