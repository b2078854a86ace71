import Foundation
import HTTPOperations
import JSONValue
import Postgres
import Projection

/// Reads the rows of instances, those of deleted ones included, and takes those that are due.
struct InstanceRepository: Sendable {
    let pool: PostgresPool

    /// The instance of an id.
    ///
    /// - Throws: `PostgresError`.
    func get(_ id: UUID) async throws -> InstanceRow? { try await first("id = \(id)") }

    /// The instance of an organisation's key.
    ///
    /// - Throws: `PostgresError`.
    func get(organization: String, key: String) async throws -> InstanceRow? {
        guard !key.utf8.contains(0), !organization.utf8.contains(0) else { return nil }
        return try await first("organization = \(organization) and idempotency_key = \(key)")
    }

    /// The instance that made a tenant.
    ///
    /// - Throws: `PostgresError`.
    func get(tenantUID uid: String) async throws -> InstanceRow? {
        guard !uid.isEmpty, !uid.utf8.contains(0) else { return nil }
        return try await first("tenant_uid = \(uid)")
    }

    /// The instances of an organisation that are not deleted, the newest first.
    ///
    /// - Parameters:
    ///   - organization: the organisation.
    ///   - customer: only those of this customer and those of no customer; nil for all.
    ///   - limit: how many at most.
    ///   - cursor: where the page before ended; nil for the first.
    /// - Throws: `PostgresError`; `ProjectionError` `invalid_cursor`.
    func list(
        organization: String,
        customer: String? = nil,
        limit: Int = 1000,
        cursor: String? = nil
    ) async throws -> HTTPOperations.Page<InstanceRow> {
        let after = try RowPlace.condition(afterID: cursor, listing: "instances")
        guard !organization.utf8.contains(0) else { return Page(items: [], next: nil) }
        let rows = try await pool.reads.query(
            """
            select \(unescaped: InstanceRow.columns) from instances
            where organization = \(organization) and deleted_at is null
                and (\(customer)::text is null or customer_id is null or customer_id = \(customer)) and \(after)
            order by created_at desc, id desc limit \(limit + 1)
            """
        ).map(InstanceRow.init)
        let items = Array(rows.prefix(limit))
        let next = rows.count > limit ? items.last.map { RowPlace.text($0.createdAt, $0.id, listing: "instances") } : nil
        return Page(items: items, next: next)
    }

    /// Every instance with a tenant that is not deleted, the oldest first, in parts.
    ///
    /// - Parameters:
    ///   - after: the last of the part before; nil for the first part.
    ///   - limit: how many at most.
    /// - Throws: `PostgresError`.
    func listMade(after: UUID?, limit: Int) async throws -> [InstanceRow] {
        try await pool.reads.query(
            """
            select \(unescaped: InstanceRow.columns) from instances
            where tenant_uid is not null and deleted_at is null and delete_requested_at is null
                and (\(after)::uuid is null or id > \(after))
            order by id limit \(limit)
            """
        ).map(InstanceRow.init)
    }

    private func first(_ condition: SQL) async throws -> InstanceRow? {
        try await pool.first("select \(unescaped: InstanceRow.columns) from instances where \(condition)").map(InstanceRow.init)
    }
}
