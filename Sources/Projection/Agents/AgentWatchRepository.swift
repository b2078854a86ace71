import Foundation
import Postgres

/// A version of an agent's row.
public struct AgentVersion: Sendable, Hashable {
    /// The agent's id.
    public var id: UUID
    /// Names this state of its row.
    public var version: String
}

/// Reads which agents there are in which version, so that only those that changed need to be read.
public struct AgentWatchRepository: Sendable {
    private let pool: PostgresPool

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// The versions of the agents of some scopes, those that changed last first.
    ///
    /// Each scope is a question of its own, all of them in one round trip: the rows of one are found by indexes, whatever the others are.
    /// - Parameters:
    ///   - scopes: who asks.
    ///   - deletedAfter: agents that were deleted after this time are there too.
    ///   - limit: how many at most of each scope.
    /// - Throws: `PostgresError`.
    public func versions(
        in scopes: Set<TenantScope>,
        deletedAfter: Date,
        limit: Int
    ) async throws -> [TenantScope: [AgentVersion]] {
        guard !scopes.isEmpty else { return [:] }
        let scopes = Array(scopes)
        let results = try await pool.reads.pipeline(scopes.map { Self.versions(in: $0, deletedAfter: deletedAfter, limit: limit) })
        guard results.count == scopes.count else { return [:] }
        var versions: [TenantScope: [AgentVersion]] = [:]
        for (scope, rows) in zip(scopes, results) {
            versions[scope] = try rows.map { AgentVersion(id: try $0.decode("id"), version: try $0.decode("version")) }
        }
        return versions
    }

    static func versions(in scope: TenantScope, deletedAfter: Date, limit: Int) -> SQL {
        let isTheirs = AgentFilter.isIn(scope)
        return """
            (select id, xmin::text as version, updated_at from agents where status <> 'deleted' and \(isTheirs)
                order by updated_at desc limit \(limit))
            union all
            (select id, xmin::text as version, updated_at from agents where status = 'deleted' and deleted_at > \(deletedAfter) and \(isTheirs)
                order by deleted_at desc limit \(limit))
            order by updated_at desc limit \(limit)
            """
    }

    /// The rows of some agents.
    ///
    /// - Throws: `PostgresError`.
    public func rows(_ ids: [UUID]) async throws -> [AgentRow] {
        guard !ids.isEmpty else { return [] }
        return try await pool.reads.query("select \(unescaped: AgentRow.columns) from agents where id = any(\(ids))").map(AgentRow.init)
    }
}
