import Entitlements
import Foundation
import HTTPOperations
import Postgres

/// A group as the database has it.
struct GroupRecord: Sendable, Hashable {
    /// Its id.
    var id: UUID
    /// Place in the list.
    var number: Int64
    /// Its name, which no other has.
    var name: String
    /// How wide it reaches: the scope of its grants that name none.
    var scope: GrantScope
    /// What it is for.
    var description: String?
    /// Its members as they are written, in their order.
    var members: [String]
    /// When it was made.
    var createdAt: Date
    /// When it was last changed.
    var updatedAt: Date
}

/// Reads and writes groups and their members.
struct GroupRepository: Sendable {
    let pool: PostgresPool

    /// The groups that somebody is a member of.
    ///
    /// - Parameters:
    ///   - tenant: the tenant's name; nil for a person alone.
    ///   - department: the tenant's `spec.team`.
    ///   - users: the stable names of a person, all of which the identity provider vouches for.
    /// - Returns: the groups, each with those of its members alone by which somebody may be meant.
    /// - Throws: `PostgresError`.
    func groupsOf(tenant: String? = nil, department: String? = nil, users: [String] = []) async throws -> [Standing.Group] {
        var written = users + users.map { "user:\($0)" }
        if let tenant { written += [tenant, "tenant:\(tenant)"] }
        if let department { written.append("department:\(department)") }
        let candidates = written.filter { !$0.isEmpty && !$0.utf8.contains(0) }
        guard !candidates.isEmpty else { return [] }
        let rows = try await pool.reads.query(
            """
            select group_id, array_agg(member) as members from group_members where member = any(\(candidates)::text[])
            group by group_id order by group_id
            """
        )
        return try rows.map { row in
            Standing.Group(
                id: try row.decode("group_id", as: UUID.self).text,
                members: try row.decode("members", as: [String].self).map { GroupMember(parsing: $0) }
            )
        }
    }

    /// Who a tenant or a person is, as far as grants are concerned.
    ///
    /// - Throws: `PostgresError`.
    func standing(tenant: String? = nil, department: String? = nil, users: [String] = []) async throws -> Standing {
        Standing(
            tenant: tenant,
            department: department,
            users: users,
            groups: try await groupsOf(tenant: tenant, department: department, users: users)
        )
    }

    /// Groups, the newest first.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - cursor: where the page before ended; nil for the first.
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func list(limit: Int, cursor: String?) async throws -> Page<GroupRecord> {
        var condition: SQL = "true"
        if let cursor {
            guard let number = Int64(try Cursor(parsing: cursor, count: 1).keys[0]) else { throw OperationError.invalidCursor }
            condition = "number < \(number)"
        }
        let rows = try await pool.reads.query(
            "select \(unescaped: Self.columns) from groups where \(condition) order by number desc limit \(limit + 1)"
        )
        return Page(rows: try rows.map(GroupRecord.init), limit: limit) { Cursor(String($0.number)) }
    }

    /// A group by its id.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - lock: whether others that would change it have to wait.
    ///   - querying: what the statement runs in.
    /// - Throws: `PostgresError`.
    static func get(_ id: UUID, lock: Bool = false, in querying: some PostgresQuerying) async throws -> GroupRecord? {
        try await querying.first(
            "select \(unescaped: columns) from groups where id = \(id) \(unescaped: lock ? "for update" : "")"
        ).map(GroupRecord.init)
    }

    /// The groups that some texts mean, by id or by name. None of them goes away before the transaction ends.
    ///
    /// - Throws: `PostgresError`.
    static func named(_ texts: [String], in transaction: PostgresTransaction) async throws -> [GroupName] {
        guard !texts.isEmpty else { return [] }
        let ids = texts.compactMap { UUID(uuidString: $0) }
        return try await transaction.query(
            """
            select id, name from groups where name = any(\(texts)::text[]) or id = any(\(ids)::uuid[]) order by id for key share
            """
        ).map { GroupName(id: try $0.decode("id"), name: try $0.decode("name")) }
    }

    /// Adds a group, or writes what has changed of one.
    ///
    /// - Throws: `PostgresError`; of the constraint `groups_name_key` when the name is taken.
    static func save(_ group: GroupRecord, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into groups (id, name, scope, description, created_at, updated_at)
            values (\(group.id), \(group.name), \(group.scope), \(group.description), \(group.createdAt), \(group.updatedAt))
            on conflict (id) do update set name = excluded.name, scope = excluded.scope, description = excluded.description,
                updated_at = excluded.updated_at
            """
        )
        try await transaction.execute(
            "delete from group_members where group_id = \(group.id) and member <> all(\(group.members)::text[])"
        )
        try await transaction.execute(
            """
            insert into group_members (group_id, member) select \(group.id), member from unnest(\(group.members)::text[]) as member
            on conflict do nothing
            """
        )
    }

    /// Deletes a group, its members, the grants it holds and those that are for it.
    ///
    /// - Throws: `PostgresError`.
    static func delete(_ id: UUID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from groups where id = \(id)")
    }

    private static let columns = """
        id, number, name, scope, description, created_at, updated_at,
        array(select member from group_members where group_id = groups.id order by member collate "C") as members
        """
}

/// A group by its id and its name.
struct GroupName: Sendable, Hashable {
    var id: UUID
    var name: String
}

extension GroupRecord {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            number: try row.decode("number"),
            name: try row.decode("name"),
            scope: try row.decode("scope"),
            description: try row.decode("description"),
            members: try row.decode("members"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at")
        )
    }
}
