import JSONValue
import Postgres

/// A tenant as PostgreSQL has it.
public struct TenantRow: Sendable, Hashable {
    /// Key, version, desired and observed state, times.
    public var metadata: RowMetadata
    /// The label for people.
    public var displayName: String
    /// The owner.
    public var email: String
    /// The team.
    public var team: String?
    /// The customer it belongs to.
    public var clusterTenantRef: String?
    /// The policy it names.
    public var policyRef: String?
    /// Whether it is to stand still.
    public var isSuspended: Bool
    /// `status.phase`; `Pending` until the operator wrote one.
    public var phase: String
    /// `status.ingressHost`.
    public var ingressHost: String?
    /// `status.message`.
    public var message: String?

    /// The namespace.
    public var namespace: String { metadata.namespace }
    /// The name.
    public var name: String { metadata.name }

    static let columns = "display_name, email, team, cluster_tenant_ref, policy_ref, is_suspended, phase, ingress_host, message"

    init(_ row: PostgresRow) throws {
        metadata = try RowMetadata(row)
        displayName = try row.decode("display_name")
        email = try row.decode("email")
        team = try row.decode("team")
        clusterTenantRef = try row.decode("cluster_tenant_ref")
        policyRef = try row.decode("policy_ref")
        isSuspended = try row.decode("is_suspended")
        phase = try row.decode("phase")
        ingressHost = try row.decode("ingress_host")
        message = try row.decode("message")
    }
}

/// Which tenants are wanted; `nil` members do not restrict.
public struct TenantFilter: Sendable, Hashable {
    /// The namespace.
    public var namespace: String?
    /// The customer.
    public var clusterTenantRef: String?
    /// The team.
    public var team: String?
    /// The phase.
    public var phase: String?
    /// The policy they name.
    public var policyRef: String?
    /// Who asks.
    public var sight: ObjectSight

    /// Makes a filter.
    public init(
        namespace: String? = nil,
        clusterTenantRef: String? = nil,
        team: String? = nil,
        phase: String? = nil,
        sight: ObjectSight = .everything
    ) {
        self.sight = sight
        self.namespace = namespace
        self.clusterTenantRef = clusterTenantRef
        self.team = team
        self.phase = phase
    }

    var conditions: [SQL] {
        let pairs = [
            ("namespace", namespace), ("cluster_tenant_ref", clusterTenantRef), ("team", team), ("phase", phase),
            ("policy_ref", policyRef),
        ]
        return pairs.compactMap { column, value in value.map { equals(column, $0) } } + (sight.isEverything ? [] : [sight.tenants()])
    }
}

/// Reads the rows of tenants. Rows of deleted tenants are not seen.
public struct TenantRepository: Sendable {
    private let pool: PostgresPool
    private static let reader = RowReader(kind: .tenant, columns: TenantRow.columns, isNewestFirst: true)

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// The tenant of a name, if it is seen.
    ///
    /// - Throws: `PostgresError`.
    public func get(namespace: String, name: String, seenBy sight: ObjectSight = .everything) async throws -> TenantRow? {
        try await Self.reader.get(pool, namespace: namespace, name: name, where: sight.tenants()).map(TenantRow.init)
    }

    /// The tenant with a unique id, in any namespace.
    ///
    /// - Throws: `PostgresError`.
    public func get(uid: String) async throws -> TenantRow? {
        try await pool.reads.first(
            "select \(unescaped: Self.reader.selection) from tenants where \(equals("uid", uid)) and uid <> '' and deleted_at is null"
        ).map(TenantRow.init)
    }

    /// The tenant with a unique id, in any namespace, as a transaction sees it.
    ///
    /// - Throws: `PostgresError`.
    public static func get(uid: String, in transaction: PostgresTransaction) async throws -> TenantRow? {
        try await transaction.first(
            "select \(unescaped: Self.reader.selection) from tenants where uid = \(uid) and uid <> '' and deleted_at is null"
        ).map(TenantRow.init)
    }

    /// The tenants with some unique ids, by them, in any namespace.
    ///
    /// - Throws: `PostgresError`.
    public func list(uids: [String]) async throws -> [String: TenantRow] {
        guard !uids.isEmpty else { return [:] }
        let rows = try await pool.reads.query(
            "select \(unescaped: Self.reader.selection) from tenants where uid = any(\(uids)) and uid <> '' and deleted_at is null"
        )
        return Dictionary(try rows.map { try TenantRow($0) }.map { ($0.metadata.uid, $0) }) { first, _ in first }
    }

    /// Tenants, the newest first.
    ///
    /// - Parameters:
    ///   - filter: which ones; default all.
    ///   - limit: how many at most, from 1 to 1000; default 100.
    ///   - cursor: the `next` of the page before; `nil` for the first.
    /// - Throws: `ProjectionError` for a wrong limit or cursor; `PostgresError`.
    public func list(_ filter: TenantFilter = TenantFilter(), limit: Int = 100, cursor: String? = nil) async throws -> Page<TenantRow> {
        try await Self.reader.list(pool, where: filter.conditions, limit: limit, cursor: cursor) { row in
            let tenant = try TenantRow(row)
            return (tenant, tenant.metadata)
        }
    }
}
