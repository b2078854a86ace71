import Foundation
import JSONValue
import Postgres
import Projection

/// What the reconciler notes of an instance.
extension InstanceRepository {
    /// Takes instances that are due, the longest due first. What another replica is at is passed over.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - lease: how long nobody else takes them.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    func claim(limit: Int, lease: Duration, now: Date) async throws -> [InstanceRow] {
        try await pool.query(
            """
            update instances set lease_until = \(now + lease.seconds), attempts = attempts + 1
            where id in (
                select id from instances where due_at <= \(now) and (lease_until is null or lease_until <= \(now))
                order by due_at limit \(limit) for update skip locked)
            returning \(unescaped: InstanceRow.columns)
            """
        ).map { try InstanceRow($0) }
    }

    /// Gives an instance back.
    ///
    /// - Parameters:
    ///   - row: the instance as it was taken. When its deletion was asked for since, it is due at once.
    ///   - due: when it is looked at next; nil for never.
    ///   - error: why the attempt failed; nil when it did not.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    func giveBack(_ row: InstanceRow, due: Date?, error: String?, now: Date) async throws {
        let wasAsked = row.deleteRequestedAt != nil
        try await pool.execute(
            """
            update instances set lease_until = null, last_error = \(error), attempts = case when \(error == nil) then 0 else attempts end,
                due_at = case when (delete_requested_at is not null) = \(wasAsked) then \(due)::timestamptz else \(now) end
            where id = \(row.id) and deleted_at is null
            """
        )
    }

    /// Notes which tenant an instance has.
    ///
    /// - Throws: `PostgresError`.
    func noteTenant(_ id: UUID, uid: String, now: Date) async throws {
        try await pool.execute(
            "update instances set tenant_uid = \(uid), updated_at = \(now) where id = \(id) and tenant_uid is null"
        )
    }

    /// Gives an instance another name, because somebody else's tenant has its own.
    ///
    /// - Returns: false when the name is taken too.
    /// - Throws: `PostgresError`.
    func rename(_ id: UUID, to hostname: String, now: Date) async throws -> Bool {
        do {
            return try await pool.execute(
                """
                update instances set hostname = \(hostname), updated_at = \(now) where id = \(id) and tenant_uid is null and deleted_at is null
                    and not exists (select from tenants where tenants.namespace = instances.namespace and name = \(hostname)
                        and tenants.deleted_at is null)
                """
            ) == 1
        } catch let error as PostgresError where error.isUniqueViolation {
            return false
        }
    }

    /// Notes that an instance is given up.
    ///
    /// - Throws: `PostgresError`.
    func noteFailure(_ id: UUID, _ failure: InstanceRow.Failure, now: Date) async throws {
        try await pool.execute(
            """
            update instances set failure_code = \(failure.code), failure_message = \(failure.message), failure_run = \(failure.run),
                updated_at = \(now)
            where id = \(id) and delete_requested_at is null
            """
        )
    }

    /// Notes what was seen of an instance, for when its tenant is gone.
    ///
    /// - Throws: `PostgresError`.
    func noteSnapshot(_ id: UUID, _ snapshot: JSON) async throws {
        try await pool.execute("update instances set snapshot = \(snapshot) where id = \(id) and snapshot <> \(snapshot)")
    }

    /// Ends an instance: its row stays, its host's name is free.
    ///
    /// - Parameters:
    ///   - row: the instance.
    ///   - audit: the entry of the trail.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    func end(_ row: InstanceRow, audit: AuditDraft, now: Date) async throws {
        let suffix = "~" + row.idText.prefix(8)
        try await pool.withTransaction { transaction in
            let ended = try await transaction.execute(
                """
                update instances set deleted_at = \(now), updated_at = \(now), hostname = hostname || \(suffix), due_at = null,
                    lease_until = null, last_error = null, chat_holder = null, chat_until = null
                where id = \(row.id) and deleted_at is null and delete_requested_at is not null
                """
            )
            if ended == 1 { try await AuditRepository.append(audit, outcome: .succeeded, now: now, in: transaction) }
        }
    }

    /// Tenants of instances that are deleted: made by a write that was on its way for very long.
    ///
    /// - Parameters:
    ///   - namespace: the namespace of the tenants.
    ///   - limit: how many at most.
    /// - Returns: the instances with the names of the tenants.
    /// - Throws: `PostgresError`.
    func strays(namespace: String, limit: Int = 20) async throws -> [(row: InstanceRow, tenant: String)] {
        try await pool.query(
            """
            select \(unescaped: InstanceRow.columns.split(separator: ", ").map { "instances.\($0)" }.joined(separator: ", ")),
                tenants.name as tenant
            from tenants join instances on instances.id = case
                when tenants.spec->'fleet'->>'externalId' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then (tenants.spec->'fleet'->>'externalId')::uuid end
            where tenants.namespace = \(namespace) and tenants.deleted_at is null and tenants.spec->'fleet' is not null
                and tenants.phase <> 'Terminating' and instances.deleted_at is not null
            order by tenants.name limit \(limit)
            """
        ).map { (try InstanceRow($0), try $0.decode("tenant", as: String.self)) }
    }
}
