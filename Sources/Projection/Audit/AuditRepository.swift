import Foundation
import JSONValue
import Postgres

/// Appends to the audit trail and reads it.
public struct AuditRepository: Sendable {
    private static let listing = "audit"
    private let pool: PostgresPool

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// Appends an entry.
    ///
    /// - Parameters:
    ///   - draft: what to record.
    ///   - outcome: what came of it; default `succeeded`.
    ///   - now: when.
    /// - Returns: the number of the entry.
    /// - Throws: `PostgresError`.
    @discardableResult
    public func append(_ draft: AuditDraft, outcome: AuditOutcome = .succeeded, now: Date) async throws -> Int64 {
        try await Self.append(draft, outcome: outcome, now: now, in: pool)
    }

    /// Appends an entry together with other statements.
    ///
    /// - Parameters:
    ///   - draft: what to record.
    ///   - outcome: what came of it.
    ///   - now: when.
    ///   - transaction: what the other statements run in.
    /// - Returns: the number of the entry.
    /// - Throws: `PostgresError`.
    @discardableResult
    public static func append(
        _ draft: AuditDraft,
        outcome: AuditOutcome,
        now: Date,
        in transaction: some PostgresQuerying
    ) async throws -> Int64 {
        let row = try await transaction.first(insert(draft, outcome: outcome, now: now))
        guard let row else { throw ProjectionError(.notFound, "PostgreSQL did not return the number of the audit entry.") }
        return try row.decode("id")
    }

    static func insert(_ draft: AuditDraft, outcome: AuditOutcome, now: Date) -> SQL {
        """
        insert into audit_entries (at, actor, request_id, action, resource, tenant, message, outcome, before, after)
        values (\(now), \(draft.actor), \(draft.requestID), \(draft.action), \(draft.resource), \(draft.tenant), \(draft.message),
            \(outcome), \(draft.before), \(draft.after))
        returning id
        """
    }

    /// One statement that appends some entries, in their order.
    static func insert(_ drafts: [AuditDraft], outcome: AuditOutcome, now: Date) -> SQL {
        """
        insert into audit_entries (at, actor, request_id, action, resource, tenant, message, outcome, before, after)
        select \(now), actor, request_id, action, resource, tenant, message, \(outcome), before, after
        from unnest(\(drafts.map(\.actor)), \(drafts.map(\.requestID)), \(drafts.map(\.action)), \(drafts.map(\.resource)),
            \(drafts.map(\.tenant)), \(drafts.map(\.message)), \(drafts.map(\.before)), \(drafts.map(\.after))) with ordinality
            as draft (actor, request_id, action, resource, tenant, message, before, after, place)
        order by place
        """
    }

    /// Settles a pending entry.
    static func settle(_ id: Int64, _ outcome: AuditOutcome, message: String?, after: JSON?) -> SQL {
        """
        update audit_entries set outcome = \(outcome), message = coalesce(\(message)::text, message), after = coalesce(\(after), after)
        where id = \(id) and outcome = 'pending'
        """
    }

    /// Entries, the newest first.
    ///
    /// - Parameters:
    ///   - filter: which ones; default all.
    ///   - states: whether the states before and after are read; default so.
    ///   - limit: how many at most, from 1 to 1000; default 100.
    ///   - cursor: the `next` of the page before; `nil` for the first. Entries of the same time are not skipped.
    /// - Throws: `ProjectionError` for a wrong limit or cursor; `PostgresError`.
    public func list(
        _ filter: AuditFilter = AuditFilter(),
        states: Bool = true,
        limit: Int = 100,
        cursor: String? = nil
    ) async throws -> Page<AuditEntry> {
        let limit = try checked(limit: limit)
        let pairs = [("tenant", filter.tenant), ("resource", filter.resource), ("actor", filter.actor)]
        var conditions: [SQL] = pairs.compactMap { column, value in value.map { equals(column, $0) } } + ["true"]
        if let cursor {
            let place = try Cursor(cursor, listing: Self.listing, parts: 1)
            guard let id = Int64(place.rest[0]) else {
                throw ProjectionError(.invalidCursor, "The cursor is not one that this listing gave out.")
            }
            conditions.append("(at, id) < (\(place.date), \(id))")
        }
        let found = try await pool.reads.query(
            """
            select \(unescaped: states ? AuditEntry.columns : AuditEntry.columnsWithoutStates) from audit_entries
            where \(SQL.joined(conditions, separator: " and ")) order by at desc, id desc limit \(limit + 1)
            """
        )
        return Page.cut(try found.map(AuditEntry.init), to: limit) { Cursor(listing: Self.listing, date: $0.at, rest: [String($0.id)]) }
    }
}
