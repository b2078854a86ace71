import CraneAPI

/// A set of agents that work together behind one gateway, and what each of them is for.
///
/// Built-in ones are in ``TemplateCatalog/builtIn``; further ones come from ConfigMaps, as YAML or JSON with these members.
public struct FleetTemplate: Codable, Sendable, Hashable {
    /// One agent of a template.
    public struct Agent: Codable, Sendable, Hashable {
        /// The agent's name, unique in the fleet; it becomes the gateway's agent id.
        public var name: String
        /// What the agent is for, in one or two words.
        public var role: String
        /// A sign for people. Default: none.
        public var emoji: String?
        /// The text of `IDENTITY.md` below its heading. Default: made of name and role.
        public var identity: String?
        /// The text of `SOUL.md` below its heading. Default: the platform's.
        public var soul: String?
        /// The rules of work of this agent, for `AGENTS.md`. Default: none beyond the platform's.
        public var duties: String?
        /// What the agent looks after unasked, for `HEARTBEAT.md`. Default: nothing.
        public var checklist: String?
        /// When it does. Default: never.
        public var heartbeat: AgentHeartbeat?

        /// An agent; what is not given is the platform's default.
        public init(
            name: String,
            role: String,
            emoji: String? = nil,
            identity: String? = nil,
            soul: String? = nil,
            duties: String? = nil,
            checklist: String? = nil,
            heartbeat: AgentHeartbeat? = nil
        ) {
            self.name = name
            self.role = role
            self.emoji = emoji
            self.identity = identity
            self.soul = soul
            self.duties = duties
            self.checklist = checklist
            self.heartbeat = heartbeat
        }
    }

    /// The template's id, for instance `standard-7-agent`.
    public var id: String
    /// What it is good for, in a sentence.
    public var summary: String
    /// The agents; the first one leads.
    public var agents: [Agent]

    /// A template.
    public init(id: String, summary: String, agents: [Agent]) {
        self.id = id
        self.summary = summary
        self.agents = agents
    }

    /// Checks what a schema of the text cannot say.
    ///
    /// - Throws: ``TemplateError`` `template_invalid` when there is no agent, there are too many, or a name is no agent id or occurs twice.
    public func validate() throws(TemplateError) {
        guard AgentNames.isValid(id) else {
            throw .invalid(id, "its id must be a lower-case name of at most 63 letters, digits and hyphens")
        }
        guard !agents.isEmpty else { throw .invalid(id, "it has no agents") }
        guard agents.count <= AgentNames.mostAgents else { throw .invalid(id, "it has more than \(AgentNames.mostAgents) agents") }
        var seen: Set<String> = []
        for agent in agents {
            guard AgentNames.isValid(agent.name) else {
                throw .invalid(id, "the agent name \"\(agent.name)\" must be a lower-case name of at most 63 letters, digits and hyphens")
            }
            guard agent.name != AgentNames.reserved else { throw .invalid(id, "the agent name \"\(agent.name)\" is the gateway's own") }
            guard seen.insert(agent.name).inserted else { throw .invalid(id, "the agent name \"\(agent.name)\" occurs twice") }
        }
    }
}

/// The rules for the names of agents.
enum AgentNames {
    /// The id of the gateway's own agent, which it creates, updates or deletes for nobody.
    static let reserved = "main"
    /// As many as a Tenant's `spec.fleet.agents` takes.
    static let mostAgents = 64

    /// A DNS label: what a Tenant takes, and what the gateway does not change when it makes an id of it.
    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        return isAlphanumeric(first) && isAlphanumeric(last) && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D }
    }
}
