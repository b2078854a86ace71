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
        "device.pair.list": "operator.pairing", "device.pair.approve": "operator.pairing", "device.pair.remove": "operator.pairing",
    ]

    /// The events it may send.
    static let events = ["connect.challenge", "tick", "chat", "agent", "health", "sessions.changed", "shutdown"]

    /// The methods whose calls are counted, a minute's worth at a time.
    static let limited: Set<String> = ["config.set", "config.apply", "config.patch"]

    /// Whether scopes hold the one a method needs.
    static func allows(_ scopes: [String], _ needed: String) -> Bool {
        if scopes.contains("operator.admin") || scopes.contains(needed) { return true }
        return needed == "operator.read" && scopes.contains("operator.write")
    }
}
