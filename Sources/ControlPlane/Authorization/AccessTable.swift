import HTTPOperations

/// Who may do what: one row for each operation. The control plane does not start with an operation that has none, or that says something else.
struct AccessTable: Sendable {
    /// What holds for an operation.
    struct Row: Sendable, Hashable {
        /// Id of the operation.
        var id: String
        /// The roles that may call it, and the scope that a confined credential needs.
        var access: Access
        /// With which objects they may have to do.
        var objects: ObjectRule
    }

    /// The rows.
    static let rows: [Row] = resources + catalogue + usage + people + organizations + programs

    /// The rows by the ids of operations.
    static let byID: [String: Row] = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }

    private static func rows(_ access: Access, _ objects: ObjectRule, _ ids: String...) -> [Row] {
        ids.map { Row(id: $0, access: access, objects: objects) }
    }

    /// Tenants, policies and customers.
    private static let resources: [Row] =
        rows(.readingTenants, .tenants, "listTenants")
        + rows(.readingTenants, .tenant, "getTenant", "getTenantStatus", "listTenantEvents")
        + rows(.readingTenants, .tenant, "getTenantDatasets", "getTenantEffectiveContract")
        + rows(.writing, .newTenant, "createTenant")
        + rows(.writing, .changedTenant, "updateTenant", "deleteTenant", "suspendTenant", "resumeTenant", "updateTenantDatasets")
        + rows(.administering, .platform, "getTenantProjectionDrift", "repairTenantProjection")
        + rows(.reading, .policies, "listPolicies")
        + rows(.reading, .policy, "getPolicy", "getPolicyStatus", "listPolicyEvents")
        + rows(.administering, .platform, "createPolicy", "updatePolicy", "deletePolicy")
        + rows(.administering, .platform, "getPolicyProjectionDrift", "repairPolicyProjection")
        + rows(.reading, .customers, "listClusterTenants")
        + rows(.reading, .customer, "getClusterTenant", "getClusterTenantStatus", "listClusterTenantEvents")
        + rows(.administering, .platform, "createClusterTenant", "updateClusterTenant", "deleteClusterTenant")

    /// What tenants are offered.
    private static let catalogue: [Row] =
        rows(.reading, .catalogue, "listSkillBundles", "getSkillBundle", "listMcpServers", "getMcpServer")
        + rows(
            .administering,
            .platform,
            "createSkillBundle",
            "updateSkillBundle",
            "deleteSkillBundle",
            "putSkillContent",
            "scanSkillBundle"
        )
        + rows(.administering, .platform, "approveSkillPromotion", "rejectSkillPromotion", "backfillSkillBundlesToOci")
        + rows(.administering, .platform, "createMcpServer", "updateMcpServer", "deleteMcpServer")
        + rows(.inspecting, .platform, "listMcpServerCredentials")
        + rows(.administering, .platform, "addMcpServerCredential", "deleteMcpServerCredential")
        + rows(.inspecting, .platform, "listGroups", "getGroup")
        + rows(.administering, .platform, "createGroup", "updateGroup", "deleteGroup")
        + rows(.inspecting, .platform, "listThirdPartySources", "getThirdPartySource")
        + rows(.administering, .platform, "createThirdPartySource", "updateThirdPartySource", "deleteThirdPartySource")
        + rows(.administering, .platform, "approveThirdPartySource", "syncThirdPartySource")
        + rows(.reading, .catalogue, "getAwarenessRollout")
        + rows(.administering, .platform, "setAwarenessRollout", "promoteAwarenessRollout", "rollbackAwarenessRollout", "setAwarenessWave")
        + rows(.readingTenants, .tenant, "resolveAwarenessVersion")
        + rows(.readingTenants, .tenants, "getFleetParticipation")

    /// What is spent, and what was done.
    private static let usage: [Row] =
        rows(.inspecting, .platform, "getGlobalBudget", "listAccountBudgets")
        + rows(.administering, .platform, "updateGlobalBudget", "upsertAccountBudget", "deleteAccountBudget")
        + rows(.readingTenants, .tenant, "getTenantSpend", "getTenantLiteLlmKey")
        + rows(.writing, .changedTenant, "revokeTenantLiteLlmKey")
        + rows(.readingTenants, .tenants, "listTokenUsage")
        + rows(.administering, .platform, "listProviderKeys", "upsertProviderKey", "deleteProviderKey")
        + rows(.administering, .platform, "listAuditEntries")
        + rows(.inspecting, .platform, "getServerMetrics", "getProjectionDriftMetrics")
        + rows(.administering, .platform, "getPlatformDns", "setPlatformDns")

    private static let everybody: Access = .roles([
        .platformAdmin, .customerAdmin, .viewer, .owner, .organizationAdmin, .organizationMember,
    ])
    private static let persons: Access = .roles([.platformAdmin, .customerAdmin, .viewer, .owner])

    /// Logging in, and what is somebody's own.
    private static let people: [Row] =
        rows(.open, .open, "getOpenApiSpec", "startOidcLogin", "completeOidcLogin", "getAuthStatus", "logout", "exchangePodToken")
        + rows(.open, .open, "requestDeviceCode", "activateDeviceCode", "decideDeviceCode", "pollDeviceToken")
        + rows(everybody, .owned, "listAccessTokens", "createAccessToken")
        + rows(everybody, .own, "deleteAccessToken")
        + rows(.administering, .platform, "endPersonAccess")
        + rows(persons, .own, "getSessionScope", "clearSessionScope")
        + rows(persons, .binding, "setSessionScope")

    /// Fleets, boards, agents, instances: what belongs to an organisation, or to a person.
    private static let organizations: [Row] =
        rows(persons, .organizations, "getFleet", "streamFleet", "listBoards", "listGateways", "listAgents", "streamAgents")
        + rows(persons, .organization, "getBoard", "getGateway", "getAgent")
        + rows(.writing, .organization, "syncGatewayTemplates")
        + rows(AgentOperations.writing, .organization, "createAgent", "updateAgent", "deleteAgent", "rotateAgentToken")
        + rows(AgentOperations.calling, .agent, "reportAgentHeartbeat")
        + rows(InstanceAccess.reading, .organizations, "listInstances", "getInstanceByKey")
        + rows(InstanceAccess.writing, .organizations, "createInstance")
        + rows(InstanceAccess.clearing, .organizations, "cleanupInstances")
        + rows(InstanceAccess.reading, .instance, "getInstance", "getInstanceConfig", "getInstanceLogs")
        + rows(InstanceAccess.reading, .instance, "getInstancePlatformConfig", "getInstanceRuntime", "getInstanceUsage")
        + rows(InstanceAccess.reading, .instance, "listInstanceConversations", "getInstanceConversation")
        + rows(InstanceAccess.writing, .instance, "updateInstanceConfig", "updateInstanceConsent", "updateInstanceModelPolicy")
        + rows(InstanceAccess.writing, .instance, "updateInstancePlatformConfig", "applyInstanceUpdates", "chatWithInstance")
        + rows(InstanceAccess.deleting, .instance, "deleteInstance")
        + rows(InstanceAccess.administering, .instance, "rotateInstanceKey")
        + rows(APIKeyOperations.reading, .organizations, "listApiKeys")
        + rows(APIKeyOperations.writing, .organizations, "createApiKey")
        + rows(APIKeyOperations.writing, .organization, "rotateApiKey", "revokeApiKey")

    /// What programs of the platform call.
    private static let programs: [Row] =
        rows(.working, .pod, "getRuntimeContract", "recordParticipation", "getSkillContent", "fetchSkillBundle", "listMcpRegistryServers")
        + rows(.working, .own, "getRuntimeSessionScope", "clearRuntimeSessionScope")
        + rows(.working, .binding, "setRuntimeSessionScope")
        + rows(.roles([.agent]), .caller, "reportOwnHeartbeat", "checkAgentToken")
        + rows(.roles([.machine]), .caller, "exchangeBootstrapCredential", "reportBootstrap")
        + rows(.administering, .platform, "createFleetTenant", "listFleetTenants")
}

extension AccessTable {
    /// Throws unless every operation has its row, and says what its row says.
    ///
    /// - Throws: ``AccessTableError``.
    static func check(_ surfaces: [Surface]) throws(AccessTableError) {
        for label in surfaces.flatMap(\.operations).map(\.label) {
            guard let row = byID[label.id] else { throw AccessTableError(operation: label.id, problem: "has no row") }
            guard row.access == label.access else { throw AccessTableError(operation: label.id, problem: "is declared otherwise") }
        }
    }
}

/// An operation and the table of who may do what do not agree: a fault of the program.
struct AccessTableError: Error, CustomStringConvertible {
    /// Stable code.
    let code = "ACCESS_TABLE"
    /// The operation.
    let operation: String
    /// What is wrong.
    let problem: String

    var description: String { "the operation \(operation) \(problem) in AccessTable" }
}
