import Foundation
import Postgres

/// A version of an agent's row, and whom the agent belongs to.
public struct AgentVersion: Sendable, Hashable {
    /// The agent's id.
    public var id: UUID
    /// Names this state of its row.
    public var version: String
    /// The organisation of its tenant; `nil` for a person's own, or when the tenant is gone.
    public var organization: String?
    /// The address of its tenant's owner, in lower case; `nil` when the tenant is gone.
    public var owner: String?

    /// Whether somebody may see the agent.
    public func isIn(_ scope: TenantScope) -> Bool {
        switch scope {
        case .all: true
        case .owner(.organization(let name)): !name.isEmpty && organization == name
        case .owner(.person(let email)): !email.isEmpty && organization == nil && owner == email.lowercased()
        case .none: false
        }
    }
}

/// Reads which agents there are in which version, so that only those that changed need to be read.
public struct AgentWatchRepository: Sendable {
    private let pool: PostgresPool

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// The versions of the agents of some scopes, those that changed last first.
    ///
    /// - Parameters:
    ///   - scopes: who asks.
    ///   - deletedAfter: agents that were deleted after this time are there too.
    ///   - limit: how many at most.
    /// - Throws: `PostgresError`.
    public func versions(in scopes: Set<TenantScope>, deletedAfter: Date, limit: Int) async throws -> [AgentVersion] {
        let any = scopes.map(\.condition)
        guard !any.isEmpty else { return [] }
        return try await pool.reads.query(
            """
            select agents.id, agents.xmin::text as version, \(InstanceOwner.organization(of: "tenant")) as organization,
                lower(tenant.email) as owner
            from agents left join tenants as tenant on tenant.uid = agents.gateway_id and tenant.deleted_at is null
            where (agents.status <> 'deleted' or agents.deleted_at > \(deletedAfter))
                and \(scopes.contains(.all) ? "true" : Self.isInAny(any))
            order by agents.updated_at desc limit \(limit)
            """
        ).map { row in
            AgentVersion(
                id: try row.decode("id"),
                version: try row.decode("version"),
                organization: try row.decode("organization"),
                owner: try row.decode("owner")
            )
        }
    }

    /// The rows of some agents.
    ///
    /// - Throws: `PostgresError`.
    public func rows(_ ids: [UUID]) async throws -> [AgentRow] {
        guard !ids.isEmpty else { return [] }
        return try await pool.reads.query("select \(unescaped: AgentRow.columns) from agents where id = any(\(ids))").map(AgentRow.init)
    }

    private static func isInAny(_ conditions: [SQL]) -> SQL {
        """
        exists (select from tenants where tenants.uid = agents.gateway_id and tenants.deleted_at is null
            and (\(SQL.joined(conditions, separator: " or "))))
        """
    }
}
