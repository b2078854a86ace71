import Entitlements
import Foundation
import JSONValue
import Postgres

/// What a session is narrowed to, as the database has it.
struct SessionScopeRecord: Sendable, Hashable {
    /// Key of the session.
    var key: String
    /// For whom, as `SessionPrincipal.text` writes it.
    var principal: String
    /// What it reaches.
    var scopes: [ScopeSelector]
    /// Who has bound it.
    var boundBy: String
    var createdAt: Date
    var updatedAt: Date

    /// The binding of a session; nil for none.
    ///
    /// - Throws: `PostgresError`.
    static func get(_ key: String, lock: Bool = false, in querying: some PostgresQuerying) async throws -> SessionScopeRecord? {
        try await querying.first(
            """
            select session_key, principal, scopes, bound_by, created_at, updated_at from session_scopes
            where session_key = \(key) \(unescaped: lock ? "for update" : "")
            """
        ).map { row in
            SessionScopeRecord(
                key: try row.decode("session_key"),
                principal: try row.decode("principal"),
                scopes: try row.decode("scopes", as: JSON.self).decode([ScopeSelector].self),
                boundBy: try row.decode("bound_by"),
                createdAt: try row.decode("created_at"),
                updatedAt: try row.decode("updated_at")
            )
        }
    }

    /// Writes a binding, unless the session has come to be bound for another principal meanwhile.
    ///
    /// - Returns: whether it was written.
    /// - Throws: `PostgresError`.
    func save(in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            insert into session_scopes as known (session_key, principal, scopes, bound_by, created_at, updated_at)
            values (\(key), \(principal), \(try JSON(encoding: scopes)), \(boundBy), \(createdAt), \(updatedAt))
            on conflict (session_key) do update set scopes = excluded.scopes, bound_by = excluded.bound_by, updated_at = excluded.updated_at
            where known.principal = excluded.principal
            """
        ) == 1
    }

    /// Deletes the binding of a session.
    ///
    /// - Throws: `PostgresError`.
    static func delete(_ key: String, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from session_scopes where session_key = \(key)")
    }
}
