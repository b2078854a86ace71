import JSONValue

/// A device that waits for somebody's approval, as `devices/pending.json` keeps it.
struct PairingRequest: Codable, Sendable, Hashable {
    var requestId: String
    var deviceId: String
    var publicKey: String
    var displayName: String?
    var platform: String
    var clientId: String
    var clientMode: String
    var role: String
    var scopes: [String]
    var reason: PairingReason
    var remoteIp: String
    /// When it came, in milliseconds since 1970.
    var ts: Int64

    init(_ id: String, _ wish: PairingWish, address: String, at now: Int64) {
        requestId = id
        deviceId = wish.deviceID
        publicKey = wish.publicKey
        displayName = wish.displayName
        platform = wish.platform
        clientId = wish.clientID
        clientMode = wish.clientMode
        role = wish.role
        scopes = wish.scopes
        reason = wish.reason
        remoteIp = address
        ts = now
    }

    var wish: PairingWish {
        PairingWish(
            deviceID: deviceId,
            publicKey: publicKey,
            displayName: displayName,
            platform: platform,
            clientID: clientId,
            clientMode: clientMode,
            role: role,
            scopes: scopes,
            reason: reason
        )
    }

    /// The request as operators are shown it.
    var json: JSON {
        // Texts and numbers alone can always be encoded.
        (try? JSON(encoding: self)) ?? [:]
    }
}
