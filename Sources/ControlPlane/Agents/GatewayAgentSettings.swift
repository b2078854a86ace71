import JSONValue

/// What a gateway's configuration says of one agent, and the change that makes it say what it should. Pure.
enum GatewayAgentSettings {
    /// The merge patch for a configuration; nil when there is nothing to change.
    ///
    /// Whether agents stand in `agents.list` or in `agents.entries` is seen from the configuration itself.
    /// - Parameters:
    ///   - config: the configuration.
    ///   - id: the agent.
    ///   - workspace: the directory of its files, which is written when the agent is missing.
    ///   - heartbeat: how it is woken; nil for not at all.
    static func patch(_ config: JSON, agent id: String, workspace: String, heartbeat: JSON?) -> JSON? {
        let keyed = config[at: ["agents", "entries"]]?.objectValue
        let entry = entry(of: id, in: config)
        var change: [String: JSON] = [:]
        if entry?["workspace"]?.stringValue == nil { change["workspace"] = .string(workspace) }
        if let heartbeat {
            let members = heartbeat.objectValue ?? [:]
            let there = entry?["heartbeat"]?.objectValue ?? [:]
            var difference = members.filter { there[$0.key] != $0.value }
            // Of what the platform may set, what is not wanted any more goes; the rest is somebody else's.
            for name in ["every", "target", "includeReasoning", "ackMaxChars"] where members[name] == nil && there[name] != nil {
                difference[name] = .null
            }
            if !difference.isEmpty { change["heartbeat"] = .object(difference) }
        } else if let there = entry?["heartbeat"], !there.isNull {
            change["heartbeat"] = .null
        }
        guard !change.isEmpty else { return nil }
        if keyed != nil { return ["agents": ["entries": .object([id: .object(change)])]] }
        change["id"] = .string(id)
        return ["agents": ["list": [.object(change)]]]
    }

    /// What a configuration says of an agent; nil when it does not have it.
    static func entry(of id: String, in config: JSON) -> JSON? {
        if let keyed = config[at: ["agents", "entries"]]?.objectValue { return keyed[id] }
        return config[at: ["agents", "list"]]?.arrayValue?.first { $0["id"]?.stringValue == id }
    }
}
