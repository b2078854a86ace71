extension Catalogue {
    /// What is spent, and how much may be.
    static let budgets: [ResourceDeclaration] = [.budget, .accountBudget, .spend, .modelKey, .providerKey, .tokenUsage]
}

extension ResourceDeclaration {
    private static let spending = [
        Column("SPENT-USD", "currentSpendUsd"), Column("LIMIT-USD", "monthlyLimitUsd", absent: "<none>"),
        Column("STATE", "budgetAlertState", .state),
        Column("READ", "spendReadAt", .age, absent: "<never>"),
    ]

    /// The ceiling for all.
    static let budget = ResourceDeclaration(
        plural: "budget",
        singular: "budget",
        summary: "What all tenants together may spend on models in a month.",
        kind: "Budget",
        arguments: [],
        get: "GET /ai-budget/global",
        update: "PUT /ai-budget/global",
        columns: spending
    )

    /// Ceilings of accounts.
    static let accountBudget = ResourceDeclaration(
        plural: "account-budgets",
        singular: "account-budget",
        aliases: ["accounts", "account"],
        summary: "What the tenants of one owner may spend in a month.",
        kind: "AccountBudget",
        arguments: ["ACCOUNT"],
        list: "GET /ai-budget/accounts",
        update: "PUT /ai-budget/accounts/{userId}",
        delete: "DELETE /ai-budget/accounts/{userId}",
        nameMember: "userId",
        columns: [Column("ACCOUNT", "userId")] + spending
    )

    /// What a tenant has spent.
    static let spend = ResourceDeclaration(
        plural: "spend",
        singular: "spend",
        summary: "What a tenant has spent on models this month.",
        kind: "Spend",
        arguments: ["TENANT"],
        get: "GET /ai-budget/{tenantName}/spend",
        columns: spending
    )

    /// A tenant's key of the model proxy.
    static let modelKey = ResourceDeclaration(
        plural: "model-keys",
        singular: "model-key",
        summary: "A tenant's key of the model proxy; never the key itself.",
        kind: "ModelKey",
        arguments: ["TENANT"],
        get: "GET /ai-budget/{tenantName}/litellm-key",
        actions: [ActionDeclaration("revoke", "POST /ai-budget/{tenantName}/litellm-key/revoke", past: "revoked")],
        nameMember: "tenant",
        columns: [
            Column("TENANT", "tenant"), Column("ALIAS", "keyAlias"), Column("BUDGET-USD", "monthlyBudgetUsd"),
            Column("SECRET", "secretName"),
            Column("REVOKED", "revokedAt", .age), Column("AGE", "issuedAt", .age, absent: "<unknown>"),
        ]
    )

    /// Keys of providers of models.
    static let providerKey = ResourceDeclaration(
        plural: "provider-keys",
        singular: "provider-key",
        aliases: ["providers", "provider"],
        summary: "Keys of the providers of models; never the keys themselves.",
        kind: "ProviderKey",
        arguments: ["PROVIDER"],
        list: "GET /providers/keys",
        update: "PUT /providers/keys/{provider}",
        delete: "DELETE /providers/keys/{provider}",
        nameMember: "provider",
        columns: [
            Column("PROVIDER", "provider"), Column("CONFIGURED", "configured", .state), Column("TOLD", "toldAt", .age, absent: "<not yet>"),
            Column("ERROR", "lastError", wide: true), Column("UPDATED", "updatedAt", .age),
        ]
    )

    /// What tenants used.
    static let tokenUsage = ResourceDeclaration(
        plural: "token-usage",
        singular: "token-usage",
        aliases: ["tokens-used"],
        summary: "What tenants used of models, by day.",
        kind: "TokenUsage",
        arguments: ["TENANT"],
        list: "GET /token-usage",
        nameMember: "tenant",
        columns: [
            Column("DAY", "day"), Column("TENANT", "tenant"), Column("MODEL", "model"), Column("INPUT", "inputTokens"),
            Column("OUTPUT", "outputTokens"), Column("COST-USD", "totalCostUsd"),
        ],
        filters: [Filter("tenant")],
        defaultLimit: 100
    )
}
