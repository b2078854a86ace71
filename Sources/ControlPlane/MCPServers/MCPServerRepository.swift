import Entitlements
import Foundation
import HTTPOperations
import Postgres

/// Reads and writes MCP servers and their credentials.
struct MCPServerRepository: Sendable {
    let pool: PostgresPool

    /// The servers of some ids, by name; ids of none are passed over. Drafts are among them: see ``MCPServerRecord/isOffered``.
    ///
    /// - Throws: `PostgresError`.
    func servers(ids: [String]) async throws -> [MCPServerRecord] {
        let known = ids.compactMap { UUID(uuidString: $0) }
        guard !known.isEmpty else { return [] }
        return try await pool.reads.query(
            "select \(unescaped: Self.columns) from mcp_servers where id = any(\(known)::uuid[]) order by name collate \"C\""
        ).map(MCPServerRecord.init)
    }

    /// Servers, the newest first.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - cursor: where the page before ended; nil for the first.
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func list(limit: Int, cursor: String?) async throws -> Page<MCPServerRecord> {
        var condition: SQL = "true"
        if let cursor {
            guard let number = Int64(try Cursor(parsing: cursor, count: 1).keys[0]) else { throw OperationError.invalidCursor }
            condition = "number < \(number)"
        }
        let rows = try await pool.reads.query(
            "select \(unescaped: Self.columns) from mcp_servers where \(condition) order by number desc limit \(limit + 1)"
        )
        return Page(rows: try rows.map(MCPServerRecord.init), limit: limit) { Cursor(String($0.number)) }
    }

    /// Servers of some ids that are offered, by name, in parts: what the gateway is told.
    ///
    /// - Parameters:
    ///   - ids: which ones.
    ///   - name: only those that come after this name; nil for the first part.
    ///   - text: only those with this in their name, in either case; nil for all.
    ///   - date: only those that were changed after this time; nil for all.
    ///   - limit: how many at most.
    /// - Throws: `PostgresError`.
    func offered(
        ids: [String],
        after name: String?,
        containing text: String? = nil,
        changedAfter date: Date? = nil,
        limit: Int
    ) async throws -> [MCPServerRecord] {
        let known = ids.compactMap { UUID(uuidString: $0) }
        guard !known.isEmpty, text?.utf8.contains(0) != true else { return [] }
        return try await pool.reads.query(
            """
            select \(unescaped: Self.columns) from mcp_servers
            where id = any(\(known)::uuid[]) and status <> 'draft' and (\(name)::text is null or name collate "C" > \(name))
                and (\(text)::text is null or strpos(lower(name), lower(\(text))) > 0)
                and (\(date)::timestamptz is null or updated_at > \(date))
            order by name collate "C" limit \(limit)
            """
        ).map(MCPServerRecord.init)
    }

    /// A server by its id.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - lock: whether others that would change it have to wait.
    ///   - querying: what the statement runs in.
    /// - Throws: `PostgresError`.
    static func get(_ id: UUID, lock: Bool = false, in querying: some PostgresQuerying) async throws -> MCPServerRecord? {
        try await querying.first(
            "select \(unescaped: columns) from mcp_servers where id = \(id) \(unescaped: lock ? "for update" : "")"
        ).map(MCPServerRecord.init)
    }

    /// Adds a server, or writes what has changed of one.
    ///
    /// - Throws: `PostgresError`; of the constraint `mcp_servers_name_key` when the name is taken.
    static func save(_ server: MCPServerRecord, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into mcp_servers (id, name, description, endpoint, scope, transport, status, capabilities, source_id, last_synced_at,
                created_at, updated_at)
            values (\(server.id), \(server.name), \(server.description), \(server.endpoint), \(server.scope), \(server.transport),
                \(server.status), \(server.capabilities), \(server.sourceID), \(server.lastSyncedAt), \(server.createdAt),
                \(server.updatedAt))
            on conflict (id) do update set name = excluded.name, description = excluded.description, endpoint = excluded.endpoint,
                scope = excluded.scope, transport = excluded.transport, status = excluded.status, capabilities = excluded.capabilities,
                source_id = excluded.source_id, last_synced_at = excluded.last_synced_at, updated_at = excluded.updated_at
            """
        )
    }

    /// Deletes a server, its credentials and its grants.
    ///
    /// - Throws: `PostgresError`.
    static func delete(_ id: UUID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from mcp_servers where id = \(id)")
    }

    private static let columns = """
        id, number, name, description, endpoint, scope, transport, status, capabilities, source_id, last_synced_at, created_at, updated_at
        """
}

// MARK: - Credentials

extension MCPServerRepository {
    /// The credentials of some servers, the oldest first.
    ///
    /// - Throws: `PostgresError`.
    static func credentials(of servers: [UUID], in querying: some PostgresQuerying) async throws -> [UUID: [MCPCredentialRecord]] {
        guard !servers.isEmpty else { return [:] }
        let rows = try await querying.query(
            """
            select \(unescaped: credentialColumns) from mcp_server_credentials where mcp_server_id = any(\(servers)::uuid[])
            order by mcp_server_id, number
            """
        )
        return Dictionary(grouping: try rows.map(MCPCredentialRecord.init), by: \.serverID)
    }

    /// The credentials of a server, the oldest first.
    ///
    /// - Parameters:
    ///   - server: the server.
    ///   - limit: how many at most.
    ///   - cursor: where the page before ended; nil for the first.
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func credentials(of server: UUID, limit: Int, cursor: String?) async throws -> Page<MCPCredentialRecord> {
        var after: Int64 = 0
        if let cursor {
            guard let number = Int64(try Cursor(parsing: cursor, count: 1).keys[0]) else { throw OperationError.invalidCursor }
            after = number
        }
        let rows = try await pool.reads.query(
            """
            select \(unescaped: Self.credentialColumns) from mcp_server_credentials
            where mcp_server_id = \(server) and number > \(after) order by number limit \(limit + 1)
            """
        )
        return Page(rows: try rows.map(MCPCredentialRecord.init), limit: limit) { Cursor(String($0.number)) }
    }

    /// Makes the credentials of a server those that are given: others are deleted, known ones changed, new ones added.
    ///
    /// - Throws: `PostgresError`.
    static func replace(_ before: [MCPCredentialRecord], with after: [MCPCredentialRecord], in transaction: PostgresTransaction)
        async throws
    {
        let kept = Set(after.map(\.id))
        let gone = before.map(\.id).filter { !kept.contains($0) }
        if !gone.isEmpty { try await transaction.execute("delete from mcp_server_credentials where id = any(\(gone)::uuid[])") }
        let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        let written = after.filter { known[$0.id] != $0 }
        guard !written.isEmpty else { return }
        try await transaction.execute(
            """
            insert into mcp_server_credentials (id, mcp_server_id, display_name, brokering_mode, secret_ref, created_at)
            select id, server, display_name, mode, secret_ref, created_at
            from unnest(\(written.map(\.id))::uuid[], \(written.map(\.serverID))::uuid[], \(written.map(\.displayName))::text[],
                \(written.map(\.brokeringMode.rawValue))::text[], \(written.map(\.secretRef))::text[],
                \(written.map(\.createdAt))::timestamptz[])
                with ordinality as written (id, server, display_name, mode, secret_ref, created_at, place)
            order by place
            on conflict (id) do update set display_name = excluded.display_name, brokering_mode = excluded.brokering_mode,
                secret_ref = excluded.secret_ref
            """
        )
    }

    private static let credentialColumns = "id, number, mcp_server_id, display_name, brokering_mode, secret_ref, created_at"
}

extension MCPServerRecord {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            number: try row.decode("number"),
            name: try row.decode("name"),
            description: try row.decode("description"),
            endpoint: try row.decode("endpoint"),
            scope: try row.decode("scope"),
            transport: try row.decode("transport"),
            status: try row.decode("status"),
            capabilities: try row.decode("capabilities"),
            sourceID: try row.decode("source_id"),
            lastSyncedAt: try row.decode("last_synced_at"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at")
        )
    }
}

extension MCPCredentialRecord {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            number: try row.decode("number"),
            serverID: try row.decode("mcp_server_id"),
            displayName: try row.decode("display_name"),
            brokeringMode: try row.decode("brokering_mode"),
            secretRef: try row.decode("secret_ref"),
            createdAt: try row.decode("created_at")
        )
    }
}
