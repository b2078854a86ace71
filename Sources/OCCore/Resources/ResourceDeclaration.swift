/// What the command line knows of a kind: its names, its place in the API, its columns.
public struct ResourceDeclaration: Sendable {
    /// The command, and the word for several.
    public let plural: String
    /// The word for one, as in `tenant/mia`.
    public let singular: String
    /// Other words for the command.
    public let aliases: [String]
    /// The path of the collection, below the API.
    public let path: String
    /// The name of the answer's schema in the API's document.
    public let schema: String
    /// The columns: the name first, the age last.
    public let columns: [Column]

    /// Tenants.
    public static let tenant = ResourceDeclaration(
        plural: "tenants",
        singular: "tenant",
        aliases: ["tenant", "tn"],
        path: "/tenants",
        schema: "Tenant",
        columns: [
            Column("NAME", "name"), Column("PHASE", "phase", .state, absent: "<unknown>"), Column("EMAIL", "email"),
            Column("TEAM", "team"), Column("CLUSTER-TENANT", "clusterTenantRef"), Column("HOST", "ingressHost", absent: "<pending>"),
            Column("DISPLAY-NAME", "displayName", wide: true), Column("POLICY", "policyRef", wide: true),
            Column("BUDGET-USD", "monthlyBudgetUsd", wide: true), Column("MESSAGE", "message", wide: true),
            Column("AGE", "createdAt", .age, absent: "<unknown>"),
        ]
    )

    /// Access policies.
    public static let policy = ResourceDeclaration(
        plural: "policies",
        singular: "policy",
        aliases: ["policy", "ap"],
        path: "/policies",
        schema: "AccessPolicy",
        columns: [
            Column("NAME", "name"), Column("NAMESPACE", "namespace"), Column("DOMAINS", "domains", .count),
            Column("DEFAULT-DENY", "domainRules.defaultDeny"), Column("RULES", "egressRules", .count),
            Column("TEAM", "tenantSelector.matchTeam"), Column("LABELS", "tenantSelector.matchLabels", .pairs, wide: true),
            Column("MCP-ALLOW", "mcpServers.allow", .list, wide: true), Column("MCP-DENY", "mcpServers.deny", .list, wide: true),
            Column("DESCRIPTION", "description", wide: true), Column("AGE", "createdAt", .age, absent: "<unknown>"),
        ]
    )

    /// Cluster tenants.
    public static let clusterTenant = ResourceDeclaration(
        plural: "cluster-tenants",
        singular: "cluster-tenant",
        aliases: ["cluster-tenant", "ct"],
        path: "/cluster-tenants",
        schema: "ClusterTenant",
        columns: [
            Column("NAME", "name"), Column("DISPLAY-NAME", "displayName"), Column("TIER", "isolationTier"),
            Column("PHASE", "status.phase", .state, absent: "<unknown>"), Column("NAMESPACE", "status.boundNamespace", absent: "<pending>"),
            Column("DOMAIN", "baseDomain", wide: true), Column("COMPUTE", "compute.mode", wide: true),
            Column("NODE-POOL", "compute.nodePool", wide: true), Column("QUOTA", "resources.quota", .pairs, wide: true),
            Column("PROVISIONER", "status.provisioner", wide: true), Column("MESSAGE", "status.message", wide: true),
            Column("AGE", "createdAt", .age, absent: "<unknown>"),
        ]
    )

    /// The columns of a drift report.
    static let driftColumns = [
        Column("NAME", "name"), Column("ISSUE", "issue", .state), Column("FIELDS", "fields", .list),
    ]
    /// The columns of a repair report.
    static let repairColumns = [
        Column("NAME", "name"), Column("ACTION", "action", .state), Column("REASON", "reason"),
    ]

    /// The path of one object.
    func path(_ name: String, _ part: String? = nil) -> String {
        "\(path)/\(APIClient.escape(name))" + (part.map { "/\($0)" } ?? "")
    }
}
