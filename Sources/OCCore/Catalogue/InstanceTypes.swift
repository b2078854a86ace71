extension Catalogue {
    /// Instances: a machine or pod of one customer each.
    static let instances: [ResourceDeclaration] = [
        .instance, .order, .runtime, .instanceConfig, .platformConfig, .consent, .modelPolicy, .conversation, .usage,
    ]
}

extension ResourceDeclaration {
    private static let instanceName = ["INSTANCE"]

    /// Instances.
    static let instance = ResourceDeclaration(
        plural: "instances",
        singular: "instance",
        aliases: ["inst"],
        summary: "Assistants of customers, ordered from a catalogue.",
        kind: "Instance",
        arguments: ["ID"],
        list: "GET /v1/instances",
        get: "GET /v1/instances/{instance_id}",
        create: "POST /v1/instances",
        delete: "DELETE /v1/instances/{instance_id}",
        actions: [
            ActionDeclaration("logs", "GET /v1/instances/{instance_id}/logs", past: "read"),
            ActionDeclaration("chat", "POST /v1/instances/{instance_id}/chat", past: "answered", options: [.init("message")]),
            ActionDeclaration(
                "upgrade",
                "POST /v1/instances/{instance_id}/updates/apply",
                past: "to be upgraded",
                options: [.init("force"), .init("restart")]
            ),
            ActionDeclaration("rotate", "POST /v1/instances/admin/{instance_id}/rotate-key", past: "key rotated"),
            ActionDeclaration("cleanup", "POST /v1/instances/cleanup", past: "cleaned up"),
        ],
        elements: "instances",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "agent_name"), Column("STATUS", "status", .state), Column("STAGE", "provisioning_stage"),
            Column("HEALTH", "health_status", .state), Column("HOST", "hostname", absent: "<pending>"),
            Column("REGION", "region_id", wide: true),
            Column("PLAN", "server_type_plan", wide: true), Column("PROVIDER", "provider", wide: true),
            Column("ADDRESS", "ip_address", wide: true),
            Column("ERROR", "error_message", wide: true), Column("AGE", "created_at", .age, absent: "<unknown>"),
        ],
        createdMember: "instance_id",
        readiness: Readiness(phase: "status", ready: ["running"], failed: ["failed", "error"], message: "error_message")
    )

    /// Orders by their keys.
    static let order = ResourceDeclaration(
        plural: "orders",
        singular: "order",
        summary: "What became of an order, by its idempotency key.",
        kind: "Order",
        arguments: ["KEY"],
        get: "GET /v1/instances/by-key/{idempotency_key}",
        nameMember: "instance_id",
        columns: [
            Column("INSTANCE", "instance_id"), Column("FOUND", "found"), Column("STATUS", "status", .state),
            Column("STAGE", "provisioning_stage"),
            Column("BOOTSTRAP", "bootstrap_stage"), Column("HOST", "hostname"), Column("ERROR", "error_message"),
        ]
    )

    /// How an instance runs.
    static let runtime = ResourceDeclaration(
        plural: "runtimes",
        singular: "runtime",
        summary: "How an instance runs: stages, versions, health.",
        kind: "InstanceRuntime",
        arguments: instanceName,
        get: "GET /v1/instances/{instance_id}/runtime",
        nameMember: "instance_id"
    )

    /// The gateway's configuration of an instance.
    static let instanceConfig = ResourceDeclaration(
        plural: "instance-configs",
        singular: "instance-config",
        summary: "The configuration of an instance's gateway.",
        kind: "InstanceConfig",
        arguments: instanceName,
        get: "GET /v1/instances/{instance_id}/config",
        update: "POST /v1/instances/{instance_id}/config",
        nameMember: "instance_id"
    )

    /// The platform's configuration of an instance.
    static let platformConfig = ResourceDeclaration(
        plural: "platform-configs",
        singular: "platform-config",
        summary: "Channels, integrations, skills and workflows of an instance.",
        kind: "PlatformConfig",
        arguments: instanceName,
        get: "GET /v1/instances/{instance_id}/platform-config",
        update: "PATCH /v1/instances/{instance_id}/platform-config",
        nameMember: "instance_id"
    )

    /// Whether conversations may be read.
    static let consent = ResourceDeclaration(
        plural: "consents",
        singular: "consent",
        summary: "Whether an instance's conversations may be read.",
        kind: "Consent",
        arguments: instanceName,
        update: "PATCH /v1/instances/{instance_id}/consent",
        nameMember: "instance_id"
    )

    /// The models of an instance.
    static let modelPolicy = ResourceDeclaration(
        plural: "model-policies",
        singular: "model-policy",
        summary: "Which models an instance uses.",
        kind: "ModelPolicy",
        arguments: instanceName,
        update: "PATCH /v1/instances/{instance_id}/model-policy",
        nameMember: "instance_id"
    )

    /// Conversations of an instance.
    static let conversation = ResourceDeclaration(
        plural: "conversations",
        singular: "conversation",
        summary: "Conversations with an instance; they can be read with its customer's consent.",
        kind: "Conversation",
        arguments: ["INSTANCE", "ID"],
        parentType: "instances",
        list: "GET /v1/instances/{instance_id}/conversations",
        get: "GET /v1/instances/{instance_id}/conversations/{conversation_id}",
        elements: "conversations",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("KIND", "kind"), Column("TITLE", "title"), Column("MESSAGES", "message_count"),
            Column("LAST", "last_message", wide: true), Column("UPDATED", "updated_at", .age),
        ]
    )

    /// What an instance used.
    static let usage = ResourceDeclaration(
        plural: "usage",
        singular: "usage",
        summary: "What an instance used of models.",
        kind: "Usage",
        arguments: instanceName,
        get: "GET /v1/instances/{instance_id}/usage",
        nameMember: "instance_id",
        columns: [
            Column("INSTANCE", "instance_id"), Column("REQUESTS", "total_requests"), Column("TOKENS", "total_tokens"),
            Column("COST-USD", "total_cost_usd"), Column("USERS", "unique_end_users"), Column("DAYS", "daily", .count),
        ],
        filters: [Filter("days")]
    )
}
