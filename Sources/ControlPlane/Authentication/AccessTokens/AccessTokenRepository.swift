import Foundation
import HTTPOperations
import HTTPTypes
import Postgres

/// Reads and writes access tokens.
struct AccessTokenRepository: Sendable {
    /// Most tokens of an owner that can be used, besides those of devices.
    static let limit = 100
    /// Most tokens of an owner from device grants; the oldest ones end.
    static let deviceLimit = 20

    let pool: PostgresPool

    /// The token of a hash.
    ///
    /// - Throws: `PostgresError`.
    func find(_ hash: String) async throws -> AccessTokenRecord? {
        try await pool.query(
            """
            select \(unescaped: Self.columns),
                (select min(logged_in_at) from person_logins where person in (owner, maker)) as proven_at
            from access_tokens where secret_hash = \(hash)
            """
        ).first.map { row in
            var record = try AccessTokenRecord(row)
            record.provenAt = try row.decode("proven_at", as: Date?.self)
            return record
        }
    }

    /// Tokens that can be used, the newest first.
    ///
    /// - Parameters:
    ///   - owner: whose; nil for everybody's.
    ///   - limit: how many at most.
    ///   - cursor: where the page before ended; nil for the first.
    ///   - now: the time.
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func list(owner: String?, limit: Int, cursor: String?, now: Date) async throws -> Page<AccessTokenRecord> {
        var conditions: [SQL] = ["expires_at > \(now)"]
        if let owner { conditions.append("owner = \(owner)") }
        if let cursor {
            guard let number = Int64(try Cursor(parsing: cursor, count: 1).keys[0]) else { throw OperationError.invalidCursor }
            conditions.append("number < \(number)")
        }
        let rows = try await pool.reads.query(
            """
            select \(unescaped: Self.columns) from access_tokens where \(SQL.joined(conditions, separator: " and "))
            order by number desc limit \(limit + 1)
            """
        )
        return Page(rows: try rows.map(AccessTokenRecord.init), limit: limit) { Cursor(String($0.number)) }
    }

    /// Notes that a token was used, unless that was noted within a time.
    ///
    /// - Throws: `PostgresError`.
    func touch(_ id: UUID, now: Date, unlessWithin span: TimeInterval) async throws {
        let before = now.addingTimeInterval(-span)
        try await pool.execute(
            "update access_tokens set last_used_at = \(now) where id = \(id) and (last_used_at is null or last_used_at <= \(before))"
        )
    }

    /// A token that is about to be taken away, which others then have to wait for.
    static func lock(_ id: UUID, in transaction: PostgresTransaction) async throws -> AccessTokenRecord? {
        try await transaction.first("select \(unescaped: columns) from access_tokens where id = \(id) for update").map(
            AccessTokenRecord.init
        )
    }

    /// Takes a token away, and those that were made with it.
    static func delete(_ id: UUID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from access_tokens where id = \(id)")
    }

    /// Adds a token.
    ///
    /// - Throws: ``OperationError`` 409 when its owner has too many.
    static func insert(_ record: AccessTokenRecord, now: Date, in transaction: PostgresTransaction) async throws {
        // One token of an owner at a time, so that two at once do not end in one too many.
        _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(record.owner), 2))")
        if record.isDevice {
            try await transaction.execute(
                """
                delete from access_tokens where id in (
                    select id from access_tokens where owner = \(record.owner) and is_device order by number desc offset \(deviceLimit - 1))
                """
            )
        } else {
            let row = try await transaction.first(
                "select count(*) from access_tokens where owner = \(record.owner) and not is_device and expires_at > \(now)"
            )
            guard try row?.decode(0, as: Int.self) ?? 0 < limit else { throw OperationError.tooManyTokens }
        }
        try await transaction.execute(
            """
            insert into access_tokens (id, secret_hash, parent_id, name, owner, created_by, maker, is_device, roles, scopes, organization, email,
                created_at, expires_at)
            values (\(record.id), \(record.secretHash), \(record.parentID), \(record.name), \(record.owner), \(record.createdBy),
                \(record.maker ?? record.createdBy),
                \(record.isDevice), \(record.roles.names), \(record.scopes.sorted()), \(record.organization), \(record.email),
                \(record.createdAt), \(record.expiresAt))
            """
        )
    }

    /// Notes that somebody has logged in, and takes from the tokens that the person has made what the person has lost: roles, everything after a
    /// change of the organisation, and what stands for others, which administrators of the platform alone may make.
    ///
    /// - Parameters:
    ///   - person: who has logged in.
    ///   - now: the time.
    ///   - transaction: the login's.
    /// - Throws: `PostgresError`.
    static func restrict(to person: Person, now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into person_logins as known (person, logged_in_at) values (\(person.id), \(now))
            on conflict (person) do update set logged_in_at = greatest(known.logged_in_at, excluded.logged_in_at)
            """
        )
        // An administrator of the platform may make tokens with every role, for everybody and every organisation.
        if person.roles.contains(.platformAdmin) { return }
        try await transaction.execute(
            """
            delete from access_tokens
            where maker = \(person.id) and (owner <> \(person.id) or organization is distinct from \(person.organization))
            """
        )
        let roles = person.roles.names
        try await transaction.execute(
            """
            update access_tokens set roles = array(select unnest(roles) intersect select unnest(\(roles)::text[]))
            where maker = \(person.id) and not roles <@ \(roles)::text[]
            """
        )
    }

    private static let columns = """
        id, number, secret_hash, parent_id, name, owner, created_by, maker, is_device, roles, scopes, organization, email, created_at, expires_at,
        last_used_at
        """
}

extension OperationError {
    fileprivate static let tooManyTokens = OperationError(
        .conflict,
        code: "ACCESS_TOKEN_LIMIT",
        message: "There are \(AccessTokenRepository.limit) tokens of this owner, as many as there may be; delete some that are not used."
    )
}

extension AccessTokenRecord {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            number: try row.decode("number"),
            secretHash: try row.decode("secret_hash"),
            parentID: try row.decode("parent_id"),
            name: try row.decode("name"),
            owner: try row.decode("owner"),
            createdBy: try row.decode("created_by"),
            maker: try row.decode("maker"),
            isDevice: try row.decode("is_device"),
            roles: Set(names: try row.decode("roles", as: [String].self)),
            scopes: Set(try row.decode("scopes", as: [String].self)),
            organization: try row.decode("organization"),
            email: try row.decode("email"),
            createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"),
            lastUsedAt: try row.decode("last_used_at")
        )
    }
}
