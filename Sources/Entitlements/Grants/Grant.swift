/// What a grant is about.
public enum PayloadType: String, Sendable, Hashable, Codable, CaseIterable {
    /// A dataset or another selector of what an assistant knows.
    case awareness
    /// An MCP server, by its id.
    case mcpServer = "mcp-server"
    /// A skill bundle, by its id.
    case skillBundle = "skill-bundle"
}

/// How wide a grant reaches; a later one is more specific.
public enum GrantScope: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case org, department, project, personal

    /// Whether a scope is less specific than another.
    public static func < (left: GrantScope, right: GrantScope) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// Whether a grant gives or takes.
public enum GrantAccess: String, Sendable, Hashable, Codable, CaseIterable {
    case allow, deny
}

/// One rule of who may use what.
public struct Grant: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// What it is about.
    public var payloadType: PayloadType
    /// Which one of them.
    public var payloadID: String
    /// How wide it reaches.
    public var scope: GrantScope
    /// Whom it is for.
    public var subject: Subject
    /// Whether it gives or takes.
    public var access: GrantAccess
    /// Its weight among grants of the same scope; the higher one counts.
    public var priority: Int
    /// When it was made, in milliseconds since 1970.
    public var createdAt: Int64

    /// A grant.
    public init(
        id: String,
        payloadType: PayloadType,
        payloadID: String,
        scope: GrantScope,
        subject: Subject,
        access: GrantAccess,
        priority: Int = 0,
        createdAt: Int64 = 0
    ) {
        self.id = id
        self.payloadType = payloadType
        self.payloadID = payloadID
        self.scope = scope
        self.subject = subject
        self.access = access
        self.priority = priority
        self.createdAt = createdAt
    }
}
