extension Catalogue {
    /// Fleets of agents.
    static let fleets: [ResourceDeclaration] = [.fleetTenant, .fleet, .board, .gateway, .agent]
}

extension ResourceDeclaration {
    private static let age = Column("AGE", "created_at", .age, absent: "<unknown>")

    /// Fleets that were ordered.
    static let fleetTenant = ResourceDeclaration(
        plural: "fleet-tenants",
        singular: "fleet-tenant",
        summary: "Fleets that were ordered from a template.",
        kind: "FleetTenant",
        arguments: ["ID"],
        list: "GET /api/tenants",
        create: "POST /api/tenants",
        elements: "tenants",
        element: "tenant",
        nameMember: "tenant_id",
        columns: [
            Column("ID", "tenant_id"), Column("NAME", "name"), Column("STATUS", "status", .state), Column("PLAN", "plan"),
            Column("TEMPLATE", "template_id"), Column("AGENTS", "agent_specs", .count), Column("ORGANIZATION", "clerk_org_id", wide: true),
            age,
        ],
        filters: [Filter("status"), Filter("plan"), Filter("organization", "clerkOrgId")],
        readiness: Readiness(phase: "status", ready: ["active"], failed: ["error"])
    )

    /// The caller's fleet.
    static let fleet = ResourceDeclaration(
        plural: "fleet",
        singular: "fleet",
        summary: "The fleet of the caller's organization: its machine and its agents.",
        kind: "Fleet",
        arguments: [],
        get: "GET /api/fleet",
        element: "fleet",
        stream: "GET /api/fleet/stream"
    )

    /// Boards.
    static let board = ResourceDeclaration(
        plural: "boards",
        singular: "board",
        summary: "Boards that agents work on.",
        kind: "Board",
        arguments: ["ID"],
        list: "GET /api/v1/boards",
        get: "GET /api/v1/boards/{id}",
        elements: "items",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("AGENTS", "agent_count"), Column("MAX", "max_agents"),
            Column("GATEWAY", "gateway_id"), Column("SLUG", "slug", wide: true), Column("ORGANIZATION", "organization_id", wide: true), age,
        ]
    )

    /// Gateways.
    static let gateway = ResourceDeclaration(
        plural: "gateways",
        singular: "gateway",
        aliases: ["gw"],
        summary: "OpenClaw gateways that agents live in.",
        kind: "Gateway",
        arguments: ["ID"],
        list: "GET /api/v1/gateways",
        get: "GET /api/v1/gateways/{id}",
        actions: [
            ActionDeclaration(
                "sync",
                "POST /api/v1/gateways/{id}/templates/sync",
                past: "synced",
                options: [
                    "board-id", "force-bootstrap", "include-main", "lead-only", "overwrite", "reset-sessions", "rotate-tokens",
                ].map { ActionDeclaration.Option($0, in: .query) }
            )
        ],
        elements: "items",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("STATE", "state", .state), Column("VERSION", "version"),
            Column("BOARD", "board_id"),
            Column("URL", "url", wide: true), Column("PROTOCOL", "protocol", wide: true), Column("MESSAGE", "message", wide: true), age,
        ],
        readiness: Readiness(phase: "state", ready: ["connected", "ready", "online"], failed: ["failed", "refused"])
    )

    /// Agents.
    static let agent = ResourceDeclaration(
        plural: "agents",
        singular: "agent",
        summary: "Agents on boards: who they are, and how they are doing.",
        kind: "Agent",
        arguments: ["ID"],
        list: "GET /api/v1/agents",
        get: "GET /api/v1/agents/{id}",
        create: "POST /api/v1/agents",
        update: "PATCH /api/v1/agents/{id}",
        delete: "DELETE /api/v1/agents/{id}",
        actions: [
            ActionDeclaration("rotate", "POST /api/v1/agents/{id}/token/rotate", past: "token rotated"),
            ActionDeclaration("heartbeat", "POST /api/v1/agents/{id}/heartbeat", past: "heard of", options: [.init("status")]),
        ],
        elements: "items",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("STATUS", "status", .state), Column("BOARD", "board_id"),
            Column("LEAD", "is_board_lead"), Column("SEEN", "last_seen_at", .age, absent: "<never>"),
            Column("GATEWAY", "gateway_id", wide: true),
            Column("SESSION", "openclaw_session_id", wide: true), Column("ERROR", "last_provision_error", wide: true), age,
        ],
        filters: [Filter("board", "board_id"), Filter("gateway", "gateway_id"), Filter("status")],
        stream: "GET /api/v1/agents/stream",
        readiness: Readiness(
            phase: "status",
            ready: ["ready", "active", "idle"],
            failed: ["error", "offline"],
            message: "last_provision_error"
        )
    )
}
