import Foundation
import HTTPOperations
import Postgres

/// Which keys are wanted; nil members do not restrict.
struct APIKeyFilter: Sendable, Hashable {
    /// The organisation.
    var organization: String?
    /// The customer.
    var customerID: String?
    /// Whether keys that have been revoked or are over are wanted too.
    var includesEnded = false
}

/// Reads and writes the keys of programs.
struct APIKeyRepository: Sendable {
    let pool: PostgresPool

    /// A key by its id.
    ///
    /// - Throws: `PostgresError`.
    func find(_ id: UUID) async throws -> APIKeyRecord? {
        try await pool.reads.first("select \(unescaped: Self.columns) from api_keys where id = \(id)").map(APIKeyRecord.init)
    }

    /// Keys, the newest first.
    ///
    /// - Parameters:
    ///   - filter: which ones.
    ///   - limit: how many at most.
    ///   - cursor: where the page before ended; nil for the first.
    ///   - now: the time.
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func list(_ filter: APIKeyFilter, limit: Int, cursor: String?, now: Date) async throws -> Page<APIKeyRecord> {
        var conditions: [SQL] = ["true"]
        if let organization = filter.organization { conditions.append("organization = \(organization)") }
        if let customer = filter.customerID { conditions.append("customer_id = \(customer)") }
        if !filter.includesEnded { conditions.append(Self.isLive(now)) }
        if let cursor {
            guard let number = Int64(try Cursor(parsing: cursor, count: 1).keys[0]) else { throw OperationError.invalidCursor }
            conditions.append("number < \(number)")
        }
        let rows = try await pool.reads.query(
            """
            select \(unescaped: Self.columns) from api_keys where \(SQL.joined(conditions, separator: " and "))
            order by number desc limit \(limit + 1)
            """
        )
        return Page(rows: try rows.map(APIKeyRecord.init), limit: limit) { Cursor(String($0.number)) }
    }

    /// Notes that a key was used, unless that was noted within a time.
    ///
    /// - Throws: `PostgresError`.
    func touch(_ id: UUID, now: Date, unlessWithin span: TimeInterval) async throws {
        let before = now.addingTimeInterval(-span)
        try await pool.execute(
            "update api_keys set last_used_at = \(now) where id = \(id) and (last_used_at is null or last_used_at <= \(before))"
        )
    }

    /// A key that is about to be changed, which others then have to wait for.
    static func lock(_ id: UUID, in transaction: PostgresTransaction) async throws -> APIKeyRecord? {
        try await transaction.first("select \(unescaped: columns) from api_keys where id = \(id) for update").map(APIKeyRecord.init)
    }

    /// Takes the turn to change keys of an organisation, until the transaction ends. Whoever makes, rotates or revokes one takes it before
    /// any row, so that no key is made with one that ends meanwhile.
    static func takeTurn(of organization: String, in transaction: PostgresTransaction) async throws {
        let lock = "api-keys/\(organization)"
        _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(lock), 0))")
    }

    /// A key that is about to be changed, after the turn of its organisation was taken.
    static func lockInTurn(_ id: UUID, in transaction: PostgresTransaction) async throws -> APIKeyRecord? {
        guard let row = try await transaction.first("select organization from api_keys where id = \(id)") else { return nil }
        try await takeTurn(of: try row.decode("organization"), in: transaction)
        return try await lock(id, in: transaction)
    }

    /// The keys that a key was made with, the key itself included.
    static func line(of id: UUID, in transaction: PostgresTransaction) async throws -> Set<UUID> {
        let rows = try await transaction.query(
            """
            with recursive line as (
                select id, parent_id from api_keys where id = \(id)
                union
                select next.id, next.parent_id from api_keys next join line on next.id = line.parent_id
            )
            select id from line
            """
        )
        return Set(try rows.map { try $0.decode("id", as: UUID.self) })
    }

    /// How many keys of an organisation can be used. Whoever took its turn learns a number that stays.
    static func count(organization: String, now: Date, in transaction: PostgresTransaction) async throws -> Int {
        let row = try await transaction.first("select count(*) from api_keys where organization = \(organization) and \(isLive(now))")
        return try row?.decode(0, as: Int.self) ?? 0
    }

    /// Adds a key.
    static func insert(_ record: APIKeyRecord, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into api_keys (id, organization, customer_id, name, role, scopes, secret_hash, created_by, parent_id, created_at,
                expires_at)
            values (\(record.id), \(record.organization), \(record.customerID), \(record.name), \(record.role), \(record.scopes.sorted()),
                \(record.secretHash), \(record.createdBy), \(record.parentID), \(record.createdAt), \(record.expiresAt))
            """
        )
    }

    /// Writes what a rotation or revocation changes.
    static func update(_ record: APIKeyRecord, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            update api_keys set secret_hash = \(record.secretHash), previous_hash = \(record.previous?.hash),
                previous_expires_at = \(record.previous?.expiresAt), rotated_at = \(record.rotatedAt), revoked_at = \(record.revokedAt)
            where id = \(record.id)
            """
        )
    }

    /// Keys that were made with a key, or with one that was, and are not revoked. They change for nobody else until the transaction ends.
    ///
    /// - Throws: `PostgresError`.
    static func lockChildren(of id: UUID, in transaction: PostgresTransaction) async throws -> [APIKeyRecord] {
        try await transaction.query(
            """
            with recursive child as (
                select id from api_keys where parent_id = \(id)
                union
                select next.id from api_keys next join child on next.parent_id = child.id
            )
            select \(unescaped: columns) from api_keys where id in (select id from child) and revoked_at is null order by number for update
            """
        ).map(APIKeyRecord.init)
    }

    private static func isLive(_ now: Date) -> SQL { "revoked_at is null and (expires_at is null or expires_at > \(now))" }

    private static let columns = """
        id, number, organization, customer_id, name, role, scopes, secret_hash, previous_hash, previous_expires_at, created_by, parent_id,
        created_at, expires_at, rotated_at, last_used_at, revoked_at
        """
}

extension APIKeyRecord {
    fileprivate init(_ row: PostgresRow) throws {
        let hash: String? = try row.decode("previous_hash")
        let expiry: Date? = try row.decode("previous_expires_at")
        self.init(
            id: try row.decode("id"),
            number: try row.decode("number"),
            organization: try row.decode("organization"),
            customerID: try row.decode("customer_id"),
            name: try row.decode("name"),
            role: try row.decode("role"),
            scopes: Set(try row.decode("scopes", as: [String].self)),
            secretHash: try row.decode("secret_hash"),
            previous: hash.flatMap { hash in expiry.map { Previous(hash: hash, expiresAt: $0) } },
            createdBy: try row.decode("created_by"),
            parentID: try row.decode("parent_id"),
            createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"),
            rotatedAt: try row.decode("rotated_at"),
            lastUsedAt: try row.decode("last_used_at"),
            revokedAt: try row.decode("revoked_at")
        )
    }
}
