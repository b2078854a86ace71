import Foundation
import Postgres

/// Which tenants somebody may see.
public enum TenantScope: Sendable, Hashable {
    /// All of them.
    case all
    /// Those of one owner: an organisation's, or a person's own. With a customer, of the instances of the organisation only those of this
    /// customer and those of none.
    case owner(FleetOwner, customer: String? = nil)
    /// None.
    case none

    /// Whether a row of `tenants` is one of them.
    var condition: SQL {
        switch self {
        case .all: "true"
        default: uids.map { "uid = any(array(\($0)))" } ?? "false"
        }
    }

    /// Whether a row with the unique id of a tenant in a column belongs to one of them.
    ///
    /// The ids are found first, each by an index, and the rows then by theirs.
    /// - Parameter column: the column.
    func condition(on column: SQL) -> SQL {
        switch self {
        case .all: "true"
        default: uids.map { "\(column) = any(array(\($0)))" } ?? "false"
        }
    }

    /// A query for the unique ids of live tenants; nil for all, and for none.
    private var uids: SQL? {
        switch self {
        case .owner(.organization(let name), let customer) where Self.isText(name) && customer.map(Self.isText) ?? true:
            """
            select owned.uid from tenants as owned where owned.deleted_at is null and owned.spec->'fleet' is not null
                and owned.spec->'fleet'->>'organization' = \(name)
            union \(InstanceOwner.uids(of: name, customer: customer))
            """
        case .owner(.person(let email), _) where Self.isText(email):
            """
            select owned.uid from tenants as owned where owned.deleted_at is null and lower(owned.email) = \(email.lowercased())
                and owned.spec->'fleet'->>'organization' is null and not exists (\(InstanceOwner.instance(of: "owned")))
            """
        case .all, .owner, .none: nil
        }
    }

    private static func isText(_ text: String) -> Bool { !text.isEmpty && !text.utf8.contains(0) }
}

/// Tenants that were made for instances belong to the organisation of the instance, and are nobody's own. A tenant is an instance's by its unique
/// id, or, until the instance has noted that, by its name and the instance's id in its spec: a name alone says nothing, for anybody may take it.
enum InstanceOwner {
    /// The instance of a tenant, as a subquery.
    ///
    /// - Parameters:
    ///   - table: the name of the tenant's table in the query.
    ///   - columns: what is wanted of the instance.
    static func instance(of table: String = "tenants", selecting columns: SQL = "") -> SQL {
        """
        select \(columns) from instances where instances.id = coalesce(
            (select known.id from instances as known where known.tenant_uid = \(identifier: table).uid and known.deleted_at is null limit 1),
            (select early.id from instances as early where early.namespace = \(identifier: table).namespace
                and early.hostname = \(identifier: table).name and early.deleted_at is null and early.tenant_uid is null
                and early.id::text = \(identifier: table).spec->'fleet'->>'externalId'))
        """
    }

    /// The unique ids of the tenants of an organisation's instances, as a query.
    static func uids(of organization: String, customer: String?) -> SQL {
        let isTheirs: SQL = customer.map { "(instances.customer_id is null or instances.customer_id = \($0))" } ?? "true"
        return """
            select coalesce(instances.tenant_uid, early.uid) from instances left join tenants as early
                on instances.tenant_uid is null and early.namespace = instances.namespace and early.name = instances.hostname
                    and early.deleted_at is null and early.spec->'fleet'->>'externalId' = instances.id::text
            where instances.organization = \(organization) and instances.deleted_at is null and \(isTheirs)
            """
    }

    /// The organisation of a tenant; null for a person's own.
    static func organization(of table: String = "tenants") -> SQL {
        """
        coalesce(\(identifier: table).spec->'fleet'->>'organization', (\(instance(of: table, selecting: "instances.organization"))))
        """
    }
}

/// A tenant with a gateway on a machine, and whose it is.
public struct GatewayRow: Sendable, Hashable {
    /// The tenant.
    public var tenant: TenantRow
    /// The organisation it belongs to; `nil` for a person's own.
    public var organization: String?

    init(_ row: PostgresRow) throws {
        tenant = try TenantRow(row)
        organization = try row.decode("owner_organization")
    }
}

/// Reads the rows of tenants whose gateways run on machines, as gateways and as boards. Each of them has one board, whose id is made from the
/// tenant's own.
public struct GatewayRepository: Sendable {
    private let pool: PostgresPool
    private let namespace: String

    /// Makes a repository.
    ///
    /// - Parameters:
    ///   - pool: the way to PostgreSQL.
    ///   - namespace: the namespace of the tenants.
    public init(pool: PostgresPool, namespace: String) {
        self.pool = pool
        self.namespace = namespace
    }

    /// The tenant of a gateway.
    ///
    /// - Parameters:
    ///   - uid: the tenant's unique id.
    ///   - scope: who asks; what lies outside is not there.
    /// - Throws: `PostgresError`.
    public func tenant(uid: String, in scope: TenantScope) async throws -> GatewayRow? {
        guard !uid.isEmpty, !uid.utf8.contains(0) else { return nil }
        return try await first("uid = \(uid)", scope)
    }

    /// The tenant of a board.
    ///
    /// - Parameters:
    ///   - board: the board's id.
    ///   - scope: who asks; what lies outside is not there.
    /// - Throws: `PostgresError`.
    public func tenant(board: UUID, in scope: TenantScope) async throws -> GatewayRow? {
        try await first("\(Self.board) = \(board)", scope)
    }

    /// Tenants with machines, the newest first.
    ///
    /// - Parameters:
    ///   - scope: who asks.
    ///   - limit: how many at most.
    ///   - offset: how many to pass over; default none.
    ///   - cursor: where the page before ended; nil for the first.
    /// - Returns: the rows, how many there are in all, and where the next page begins, if there is one.
    /// - Throws: `PostgresError`; ``ProjectionError`` `invalid_cursor`.
    public func list(
        _ scope: TenantScope,
        limit: Int,
        offset: Int = 0,
        cursor: String? = nil
    ) async throws -> (rows: [GatewayRow], total: Int, next: String?) {
        let after = try RowPlace.condition(after: cursor, listing: Self.listing)
        let results = try await pool.reads.pipeline(statements(scope, limit: limit + 1, offset: offset, after: after))
        guard results.count == 2, let count = results[0].first else { return ([], 0, nil) }
        let page = Page.cut(try results[1].map(GatewayRow.init), to: limit) { RowPlace.cursor($0.tenant.metadata, listing: Self.listing) }
        return (page.rows, try count.decode(0, as: Int.self), page.next)
    }

    private static let listing = "gateways"

    /// What counts tenants with machines, and what reads a page of them.
    func statements(_ scope: TenantScope, limit: Int, offset: Int, after: SQL = "true") -> [SQL] {
        [
            "select count(*) from tenants where \(conditions) and \(scope.condition)",
            """
            select \(Self.selection) from tenants where \(conditions) and \(scope.condition) and \(after)
            order by created_at desc, namespace desc, name desc limit \(limit) offset \(offset)
            """,
        ]
    }

    private func first(_ condition: SQL, _ scope: TenantScope) async throws -> GatewayRow? {
        try await pool.reads.first(
            "select \(Self.selection) from tenants where \(condition) and \(conditions) and \(scope.condition)"
        ).map(GatewayRow.init)
    }

    private var conditions: SQL {
        "deleted_at is null and uid <> '' and namespace = \(namespace) and spec->'runtime'->>'type' = 'VirtualMachine'"
    }

    private static let selection: SQL = """
        \(unescaped: RowMetadata.columns), \(unescaped: TenantRow.columns), \(InstanceOwner.organization()) as owner_organization
        """
    /// As the index has it.
    private static let board: SQL = "(md5('opencrane-board:' || uid)::uuid)"
}
