import Schema

/// A fleet of agents behind one gateway.
public struct TenantFleet: Codable, Sendable, Hashable, SchemaDescribing {
    /// The fleet's id in the system that ordered it.
    public var externalId: String?
    /// The plan that was bought.
    public var plan: String?
    /// The organisation in the identity provider.
    public var organization: String?
    /// The template the agents come from.
    public var template: String?
    /// Repositories to clone into the workspace.
    public var repos: [String]?
    /// The agents.
    public var agents: [AgentSpec]?
    /// How many agents may be added to the fleet's board. Default: the control plane's setting.
    public var maxAgents: Int?

    /// A fleet.
    public init(
        externalId: String? = nil,
        plan: String? = nil,
        organization: String? = nil,
        template: String? = nil,
        repos: [String]? = nil,
        agents: [AgentSpec]? = nil,
        maxAgents: Int? = nil
    ) {
        self.externalId = externalId
        self.plan = plan
        self.organization = organization
        self.template = template
        self.repos = repos
        self.agents = agents
        self.maxAgents = maxAgents
    }

    /// Bounds of the properties; agents are told apart by name.
    public static let schemaNotes: [String: SchemaNote] = [
        "externalId": SchemaNote("The fleet's id in the system that ordered it.", minLength: 1, maxLength: 253),
        "plan": SchemaNote("The plan that was bought.", minLength: 1, maxLength: 63),
        "organization": SchemaNote("The organisation in the identity provider.", minLength: 1, maxLength: 253),
        "template": SchemaNote("The template the agents come from.", minLength: 1, maxLength: 253),
        "repos": SchemaNote("Repositories to clone into the workspace.", maxItems: 64, items: SchemaNote(minLength: 1, maxLength: 2048)),
        "agents": SchemaNote("The agents.", maxItems: 64, listType: .map, listMapKeys: ["name"]),
        "maxAgents": SchemaNote(
            "How many agents may be added to the fleet's board; the control plane's setting unless said otherwise.",
            minimum: 1,
            maximum: 200
        ),
    ]
}

/// One agent of a fleet.
public struct AgentSpec: Codable, Sendable, Hashable, SchemaDescribing {
    /// The agent's name, unique in the fleet.
    public var name: String
    /// What the agent is for.
    public var role: String?
    /// The text of its `IDENTITY.md`.
    public var identity: String?
    /// The text of its `SOUL.md`.
    public var soul: String?
    /// When the agent looks after its work unasked.
    public var heartbeat: AgentHeartbeat?

    /// An agent.
    public init(name: String, role: String? = nil, identity: String? = nil, soul: String? = nil, heartbeat: AgentHeartbeat? = nil) {
        self.name = name
        self.role = role
        self.identity = identity
        self.soul = soul
        self.heartbeat = heartbeat
    }

    /// Bounds of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "name": SchemaNote("The agent's name, unique in the fleet.", pattern: Patterns.label, maxLength: 63),
        "role": SchemaNote("What the agent is for.", maxLength: 253),
        "identity": SchemaNote("The text of its IDENTITY.md.", maxLength: 16_384),
        "soul": SchemaNote("The text of its SOUL.md.", maxLength: 16_384),
        "heartbeat": "When the agent looks after its work unasked.",
    ]
}

/// When an agent looks after its work unasked.
public struct AgentHeartbeat: Codable, Sendable, Hashable, SchemaDescribing {
    /// How often, for instance `10m`.
    public var every: String?
    /// Where it reports, for instance `last`.
    public var target: String?

    /// A heartbeat.
    public init(every: String? = nil, target: String? = nil) {
        self.every = every
        self.target = target
    }

    /// A duration and a channel.
    public static let schemaNotes: [String: SchemaNote] = [
        "every": SchemaNote("How often, for instance 10m.", pattern: "^[1-9][0-9]{0,5}[smhd]$", maxLength: 8),
        "target": SchemaNote("Where it reports: last, none or a channel.", minLength: 1, maxLength: 128),
    ]
}
