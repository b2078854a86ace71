import Foundation
import HTTPOperations
import Postgres

/// Reads and writes device grants.
struct DeviceGrantRepository: Sendable {
    /// Most grants at a time: anybody may ask for one.
    static let limit = 10_000

    let pool: PostgresPool

    /// Adds a grant.
    ///
    /// - Returns: false when its user code is taken; another one will do.
    /// - Throws: ``OperationError`` 429 when there are too many; `PostgresError`.
    func insert(_ grant: DeviceGrant) async throws -> Bool {
        let rows = try await pool.query("select count(*) from device_grants where expires_at > \(grant.createdAt)")
        guard try rows.first?.decode(0, as: Int.self) ?? 0 < Self.limit else { throw OperationError.tooManyRequests(retryAfter: 60) }
        return try await pool.execute(
            """
            insert into device_grants (device_hash, user_code, address, poll_interval, created_at, expires_at)
            values (\(grant.deviceHash), \(grant.userCode.symbols), \(grant.address), \(grant.interval), \(grant.createdAt),
                \(grant.expiresAt))
            on conflict do nothing
            """
        ) == 1
    }

    /// The grant of a user code that somebody can decide on.
    ///
    /// - Throws: `PostgresError`.
    func find(_ code: UserCode, now: Date) async throws -> DeviceGrant? {
        try await pool.query(
            """
            select \(unescaped: Self.columns) from device_grants
            where user_code = \(code.symbols) and decision is null and expires_at > \(now)
            """
        ).first.map(DeviceGrant.init)
    }

    /// Writes a decision, which is final.
    ///
    /// - Returns: false when there is nothing to decide on any more.
    static func decide(
        _ code: UserCode,
        _ decision: DeviceGrant.Decision,
        by person: Person,
        now: Date,
        in transaction: PostgresTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            """
            update device_grants set decision = \(decision.rawValue), owner = \(person.id), email = \(person.email),
                organization = \(person.organization), roles = \(person.roles.names)
            where user_code = \(code.symbols) and decision is null and expires_at > \(now)
            """
        ) == 1
    }

    /// The grant of a device that asks for its token, which others then have to wait for.
    static func lock(_ deviceHash: String, in transaction: PostgresTransaction) async throws -> DeviceGrant? {
        try await transaction.first("select \(unescaped: columns) from device_grants where device_hash = \(deviceHash) for update")
            .map(DeviceGrant.init)
    }

    /// Notes that a device has asked.
    static func note(_ deviceHash: String, interval: Int, now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            "update device_grants set polled_at = \(now), poll_interval = \(interval) where device_hash = \(deviceHash)"
        )
    }

    /// Takes a grant away.
    static func delete(_ deviceHash: String, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from device_grants where device_hash = \(deviceHash)")
    }

    private static let columns = """
        device_hash, user_code, address, poll_interval, polled_at, decision, owner, email, organization, roles, created_at, expires_at
        """
}

/// A user code in the database that is none.
private struct BrokenUserCode: Error {}

extension DeviceGrant {
    fileprivate init(_ row: PostgresRow) throws {
        guard let code = UserCode(try row.decode("user_code", as: String.self)) else { throw BrokenUserCode() }
        self.init(
            deviceHash: try row.decode("device_hash"),
            userCode: code,
            address: try row.decode("address"),
            interval: try row.decode("poll_interval"),
            polledAt: try row.decode("polled_at"),
            decision: try row.decode("decision", as: String?.self).flatMap(Decision.init),
            owner: try row.decode("owner"),
            email: try row.decode("email"),
            organization: try row.decode("organization"),
            roles: try row.decode("roles", as: [String]?.self).map { Set(names: $0) },
            createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at")
        )
    }
}
