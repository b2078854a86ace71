/// The methods a development gateway has, and what a client needs for each.
enum MethodTable {
    /// The scope for each method.
    static let scopes: [String: String] = [
        "health": "operator.read", "status": "operator.read", "last-heartbeat": "operator.read", "agents.list": "operator.read",
        "agents.create": "operator.admin", "agents.update": "operator.admin", "agents.delete": "operator.admin",
        "agents.files.list": "operator.read", "agents.files.get": "operator.read", "agents.files.set": "operator.admin",
        "config.get": "operator.admin", "config.set": "operator.admin", "config.apply": "operator.admin", "config.patch": "operator.admin",
        "channels.status": "operator.read", "sessions.list": "operator.read", "sessions.patch": "operator.write",
        "sessions.reset": "operator.write", "sessions.delete": "operator.write", "sessions.usage": "operator.read",
        "chat.send": "operator.write", "chat.history": "operator.read", "chat.abort": "operator.write", "logs.tail": "operator.read",
        "device.pair.list": pairing, "device.pair.approve": pairing, "device.pair.reject": pairing, "device.pair.remove": pairing,
    ]

    /// The events it may send.
    static let events = [
        "connect.challenge", "tick", "chat", "agent", "health", "sessions.changed", "shutdown", pairingRequested, pairingResolved,
    ]

    /// The scope of whoever may approve devices.
    static let pairing = "operator.pairing"
    /// Tells that a device waits for its approval.
    static let pairingRequested = "device.pair.requested"
    /// Tells what came of that.
    static let pairingResolved = "device.pair.resolved"

    /// The scope it takes to hear of an event; `nil` for what everybody hears.
    static func scope(ofEvent name: String) -> String? {
        switch name {
        case "tick", "shutdown": nil
        case pairingRequested, pairingResolved: pairing
        default: "operator.read"
        }
    }

    /// The methods whose calls are counted, a minute's worth at a time.
    static let limited: Set<String> = ["config.set", "config.apply", "config.patch"]

    /// Whether scopes hold the one a method needs.
    static func allows(_ scopes: [String], _ needed: String) -> Bool {
        if scopes.contains("operator.admin") || scopes.contains(needed) { return true }
        return needed == "operator.read" && scopes.contains("operator.write")
    }
}
