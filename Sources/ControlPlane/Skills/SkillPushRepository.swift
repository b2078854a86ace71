import Foundation
import Postgres

/// Reads and writes what is known of pushes of content into the registry.
struct SkillPushRepository: Sendable {
    let pool: PostgresPool

    /// What is known of the pushes of some content.
    ///
    /// - Throws: `PostgresError`.
    static func list(_ digests: [String], in querying: some PostgresQuerying) async throws -> [String: SkillPush] {
        guard !digests.isEmpty else { return [:] }
        let rows = try await querying.query(
            """
            select digest, state, attempts, error_code, error_message, pushed_at from skill_pushes where digest = any(\(digests)::text[])
            """
        )
        return Dictionary(try rows.map(SkillPush.init).map { ($0.digest, $0) }) { first, _ in first }
    }

    /// Has content pushed, unless the registry has it.
    ///
    /// - Throws: `PostgresError`.
    static func order(_ digest: String, now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into skill_pushes (digest, state, next_attempt_at, created_at) values (\(digest), 'pending', \(now), \(now))
            on conflict (digest) do update set state = 'pending', attempts = 0, next_attempt_at = excluded.next_attempt_at
            where skill_pushes.state = 'failed'
            """
        )
    }

    /// Takes content that is to be pushed, for a time.
    ///
    /// - Parameters:
    ///   - digest: this content, whatever its state; nil for any that is due.
    ///   - lease: who takes it.
    ///   - now: the time.
    ///   - end: until when nobody else takes it.
    /// - Returns: its digest and the attempts that were made; nil when there is none, or somebody has it.
    /// - Throws: `PostgresError`.
    func take(_ digest: String? = nil, lease: UUID, now: Date, until end: Date) async throws -> (digest: String, attempts: Int)? {
        if let digest {
            try await pool.execute(
                """
                insert into skill_pushes (digest, state, next_attempt_at, created_at) values (\(digest), 'pending', \(now), \(now))
                on conflict (digest) do nothing
                """
            )
        }
        let wanted: SQL = digest.map { "digest = \($0)" } ?? "state = 'pending' and next_attempt_at <= \(now)"
        let row = try await pool.first(
            """
            update skill_pushes set lease_id = \(lease), lease_until = \(end) where digest = (
                select digest from skill_pushes where \(wanted) and (lease_until is null or lease_until <= \(now))
                order by next_attempt_at limit 1 for update skip locked)
            returning digest, attempts
            """
        )
        return try row.map { (try $0.decode("digest"), try $0.decode("attempts")) }
    }

    /// Notes that the registry has content.
    ///
    /// - Throws: `PostgresError`.
    func succeed(_ digest: String, lease: UUID, repository: String, now: Date) async throws {
        try await pool.execute(
            """
            update skill_pushes set state = 'pushed', attempts = attempts + 1, error_code = null, error_message = null,
                repository = \(repository), pushed_at = \(now), lease_id = null, lease_until = null
            where digest = \(digest) and lease_id = \(lease)
            """
        )
    }

    /// Notes that an attempt has failed.
    ///
    /// - Parameters:
    ///   - next: when it is tried again; nil when it is not.
    /// - Throws: `PostgresError`.
    func fail(_ digest: String, lease: UUID, code: String, message: String, next: Date?) async throws {
        try await pool.execute(
            """
            update skill_pushes set state = \(next == nil ? "failed" : "pending"), attempts = attempts + 1, error_code = \(code),
                error_message = \(message), next_attempt_at = coalesce(\(next), next_attempt_at), lease_id = null, lease_until = null
            where digest = \(digest) and lease_id = \(lease)
            """
        )
    }
}

extension SkillPush {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            digest: try row.decode("digest"),
            state: try row.decode("state"),
            attempts: try row.decode("attempts"),
            errorCode: try row.decode("error_code"),
            errorMessage: try row.decode("error_message"),
            pushedAt: try row.decode("pushed_at")
        )
    }
}
