extension Catalogue {
    /// What belongs to a tenant.
    static let tenantParts: [ResourceDeclaration] = [.datasets, .contract, .awarenessVersion]
}

extension ResourceDeclaration {
    /// The datasets of a tenant.
    static let datasets = ResourceDeclaration(
        plural: "datasets",
        singular: "datasets",
        summary: "The datasets a tenant knows, by scope.",
        kind: "Datasets",
        arguments: ["TENANT"],
        get: "GET /tenants/{name}/datasets",
        update: "PUT /tenants/{name}/datasets",
        columns: [
            Column("ORG", "org", .list), Column("TEAM", "team", .list), Column("PROJECT", "project", .list),
            Column("PERSONAL", "personal", .list),
        ]
    )

    /// What a tenant's assistant is told it may use.
    static let contract = ResourceDeclaration(
        plural: "contracts",
        singular: "contract",
        summary: "What a tenant's assistant is told it may use: skills, MCP servers, awareness.",
        kind: "Contract",
        arguments: ["TENANT"],
        get: "GET /tenants/{name}/effective-contract"
    )

    /// The version of the awareness contract that a tenant runs.
    static let awarenessVersion = ResourceDeclaration(
        plural: "awareness-versions",
        singular: "awareness-version",
        aliases: ["wave"],
        summary: "The version of the awareness contract that a tenant runs, and its wave.",
        kind: "AwarenessVersion",
        arguments: ["TENANT"],
        get: "GET /awareness/rollout/resolve/{tenant}",
        update: "PUT /awareness/waves/{tenant}",
        nameMember: "tenant",
        columns: [
            Column("TENANT", "tenant"), Column("VERSION", "version"), Column("WAVE", "wave"), Column("PROMOTED", "promoted"),
            Column("SHADOW", "shadow"),
        ]
    )
}
