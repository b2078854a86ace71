import CraneAPI
import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import Postgres
import Projection

/// Compiles what tenants may use.
struct ContractService: Sendable {
    let pool: PostgresPool
    let tenants: TenantRepository
    let policies: PolicyRepository
    let entitlements: EntitlementReader
    let servers: MCPServerRepository
    /// The namespace of Tenants and AccessPolicies.
    let namespace: String
    /// Where pods reach MCP servers; nil for nowhere.
    let gateway: String?
    /// Where pods fetch skills; nil for nowhere.
    let registry: String?

    /// The contract of a tenant, as everything stands.
    ///
    /// - Throws: `PostgresError`.
    func contract(of row: TenantRow) async throws -> EffectiveContract {
        let standing = try await entitlements.groups.standing(tenant: row.name, department: row.team)
        let awareness = EffectiveContract.Awareness(
            memberships: try await DatasetRepository.get(row.metadata.uid, in: pool.reads).levels,
            entitlements: try await entitlements.entitlements(.awareness, of: standing),
            resolution: try await AwarenessRepository.resolution(of: row.metadata.uid, in: pool.reads)
        )
        let policyName = row.metadata.status?["effectivePolicyRef"]?.stringValue ?? row.policyRef
        var policy: PolicyRow?
        if let policyName { policy = try await policies.get(namespace: namespace, name: policyName) }
        // A policy that is named and not there forbids, and so does a list that cannot be read: nobody knows what it would have said.
        let (policyList, isPolicyReadable) = ServerRules.list(policy?.mcpServers)
        let (tenantList, isTenantReadable) = ServerRules.list(row.metadata.spec["mcpPolicy"])
        let rules = ServerRules(
            policy: policyList,
            isPolicyMissing: (policyName != nil && policy == nil) || !isPolicyReadable || !isTenantReadable,
            tenant: tenantList
        )
        let granted = try await entitlements.entitlements(.mcpServer, of: standing)
        let known = try await servers.servers(ids: granted.map(\.payloadID)).filter(\.isOffered).map {
            EffectiveContract.Server(id: $0.id.text, name: $0.name, transport: $0.transport.rawValue, endpoint: $0.endpoint)
        }
        let sorted = rules.sort(known, granted: Set(granted.filter(\.isAllowed).map(\.payloadID)))
        return EffectiveContract(
            tenant: .init(name: row.name, team: row.team, policy: policyName),
            awareness: awareness,
            servers: sorted.allowed,
            deniedServers: sorted.denied,
            gateway: gateway,
            skills: try await skills(of: row, standing),
            registry: registry
        )
    }

    /// The skills of a tenant: granted, published, scanned without findings, and on the tenant's own list if it has one.
    private func skills(of row: TenantRow, _ standing: Standing) async throws -> [EffectiveContract.Skill] {
        let granted = try await entitlements.entitlements(.skillBundle, of: standing).filter(\.isAllowed)
        let scopes = Dictionary(granted.map { ($0.payloadID, $0.grant.scope) }) { first, _ in first }
        let allowlist = SkillAllowlist(row.metadata.spec)
        let ids = scopes.keys.compactMap { UUID(uuidString: $0) }
        guard !ids.isEmpty else { return [] }
        return try await pool.reads.query(
            """
            select id, name, version, digest, scope from skill_bundles
            where id = any(\(ids)::uuid[]) and status = 'published' and scan_passed and scan_digest = digest
            """
        ).compactMap { row in
            let skill = EffectiveContract.Skill(
                id: try row.decode("id", as: UUID.self).text,
                name: try row.decode("name"),
                scope: try row.decode("scope"),
                version: try row.decode("version"),
                digest: try row.decode("digest")
            )
            return allowlist.allows(name: skill.name, id: skill.id) ? skill : nil
        }
    }
}

/// What policies say about MCP servers, which they name by name or id. Pure.
struct ServerRules: Sendable, Hashable {
    /// The AccessPolicy in force.
    var policy: AccessList?
    /// Whether a policy is named that is not there, or a list cannot be read.
    var isPolicyMissing = false
    /// The tenant's own list.
    var tenant: AccessList?

    /// Reads a list.
    ///
    /// - Returns: the list, nil for none; and whether what is there can be read.
    static func list(_ value: JSON?) -> (list: AccessList?, isReadable: Bool) {
        guard let value, !value.isNull else { return (nil, true) }
        let list = try? value.decode(AccessList.self)
        return (list, list != nil)
    }

    /// Sorts servers into those that may be called and those that must not, whatever else allows them.
    ///
    /// - Parameters:
    ///   - servers: all that a grant speaks of.
    ///   - granted: the ids of those that grants allow.
    func sort(_ servers: [EffectiveContract.Server], granted: Set<String>) -> (
        allowed: [EffectiveContract.Server], denied: [EffectiveContract.Reference]
    ) {
        var allowed: [EffectiveContract.Server] = []
        var denied: [EffectiveContract.Reference] = []
        for server in servers {
            if granted.contains(server.id), isOpen(server) {
                allowed.append(server)
            } else {
                denied.append(.init(id: server.id, name: server.name))
            }
        }
        // What is denied by name and known to no grant is told as well: the gateway may come to know it by itself.
        let told = Set(servers.flatMap { [$0.id, $0.name] })
        let others = Set((policy?.deny ?? []) + (tenant?.deny ?? [])).subtracting(told)
        denied += others.map { .init(id: $0, name: $0) }
        return (allowed, denied)
    }

    private func isOpen(_ server: EffectiveContract.Server) -> Bool {
        if isPolicyMissing { return false }
        return [policy, tenant].allSatisfy { list in
            guard let list else { return true }
            let names = [server.name, server.id]
            if names.contains(where: { list.deny?.contains($0) == true }) { return false }
            return list.allow.map { allow in names.contains { allow.contains($0) } } ?? true
        }
    }
}
