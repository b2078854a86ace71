extension Catalogue {
    /// The three custom resources.
    static let platform: [ResourceDeclaration] = [.tenant, .policy, .clusterTenant]
}

extension ResourceDeclaration {
    /// Tenants.
    public static let tenant = ResourceDeclaration(
        plural: "tenants",
        singular: "tenant",
        aliases: ["tn"],
        summary: "Assistants and fleets of agents, each in a fence of its own.",
        kind: "Tenant",
        readOnly: ["createdAt", "ingressHost", "message", "phase"],
        list: "GET /tenants",
        get: "GET /tenants/{name}",
        create: "POST /tenants",
        update: "PUT /tenants/{name}",
        delete: "DELETE /tenants/{name}",
        actions: [
            ActionDeclaration("suspend", "POST /tenants/{name}/suspend", past: "suspended"),
            ActionDeclaration("resume", "POST /tenants/{name}/resume", past: "resumed"),
            ActionDeclaration("drift", "GET /tenants/drift", past: "compared"),
            ActionDeclaration("repair", "POST /tenants/repair", past: "repaired"),
        ],
        columns: [
            Column("NAME", "name"), Column("PHASE", "phase", .state, absent: "<unknown>"), Column("EMAIL", "email"),
            Column("TEAM", "team"), Column("CLUSTER-TENANT", "clusterTenantRef"), Column("HOST", "ingressHost", absent: "<pending>"),
            Column("DISPLAY-NAME", "displayName", wide: true), Column("POLICY", "policyRef", wide: true),
            Column("BUDGET-USD", "monthlyBudgetUsd", wide: true), Column("MESSAGE", "message", wide: true),
            Column("AGE", "createdAt", .age, absent: "<unknown>"),
        ],
        filters: [Filter("cluster-tenant", "clusterTenantRef"), Filter("team"), Filter("phase")],
        events: "GET /tenants/{name}/events",
        readiness: Readiness(phase: "phase", ready: ["running"], failed: ["error"], status: "GET /tenants/{name}/status")
    )

    /// Access policies.
    public static let policy = ResourceDeclaration(
        plural: "policies",
        singular: "policy",
        aliases: ["ap", "accesspolicies"],
        summary: "What tenants may reach on the network, and which MCP servers they may use.",
        kind: "AccessPolicy",
        readOnly: ["createdAt", "namespace"],
        list: "GET /policies",
        get: "GET /policies/{name}",
        create: "POST /policies",
        update: "PUT /policies/{name}",
        delete: "DELETE /policies/{name}",
        actions: [
            ActionDeclaration("drift", "GET /policies/drift", past: "compared"),
            ActionDeclaration("repair", "POST /policies/repair", past: "repaired"),
        ],
        columns: [
            Column("NAME", "name"), Column("NAMESPACE", "namespace"), Column("DOMAINS", "domains", .count),
            Column("DEFAULT-DENY", "domainRules.defaultDeny"), Column("RULES", "egressRules", .count),
            Column("TEAM", "tenantSelector.matchTeam"), Column("LABELS", "tenantSelector.matchLabels", .pairs, wide: true),
            Column("MCP-ALLOW", "mcpServers.allow", .list, wide: true), Column("MCP-DENY", "mcpServers.deny", .list, wide: true),
            Column("DESCRIPTION", "description", wide: true), Column("AGE", "createdAt", .age, absent: "<unknown>"),
        ],
        events: "GET /policies/{name}/events",
        readiness: Readiness(phase: "phase", ready: ["applied"], failed: ["invalid"], status: "GET /policies/{name}/status")
    )

    /// Cluster tenants.
    public static let clusterTenant = ResourceDeclaration(
        plural: "cluster-tenants",
        singular: "cluster-tenant",
        aliases: ["ct", "clustertenants"],
        summary: "Customers: a namespace, a quota and a tier of isolation for their tenants.",
        kind: "ClusterTenant",
        readOnly: ["createdAt", "status"],
        list: "GET /cluster-tenants",
        get: "GET /cluster-tenants/{name}",
        create: "POST /cluster-tenants",
        update: "PUT /cluster-tenants/{name}",
        delete: "DELETE /cluster-tenants/{name}",
        columns: [
            Column("NAME", "name"), Column("DISPLAY-NAME", "displayName"), Column("TIER", "isolationTier"),
            Column("PHASE", "status.phase", .state, absent: "<unknown>"), Column("NAMESPACE", "status.boundNamespace", absent: "<pending>"),
            Column("DOMAIN", "baseDomain", wide: true), Column("COMPUTE", "compute.mode", wide: true),
            Column("NODE-POOL", "compute.nodePool", wide: true), Column("QUOTA", "resources.quota", .pairs, wide: true),
            Column("PROVISIONER", "status.provisioner", wide: true), Column("MESSAGE", "status.message", wide: true),
            Column("AGE", "createdAt", .age, absent: "<unknown>"),
        ],
        events: "GET /cluster-tenants/{name}/events",
        readiness: Readiness(
            phase: "status.phase",
            ready: ["ready"],
            failed: ["failed"],
            message: "status.message",
            status: "GET /cluster-tenants/{name}/status"
        )
    )

    /// The columns of a drift report.
    static let driftColumns = [
        Column("NAME", "name"), Column("ISSUE", "issue", .state), Column("FIELDS", "fields", .list),
    ]
    /// The columns of a repair report.
    static let repairColumns = [
        Column("NAME", "name"), Column("ACTION", "action", .state), Column("REASON", "reason"),
    ]
}
