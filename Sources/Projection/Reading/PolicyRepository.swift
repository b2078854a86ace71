import JSONValue
import Postgres

/// An access policy as PostgreSQL has it.
public struct PolicyRow: Sendable, Hashable {
    /// Key, version, desired and observed state, times.
    public var metadata: RowMetadata
    /// Free text.
    public var description: String?
    /// Which tenants it is for.
    public var tenantSelector: JSON?
    /// Names that may be reached.
    public var domains: JSON?
    /// Addresses that may be reached.
    public var egressRules: JSON?
    /// MCP servers that may be used.
    public var mcpServers: JSON?
    /// `status.message`.
    public var message: String?

    /// The namespace.
    public var namespace: String { metadata.namespace }
    /// The name.
    public var name: String { metadata.name }

    init(_ row: PostgresRow) throws {
        metadata = try RowMetadata(row)
        description = try row.decode("description")
        tenantSelector = try row.decode("tenant_selector")
        domains = try row.decode("domains")
        egressRules = try row.decode("egress_rules")
        mcpServers = try row.decode("mcp_servers")
        message = try row.decode("message")
    }
}

/// Reads the rows of access policies. Rows of deleted policies are not seen.
public struct PolicyRepository: Sendable {
    private let pool: PostgresPool
    private let reader = RowReader(
        kind: .accessPolicy,
        columns: "description, tenant_selector, domains, egress_rules, mcp_servers, message",
        isNewestFirst: true
    )

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// The policy of a name, if it is seen.
    ///
    /// - Throws: `PostgresError`.
    public func get(namespace: String, name: String, seenBy sight: ObjectSight = .everything) async throws -> PolicyRow? {
        try await reader.get(pool, namespace: namespace, name: name, where: sight.policies).map(PolicyRow.init)
    }

    /// Policies, the newest first.
    ///
    /// - Parameters:
    ///   - namespace: only those of this namespace; `nil` for all.
    ///   - sight: who asks; default somebody who sees everything.
    ///   - limit: how many at most, from 1 to 1000; default 100.
    ///   - cursor: the `next` of the page before; `nil` for the first.
    /// - Throws: `ProjectionError` for a wrong limit or cursor; `PostgresError`.
    public func list(
        namespace: String? = nil,
        seenBy sight: ObjectSight = .everything,
        limit: Int = 100,
        cursor: String? = nil
    ) async throws -> Page<PolicyRow> {
        let conditions: [SQL] = [sight.policies] + (namespace.map { ["namespace = \($0)"] } ?? [])
        return try await reader.list(pool, where: conditions, limit: limit, cursor: cursor) { row in
            let policy = try PolicyRow(row)
            return (policy, policy.metadata)
        }
    }
}
