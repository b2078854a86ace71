extension Catalogue {
    /// Who may come in.
    static let access: [ResourceDeclaration] = [.accessToken, .apiKey, .person, .sessionScope]
}

extension ResourceDeclaration {
    /// Access tokens of people and programs.
    static let accessToken = ResourceDeclaration(
        plural: "access-tokens",
        singular: "access-token",
        aliases: ["token", "tokens"],
        summary: "Tokens of people and programs for the API.",
        kind: "AccessToken",
        arguments: ["ID"],
        list: "GET /access-tokens",
        create: "POST /access-tokens",
        delete: "DELETE /access-tokens/{id}",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("OWNER", "owner"), Column("ROLES", "roles", .list),
            Column("SCOPES", "scopes", .list),
            Column("LAST-USED", "lastUsedAt", .age, absent: "<never>"), Column("ENDS", "expiresAt", wide: true),
            Column("ORGANIZATION", "organization", wide: true), Column("CREATED-BY", "createdBy", wide: true),
            Column("AGE", "createdAt", .age, absent: "<unknown>"),
        ],
        revealed: "plainTextToken"
    )

    /// Keys of the instances' API.
    static let apiKey = ResourceDeclaration(
        plural: "api-keys",
        singular: "api-key",
        aliases: ["key", "keys"],
        summary: "Keys for the instances' API.",
        kind: "APIKey",
        arguments: ["ID"],
        list: "GET /v1/api-keys",
        create: "POST /v1/api-keys",
        delete: "DELETE /v1/api-keys/{id}",
        actions: [
            ActionDeclaration(
                "rotate",
                "POST /v1/api-keys/{id}/rotate",
                past: "rotated",
                options: [.init("grace-seconds")],
                revealed: "key"
            )
        ],
        element: "api_key",
        nameMember: "id",
        columns: [
            Column("ID", "id"), Column("NAME", "name"), Column("ROLE", "role"), Column("CUSTOMER", "customer_id"),
            Column("SCOPES", "scopes", .list), Column("LAST-USED", "last_used_at", .age, absent: "<never>"),
            Column("ENDS", "expires_at", wide: true), Column("REVOKED", "revoked_at", wide: true),
            Column("ORGANIZATION", "organization", wide: true),
            Column("AGE", "created_at", .age, absent: "<unknown>"),
        ],
        filters: [Filter("include-ended", "include_ended")],
        revealed: "key"
    )

    /// Somebody who leaves.
    static let person = ResourceDeclaration(
        plural: "people",
        singular: "person",
        summary: "People with access; `oc revoke person` ends all that one has.",
        kind: "Person",
        arguments: ["PERSON"],
        actions: [ActionDeclaration("revoke", "POST /auth/departures", past: "has no access any more", namedBy: "person")],
        nameMember: "person"
    )

    /// What a session is to reach.
    static let sessionScope = ResourceDeclaration(
        plural: "session-scopes",
        singular: "session-scope",
        aliases: ["scope", "scopes"],
        summary: "What a session of an assistant is to reach.",
        kind: "SessionScope",
        arguments: ["SESSION"],
        get: "GET /sessions/{sessionKey}/scope",
        update: "PUT /sessions/{sessionKey}/scope",
        delete: "DELETE /sessions/{sessionKey}/scope",
        nameMember: "sessionKey",
        columns: [
            Column("SESSION", "sessionKey"), Column("PRINCIPAL", "principal"), Column("SCOPES", "scopes", .count),
            Column("AGE", "createdAt", .age, absent: "<unknown>"),
        ],
        filters: [Filter("principal")]
    )
}
