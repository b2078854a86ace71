import JSONValue
import Postgres

/// A customer as PostgreSQL has it.
public struct ClusterTenantRow: Sendable, Hashable {
    /// Key, version, desired and observed state, times.
    public var metadata: RowMetadata
    /// The label for people.
    public var displayName: String
    /// The domain its tenants are served under.
    public var baseDomain: String?
    /// How far it is kept apart from others.
    public var isolationTier: String
    /// Where its workloads run.
    public var compute: JSON
    /// What it may use: `{"quota": …}`.
    public var resources: JSON?
    /// `status.phase`; `pending` until the operator wrote one.
    public var phase: String
    /// `status.message`.
    public var message: String?
    /// `status.boundNamespace`.
    public var boundNamespace: String?
    /// `status.provisioner`.
    public var provisioner: String?

    /// The name.
    public var name: String { metadata.name }
    /// `resources.quota`; an empty object when there is none.
    public var quota: JSON { resources?["quota"] ?? .object([:]) }

    init(_ row: PostgresRow) throws {
        metadata = try RowMetadata(row)
        displayName = try row.decode("display_name")
        baseDomain = try row.decode("base_domain")
        isolationTier = try row.decode("isolation_tier")
        compute = try row.decode("compute")
        resources = try row.decode("resources")
        phase = try row.decode("phase")
        message = try row.decode("message")
        boundNamespace = try row.decode("bound_namespace")
        provisioner = try row.decode("provisioner")
    }
}

/// Reads the rows of customers. Rows of deleted customers are not seen.
public struct ClusterTenantRepository: Sendable {
    private let pool: PostgresPool
    private let reader = RowReader(
        kind: .clusterTenant,
        columns: "display_name, base_domain, isolation_tier, compute, resources, phase, message, bound_namespace, provisioner",
        isNewestFirst: false
    )

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// The customer of a name, if it is seen.
    ///
    /// - Throws: `PostgresError`.
    public func get(name: String, seenBy sight: ObjectSight = .everything) async throws -> ClusterTenantRow? {
        try await reader.get(pool, namespace: "", name: name, where: sight.customers).map(ClusterTenantRow.init)
    }

    /// Customers, the oldest first.
    ///
    /// - Parameters:
    ///   - sight: who asks; default somebody who sees everything.
    ///   - limit: how many at most, from 1 to 1000; default 100.
    ///   - cursor: the `next` of the page before; `nil` for the first.
    /// - Throws: `ProjectionError` for a wrong limit or cursor; `PostgresError`.
    public func list(
        seenBy sight: ObjectSight = .everything,
        limit: Int = 100,
        cursor: String? = nil
    ) async throws -> Page<ClusterTenantRow> {
        try await reader.list(pool, where: [sight.customers], limit: limit, cursor: cursor) { row in
            let clusterTenant = try ClusterTenantRow(row)
            return (clusterTenant, clusterTenant.metadata)
        }
    }
}
