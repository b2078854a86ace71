import Entitlements
import Foundation
import Postgres

/// Reads and writes grants, of every type of payload.
struct GrantRepository: Sendable {
    let pool: PostgresPool

    /// The grants that concern somebody: what `Entitlement.compile` decides from.
    ///
    /// - Parameters:
    ///   - type: the type of payload.
    ///   - standing: who it is; see ``GroupRepository/standing(tenant:department:users:)``.
    ///   - payloadID: only grants of this payload; default of all.
    /// - Throws: `PostgresError`.
    func grants(of type: PayloadType, reaching standing: Standing, payloadID: String? = nil) async throws -> [Grant] {
        let subjects = standing.subjects.filter { !$0.id.utf8.contains(0) }.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
        if let payloadID, payloadID.utf8.contains(0) { return [] }
        return try await pool.reads.query(
            """
            select \(unescaped: GrantRecord.columns)
            from unnest(\(subjects.map(\.kind.rawValue))::text[], \(subjects.map(\.id))::text[]) as subject (kind, id)
            join grants g on g.subject_type = subject.kind and g.subject_id = subject.id
            left join groups target on target.id = g.subject_group_id
            where g.payload_type = \(type) and (\(payloadID)::text is null or g.payload_id = \(payloadID))
            """
        ).map { try GrantRecord($0).grant }
    }

    /// The grants of some payloads, each payload's in the order in which they were made.
    ///
    /// - Throws: `PostgresError`.
    static func list(_ type: PayloadType, payloadIDs: [String], in querying: some PostgresQuerying) async throws -> [String: [GrantRecord]]
    {
        guard !payloadIDs.isEmpty else { return [:] }
        let records = try await list("g.payload_type = \(type) and g.payload_id = any(\(payloadIDs)::text[])", in: querying)
        return Dictionary(grouping: records, by: \.payloadID)
    }

    /// The awareness grants that some groups hold, each group's in the order in which they were made.
    ///
    /// - Throws: `PostgresError`.
    static func list(heldBy groups: [UUID], in querying: some PostgresQuerying) async throws -> [UUID: [GrantRecord]] {
        guard !groups.isEmpty else { return [:] }
        let records = try await list("g.group_id = any(\(groups)::uuid[])", in: querying)
        return Dictionary(grouping: records) { $0.groupID ?? $0.id }
    }

    /// The grants that are for a group, of every type of payload.
    ///
    /// - Throws: `PostgresError`.
    static func list(for group: UUID, in querying: some PostgresQuerying) async throws -> [GrantRecord] {
        try await list("g.subject_group_id = \(group)", in: querying)
    }

    /// Makes the grants of a payload, or of a group, those that are given: others are deleted, known ones changed, new ones added.
    ///
    /// - Parameters:
    ///   - before: the grants there are.
    ///   - after: the grants there are to be.
    ///   - now: the time.
    ///   - transaction: what the payload's own change runs in.
    /// - Throws: `PostgresError`.
    static func replace(_ before: [GrantRecord], with after: [GrantRecord], now: Date, in transaction: PostgresTransaction) async throws {
        let kept = Set(after.map(\.id))
        let gone = before.map(\.id).filter { !kept.contains($0) }
        if !gone.isEmpty { try await transaction.execute("delete from grants where id = any(\(gone)::uuid[])") }
        let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        let written = after.filter { known[$0.id] != $0 }
        guard !written.isEmpty else { return }
        try await transaction.execute(
            """
            insert into grants (id, payload_type, payload_id, scope, subject_type, subject_id, access, priority, note, group_id,
                created_at, updated_at)
            select id, payload_type, payload_id, scope, subject_type, subject_id, access, priority, note, group_id, created_at, \(now)
            from unnest(\(written.map(\.id))::uuid[], \(written.map(\.payloadType.rawValue))::text[], \(written.map(\.payloadID))::text[],
                \(written.map(\.scope.rawValue))::text[], \(written.map(\.subject.kind.rawValue))::text[],
                \(written.map(\.subject.id))::text[], \(written.map(\.access.rawValue))::text[], \(written.map(\.priority))::bigint[],
                \(written.map(\.note))::text[], \(written.map(\.groupID))::uuid[], \(written.map(\.createdAt))::timestamptz[])
                with ordinality as written (id, payload_type, payload_id, scope, subject_type, subject_id, access, priority, note, group_id,
                created_at, place)
            order by place
            on conflict (id) do update set payload_id = excluded.payload_id, scope = excluded.scope, subject_type = excluded.subject_type,
                subject_id = excluded.subject_id, access = excluded.access, priority = excluded.priority, note = excluded.note,
                updated_at = excluded.updated_at
            """
        )
    }

    private static func list(_ condition: SQL, in querying: some PostgresQuerying) async throws -> [GrantRecord] {
        try await querying.query(
            """
            select \(unescaped: GrantRecord.columns) from grants g left join groups target on target.id = g.subject_group_id
            where \(condition) order by g.number
            """
        ).map(GrantRecord.init)
    }
}
