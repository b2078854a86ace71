extension Catalogue {
    /// What is shared out among tenants.
    static let catalog: [ResourceDeclaration] = [.group, .mcpServer, .credential, .skill, .skillContent, .bundle, .source]
}

extension ResourceDeclaration {
    private static let age = Column("AGE", "createdAt", .age, absent: "<unknown>")

    /// Groups of tenants and people.
    static let group = ResourceDeclaration(
        plural: "groups",
        singular: "group",
        summary: "Groups of tenants, people and departments, and what their members know.",
        kind: "Group",
        arguments: ["ID"],
        readOnly: ["id", "createdAt", "updatedAt", "memberCount"],
        list: "GET /groups",
        get: "GET /groups/{id}",
        create: "POST /groups",
        update: "PUT /groups/{id}",
        delete: "DELETE /groups/{id}",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("SCOPE", "scope"), Column("MEMBERS", "memberCount"),
            Column("GRANTS", "awarenessGrants", .count), Column("DESCRIPTION", "description", wide: true), age,
        ]
    )

    /// MCP servers.
    static let mcpServer = ResourceDeclaration(
        plural: "mcp-servers",
        singular: "mcp-server",
        aliases: ["mcp"],
        summary: "MCP servers that assistants may use.",
        kind: "MCPServer",
        arguments: ["ID"],
        readOnly: ["id", "createdAt", "updatedAt", "lastSyncedAt", "sourceId"],
        list: "GET /mcp-servers",
        get: "GET /mcp-servers/{id}",
        create: "POST /mcp-servers",
        update: "PUT /mcp-servers/{id}",
        delete: "DELETE /mcp-servers/{id}",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("STATUS", "status", .state), Column("TRANSPORT", "transport"),
            Column("ENDPOINT", "endpoint"), Column("SCOPE", "scope", wide: true), Column("GRANTS", "grants", .count, wide: true),
            Column("CREDENTIALS", "credentials", .count, wide: true), age,
        ]
    )

    /// Credentials of an MCP server.
    static let credential = ResourceDeclaration(
        plural: "credentials",
        singular: "credential",
        aliases: ["cred", "creds"],
        summary: "What the gateway uses with an MCP server; a reference, never the secret.",
        kind: "MCPServerCredential",
        arguments: ["SERVER", "ID"],
        parentType: "mcp-servers",
        list: "GET /mcp-servers/{id}/credentials",
        create: "POST /mcp-servers/{id}/credentials",
        delete: "DELETE /mcp-servers/{id}/credentials/{credentialId}",
        nameMember: "id",
        columns: [Column("ID", "id"), Column("NAME", "displayName"), Column("MODE", "brokeringMode"), Column("SECRET", "secretRef")]
    )

    /// Skills.
    static let skill = ResourceDeclaration(
        plural: "skills",
        singular: "skill",
        summary: "Skills of the catalogue: what assistants can learn, scanned before it is published.",
        kind: "Skill",
        arguments: ["ID"],
        readOnly: [
            "id", "createdAt", "updatedAt", "hasContent", "publishedAt", "registry", "scanFindings", "scanStatus", "scannedAt",
            "sourceName",
        ],
        list: "GET /skills/catalog",
        get: "GET /skills/catalog/{id}",
        create: "POST /skills/catalog",
        update: "PUT /skills/catalog/{id}",
        delete: "DELETE /skills/catalog/{id}",
        actions: [
            ActionDeclaration("scan", "POST /skills/catalog/{id}/scan", past: "scanned"),
            ActionDeclaration("backfill", "POST /skills/catalog/backfill", past: "backfilled"),
            ActionDeclaration("approve", "POST /skills/catalog/{id}/promotions/{promotionId}/approve", past: "promotion approved"),
            ActionDeclaration("reject", "POST /skills/catalog/{id}/promotions/{promotionId}/reject", past: "promotion rejected"),
        ],
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("VERSION", "version"), Column("STATUS", "status", .state),
            Column("SCAN", "scanStatus", .state), Column("SCOPE", "scope"), Column("SOURCE", "sourceName", wide: true),
            Column("TAGS", "tags", .list, wide: true), Column("GRANTS", "grants", .count, wide: true),
            Column("DIGEST", "digest", wide: true), age,
        ]
    )

    /// The text of a skill.
    static let skillContent = ResourceDeclaration(
        plural: "skill-contents",
        singular: "skill-content",
        summary: "The text of a skill (Markdown): oc update skill-content ID -f SKILL.md.",
        kind: "SkillContent",
        arguments: ["SKILL"],
        update: "PUT /skills/catalog/{id}/content",
        nameMember: "id",
        mediaType: "text/markdown"
    )

    /// A stored text by its digest.
    static let bundle = ResourceDeclaration(
        plural: "bundles",
        singular: "bundle",
        summary: "The stored text of a skill, by its digest.",
        kind: "Bundle",
        arguments: ["DIGEST"],
        get: "GET /bundles/{digest}",
        nameMember: "digest",
        mediaType: "text/markdown"
    )

    /// Third-party sources.
    static let source = ResourceDeclaration(
        plural: "third-party-sources",
        singular: "third-party-source",
        aliases: ["source", "sources"],
        summary: "Where skills and MCP servers of others come from.",
        kind: "ThirdPartySource",
        arguments: ["ID"],
        readOnly: [
            "id", "createdAt", "updatedAt", "approvedAt", "approvedBy", "error", "errorCode", "failures", "lastSyncedAt",
            "managedItemCount",
            "nextRunAt", "syncStatus",
        ],
        list: "GET /third-party-sources",
        get: "GET /third-party-sources/{id}",
        create: "POST /third-party-sources",
        update: "PUT /third-party-sources/{id}",
        delete: "DELETE /third-party-sources/{id}",
        actions: [
            ActionDeclaration("approve", "POST /third-party-sources/{id}/approve", past: "approved"),
            ActionDeclaration("sync", "POST /third-party-sources/{id}/sync", past: "to be fetched"),
        ],
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("TYPE", "type"), Column("STATUS", "syncStatus", .state),
            Column("ITEMS", "managedItemCount"), Column("SYNCED", "lastSyncedAt", .age, absent: "<never>"),
            Column("URL", "url", wide: true),
            Column("APPROVED-BY", "approvedBy", wide: true), Column("ERROR", "error", wide: true), age,
        ]
    )
}
