/// A device that was approved, as `devices/paired.json` keeps it.
struct PairedDevice: Codable, Sendable, Hashable {
    var publicKey: String
    /// The role it was approved for first.
    var role: String
    /// The roles it was approved for later.
    var furtherRoles: [String]?
    var scopes: [String]
    /// What it may present instead of the shared token; empty until one is made.
    var token: String
    /// What it said to run on when it was approved; absent for devices that were approved beforehand.
    var platform: String?
    var displayName: String?
    var approvedAtMs: Int64?

    /// Everything it may be.
    var roles: [String] { [role] + (furtherRoles ?? []) }
}

/// Why a device waits for somebody's approval.
enum PairingReason: String, Codable, Sendable, Hashable {
    case notPaired = "not-paired"
    case roleUpgrade = "role-upgrade"
    case scopeUpgrade = "scope-upgrade"
    case metadataUpgrade = "metadata-upgrade"
}

/// What a device wants to be approved for.
struct PairingWish: Sendable, Hashable {
    var deviceID: String
    var publicKey: String
    var displayName: String?
    var platform: String
    var clientID: String
    var clientMode: String
    var role: String
    var scopes: [String]
    var reason: PairingReason

    /// The device with the wish fulfilled.
    ///
    /// - Parameters:
    ///   - known: what it was approved for before.
    ///   - token: a new secret, for devices that have none yet.
    ///   - now: milliseconds since 1970.
    func approved(over known: PairedDevice?, token: String, at now: Int64) -> PairedDevice {
        var device = known ?? PairedDevice(publicKey: publicKey, role: role, scopes: [], token: "")
        if !device.roles.contains(role) { device.furtherRoles = (device.furtherRoles ?? []) + [role] }
        device.scopes += scopes.filter { !device.scopes.contains($0) }
        if device.token.isEmpty { device.token = token }
        device.platform = platform
        device.displayName = displayName ?? device.displayName
        device.approvedAtMs = now
        return device
    }
}
