import Foundation
import Postgres

/// Which tenants somebody may see.
public enum TenantScope: Sendable, Hashable {
    /// All of them.
    case all
    /// Those of one owner: an organisation's, or a person's own.
    case owner(FleetOwner)
    /// None.
    case none

    var condition: SQL {
        switch self {
        case .all: "true"
        case .owner(.organization(let name)) where !name.isEmpty && !name.utf8.contains(0):
            "(spec->'fleet'->>'organization' = \(name) or exists (\(InstanceOwner.instance()) and instances.organization = \(name)))"
        case .owner(.person(let email)) where !email.isEmpty && !email.utf8.contains(0):
            """
            (spec->'fleet'->>'organization' is null and lower(email) = \(email.lowercased()) and not exists (\(InstanceOwner.instance())))
            """
        case .owner, .none: "false"
        }
    }
}

/// Tenants that were made for instances belong to the organisation of the instance, and are nobody's own.
enum InstanceOwner {
    /// The instance of a tenant, as the beginning of a subquery.
    ///
    /// - Parameter table: the name of the tenant's table in the query.
    static func instance(of table: String = "tenants", selecting columns: SQL = "") -> SQL {
        """
        select \(columns) from instances where instances.namespace = \(identifier: table).namespace
            and instances.hostname = \(identifier: table).name and instances.deleted_at is null
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
    ///   - offset: how many to pass over.
    /// - Returns: the rows, and how many there are in all.
    /// - Throws: `PostgresError`.
    public func list(_ scope: TenantScope, limit: Int, offset: Int) async throws -> (rows: [GatewayRow], total: Int) {
        let results = try await pool.reads.pipeline([
            "select count(*) from tenants where \(conditions) and \(scope.condition)",
            """
            select \(Self.selection) from tenants where \(conditions) and \(scope.condition)
            order by created_at desc, namespace desc, name desc limit \(limit) offset \(offset)
            """,
        ])
        guard results.count == 2, let count = results[0].first else { return ([], 0) }
        return (try results[1].map(GatewayRow.init), try count.decode(0, as: Int.self))
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
