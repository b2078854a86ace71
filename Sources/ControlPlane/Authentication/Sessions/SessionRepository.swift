import Foundation
import HTTPOperations
import Postgres

/// Reads and writes sessions.
struct SessionRepository: Sendable {
    let pool: PostgresPool

    /// The session of a hash.
    ///
    /// - Throws: `PostgresError`.
    func find(_ hash: String) async throws -> Session? {
        // Not through a pool of replicas: whoever has logged out is out everywhere.
        try await pool.query("select \(unescaped: Self.columns) from sessions where id_hash = \(hash)").first.map(Session.init)
    }

    /// Notes that a session is used.
    ///
    /// - Throws: `PostgresError`.
    func touch(_ hash: String, now: Date, unlessWithin span: TimeInterval) async throws {
        let before = now.addingTimeInterval(-span)
        try await pool.execute("update sessions set seen_at = \(now) where id_hash = \(hash) and seen_at <= \(before)")
    }

    /// Whether a session has not ended.
    static func isThere(_ hash: String, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.first("select true from sessions where id_hash = \(hash)") != nil
    }

    /// Ends a session.
    ///
    /// - Returns: whether there was one.
    /// - Throws: `PostgresError`.
    static func end(_ hash: String, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute("delete from sessions where id_hash = \(hash)") > 0
    }

    /// Adds a session, and brings what the person holds besides up to date: other sessions have the same roles from now on, the oldest of
    /// too
    /// many end, and tokens lose what the person has lost.
    ///
    /// - Parameter limit: most sessions of a person.
    static func begin(_ session: Session, limit: Int, in transaction: PostgresTransaction) async throws {
        let person = session.person
        let roles = person.roles.names
        // One login of a person at a time, so that two at once do not end in one session too many.
        _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(person.id), 1))")
        try await transaction.execute(
            """
            update sessions set roles = \(roles), groups = \(person.groups), organization = \(person.organization), email = \(person.email)
            where issuer = \(person.issuer) and subject = \(person.subject)
            """
        )
        try await transaction.execute(
            """
            delete from sessions where id_hash in (
                select id_hash from sessions where issuer = \(person.issuer) and subject = \(person.subject)
                order by number desc offset \(limit - 1))
            """
        )
        try await transaction.execute(
            """
            insert into sessions (id_hash, issuer, subject, email, name, groups, roles, organization, created_at, seen_at, expires_at)
            values (\(session.idHash), \(person.issuer), \(person.subject), \(person.email), \(person.name), \(person.groups), \(roles),
                \(person.organization), \(session.createdAt), \(session.seenAt), \(session.expiresAt))
            """
        )
    }

    private static let columns = "id_hash, issuer, subject, email, name, groups, roles, organization, created_at, seen_at, expires_at"
}

extension Session {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            idHash: try row.decode("id_hash"),
            person: Person(
                issuer: try row.decode("issuer"),
                subject: try row.decode("subject"),
                email: try row.decode("email"),
                name: try row.decode("name"),
                groups: try row.decode("groups"),
                roles: Set(names: try row.decode("roles", as: [String].self)),
                organization: try row.decode("organization")
            ),
            createdAt: try row.decode("created_at"),
            seenAt: try row.decode("seen_at"),
            expiresAt: try row.decode("expires_at")
        )
    }
}
