import Foundation
import JSONValue
import Postgres

/// What the rows of all three kinds have.
public struct RowMetadata: Sendable, Hashable {
    /// The namespace; empty for cluster-scoped kinds.
    public var namespace: String
    /// The name.
    public var name: String
    /// The unique id of the object.
    public var uid: String
    /// The version of the object the row shows.
    public var resourceVersion: String
    /// The generation of the desired state.
    public var generation: Int64?
    /// The labels.
    public var labels: [String: String]
    /// The desired state, in its normal form.
    public var spec: JSON
    /// The observed state.
    public var status: JSON?
    /// When the object was made.
    public var createdAt: Date
    /// When the row was last written.
    public var observedAt: Date

    static let columns = "namespace, name, uid, resource_version, generation, labels, spec, status, created_at, observed_at"

    init(_ row: PostgresRow) throws {
        namespace = try row.decode("namespace")
        name = try row.decode("name")
        uid = try row.decode("uid")
        resourceVersion = try row.decode("resource_version")
        generation = try row.decode("generation")
        labels = try row.decode("labels", as: JSON.self).objectValue?.compactMapValues(\.stringValue) ?? [:]
        spec = try row.decode("spec")
        status = try row.decode("status")
        createdAt = try row.decode("created_at")
        observedAt = try row.decode("observed_at")
    }
}

/// The part of reading rows that is the same for all kinds.
struct RowReader: Sendable {
    let kind: ProjectedKind
    /// The columns apart from those of `RowMetadata`.
    let columns: String
    let isNewestFirst: Bool

    /// All columns.
    var selection: String { "\(RowMetadata.columns), \(columns)" }

    func get(_ pool: PostgresPool, namespace: String, name: String, where condition: SQL = "true") async throws -> PostgresRow? {
        try await pool.reads.first(
            """
            select \(unescaped: selection) from \(identifier: kind.table)
            where \(equals("namespace", namespace)) and \(equals("name", name)) and deleted_at is null and \(condition)
            """
        )
    }

    func list<Row: Sendable>(
        _ pool: PostgresPool,
        where conditions: [SQL],
        limit: Int,
        cursor: String?,
        row: (PostgresRow) throws -> (Row, RowMetadata)
    ) async throws -> Page<Row> {
        let limit = try checked(limit: limit)
        var conditions = conditions + ["deleted_at is null"]
        if let cursor {
            let place = try Cursor(cursor, listing: kind.table, parts: 2)
            let comparison = isNewestFirst ? "<" : ">"
            conditions.append(
                "(created_at, namespace, name) \(unescaped: comparison) (\(place.date), \(place.rest[0])::text, \(place.rest[1])::text)"
            )
        }
        let direction = isNewestFirst ? "desc" : "asc"
        let found = try await pool.reads.query(
            """
            select \(unescaped: selection) from \(identifier: kind.table)
            where \(SQL.joined(conditions, separator: " and "))
            order by created_at \(unescaped: direction), namespace \(unescaped: direction), name \(unescaped: direction)
            limit \(limit + 1)
            """
        )
        let page = Page.cut(try found.map(row), to: limit) { _, metadata in
            Cursor(listing: kind.table, date: metadata.createdAt, rest: [metadata.namespace, metadata.name])
        }
        return Page(rows: page.rows.map(\.0), next: page.next)
    }
}
