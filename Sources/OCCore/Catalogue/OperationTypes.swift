extension Catalogue {
    /// How the platform itself is doing.
    static let operations: [ResourceDeclaration] = [.audit, .dns, .serverMetrics, .driftMetrics, .rollout, .participation]
}

extension ResourceDeclaration {
    /// The trail of changes.
    static let audit = ResourceDeclaration(
        plural: "audit",
        singular: "audit-entry",
        summary: "Who did what, newest first.",
        kind: "AuditEntry",
        arguments: ["ID"],
        list: "GET /audit",
        elements: "data",
        nameMember: "id",
        columns: [
            Column("TIME", "timestamp"), Column("ACTOR", "actor"), Column("ACTION", "action"), Column("RESOURCE", "resource"),
            Column("TENANT", "tenant"), Column("OUTCOME", "outcome", .state), Column("MESSAGE", "message", wide: true),
            Column("REQUEST", "requestId", wide: true), Column("ID", "id", wide: true),
        ],
        filters: [Filter("tenant"), Filter("actor"), Filter("resource")],
        defaultLimit: 100
    )

    /// Platform DNS.
    static let dns = ResourceDeclaration(
        plural: "dns",
        singular: "dns",
        aliases: ["platform-dns"],
        summary: "How certificates for the tenants' hosts are proved.",
        kind: "PlatformDNS",
        arguments: [],
        get: "GET /platform/dns",
        update: "PUT /platform/dns",
        columns: [
            Column("PROVIDER", "provider"), Column("ZONE", "zone"), Column("ISSUER", "issuerName"), Column("READY", "ready", .state),
            Column("REASON", "reason"), Column("EMAIL", "email", wide: true), Column("SERVER", "server", wide: true),
            Column("MESSAGE", "message", wide: true),
        ],
        filters: [Filter("issuer-name", "issuerName")]
    )

    /// What the servers use.
    static let serverMetrics = ResourceDeclaration(
        plural: "server-metrics",
        singular: "server-metrics",
        summary: "What the nodes and the control plane use.",
        kind: "ServerMetrics",
        arguments: [],
        get: "GET /metrics/server"
    )

    /// How far database and cluster are apart.
    static let driftMetrics = ResourceDeclaration(
        plural: "drift-metrics",
        singular: "drift-metrics",
        summary: "How far the database and the cluster are apart, at the last look.",
        kind: "DriftMetrics",
        arguments: [],
        get: "GET /metrics/projection-drift"
    )

    /// The rollout of the awareness contract.
    static let rollout = ResourceDeclaration(
        plural: "rollout",
        singular: "rollout",
        aliases: ["awareness-rollout"],
        summary: "The rollout of the awareness contract, wave by wave.",
        kind: "AwarenessRollout",
        arguments: [],
        get: "GET /awareness/rollout",
        update: "PUT /awareness/rollout",
        actions: [
            ActionDeclaration("promote", "POST /awareness/rollout/promote", past: "promoted", options: [.init("wave")]),
            ActionDeclaration("rollback", "POST /awareness/rollout/rollback", past: "rolled back"),
        ],
        columns: [
            Column("TARGET", "targetVersion"), Column("STABLE", "stableVersion"), Column("PROMOTED", "promotedWaves", .list),
            Column("NEXT", "nextWave"), Column("WAVES", "waves", .list, wide: true), Column("SHADOW", "shadowMode"),
        ]
    )

    /// How assistants take part.
    static let participation = ResourceDeclaration(
        plural: "participation",
        singular: "participant",
        summary: "Which tenants' assistants take part, and which broke their contract.",
        kind: "Participation",
        arguments: ["TENANT"],
        list: "GET /awareness/participation",
        elements: "tenants",
        nameMember: "tenant",
        columns: [
            Column("TENANT", "tenant"), Column("SEVERITY", "severity", .state), Column("RUNS", "runningContractVersion"),
            Column("EXPECTED", "expectedContractVersion"), Column("VIOLATIONS", "policyViolations"),
            Column("SEEN", "lastSeenAt", .age, absent: "<never>"),
        ],
        filters: [Filter("severity")]
    )
}
