import Entitlements
import Foundation
import JSONValue
import Postgres

/// What a session is narrowed to for a principal, as the database has it.
struct SessionScopeRecord: Sendable, Hashable {
    /// Key of the session.
    var key: String
    /// For whom, as `SessionPrincipal.text` writes it.
    var principal: String
    /// The tenant for whom, by its unique id: another one of the same name inherits nothing. Nil for people.
    var tenantUID: String?
    /// What it reaches.
    var scopes: [ScopeSelector]
    /// Who has bound it.
    var boundBy: String
    var createdAt: Date
    var updatedAt: Date

    /// A binding.
    init(
        key: String,
        principal: String,
        tenantUID: String?,
        scopes: [ScopeSelector],
        boundBy: String,
        createdAt: Date,
        updatedAt: Date
    ) {
        (self.key, self.principal, self.tenantUID, self.scopes) = (key, principal, tenantUID, scopes)
        (self.boundBy, self.createdAt, self.updatedAt) = (boundBy, createdAt, updatedAt)
    }

    /// Most bindings of a principal.
    static let limit = 1000

    /// The bindings of a session: each principal has its own.
    ///
    /// - Parameters:
    ///   - key: key of the session, which says nothing of whose it is.
    ///   - principals: whose; nil for everybody's. Those of the first one come first.
    ///   - limit: how many at most.
    ///   - querying: what the statement runs in.
    /// - Throws: `PostgresError`.
    static func find(
        _ key: String,
        of principals: [String]?,
        limit: Int = 10,
        in querying: some PostgresQuerying
    ) async throws -> [SessionScopeRecord] {
        try await querying.query(
            """
            select \(unescaped: columns) from session_scopes
            where session_key = \(key) and (\(principals)::text[] is null or principal = any(\(principals)::text[]))
            order by array_position(\(principals)::text[], principal), principal limit \(limit)
            """
        ).map(SessionScopeRecord.init)
    }

    /// A principal's binding of a session, which nobody else changes before the transaction ends; nil for none.
    ///
    /// - Throws: `PostgresError`.
    static func lock(_ key: String, of principal: String, in transaction: PostgresTransaction) async throws -> SessionScopeRecord? {
        try await transaction.first(
            "select \(unescaped: columns) from session_scopes where session_key = \(key) and principal = \(principal) for update"
        ).map(SessionScopeRecord.init)
    }

    /// How many sessions a principal has bound. Nobody binds another one for it before the transaction ends.
    ///
    /// - Throws: `PostgresError`.
    static func count(of principal: String, in transaction: PostgresTransaction) async throws -> Int {
        try await BudgetRepository.lock("session-scopes/\(principal)", in: transaction)
        return try await transaction.first("select count(*) from session_scopes where principal = \(principal)")?.decode(0, as: Int.self)
            ?? 0
    }

    /// Writes a binding.
    ///
    /// - Throws: `PostgresError`.
    func save(in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into session_scopes (session_key, principal, tenant_uid, scopes, bound_by, created_at, updated_at)
            values (\(key), \(principal), \(tenantUID), \(try JSON(encoding: scopes)), \(boundBy), \(createdAt), \(updatedAt))
            on conflict (principal, session_key) do update set tenant_uid = excluded.tenant_uid, scopes = excluded.scopes,
                bound_by = excluded.bound_by, created_at = excluded.created_at, updated_at = excluded.updated_at
            """
        )
    }

    /// Deletes a principal's binding of a session.
    ///
    /// - Throws: `PostgresError`.
    static func delete(_ key: String, of principal: String, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from session_scopes where session_key = \(key) and principal = \(principal)")
    }

    private static let columns = "session_key, principal, tenant_uid, scopes, bound_by, created_at, updated_at"

    private init(_ row: PostgresRow) throws {
        self.init(
            key: try row.decode("session_key"),
            principal: try row.decode("principal"),
            tenantUID: try row.decode("tenant_uid", as: String?.self),
            scopes: try row.decode("scopes", as: JSON.self).decode([ScopeSelector].self),
            boundBy: try row.decode("bound_by"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at")
        )
    }
}
