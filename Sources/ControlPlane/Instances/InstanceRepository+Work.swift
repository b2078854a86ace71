import Foundation
import JSONValue
import Postgres
import Projection

/// Somebody else is at the instance by now: nothing is noted of what this replica saw.
struct InstanceLeaseLost: Error, CustomStringConvertible {
    let id: UUID

    var description: String { "The instance \(id.uuidString.lowercased()) was taken by another replica meanwhile." }
}

/// What the reconciler notes of an instance. All but whoever holds it note nothing: a replica that slept for longer than its lease must not
/// undo what another has done since.
extension InstanceRepository {
    /// Takes instances that are due, the longest due first. What another replica is at is passed over.
    ///
    /// How long they are taken for is measured by the clock of the database, which all replicas share.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - lease: how long nobody else takes them.
    ///   - holder: names whoever takes them, and no other sweep.
    ///   - now: the time, for what is due.
    /// - Throws: `PostgresError`.
    func claim(limit: Int, lease: Duration, holder: String, now: Date) async throws -> [InstanceRow] {
        try await pool.query(
            """
            update instances set lease_until = now() + make_interval(secs => \(lease.seconds)), lease_holder = \(holder), attempts = attempts + 1
            where id in (
                select id from instances where due_at <= \(now) and (lease_until is null or lease_until <= now())
                order by due_at limit \(limit) for update skip locked)
            returning \(unescaped: InstanceRow.columns)
            """
        ).map { try InstanceRow($0) }
    }

    /// Gives an instance back, unless it is another's by now.
    ///
    /// - Parameters:
    ///   - row: the instance as it was taken. When its deletion was asked for since, it is due at once.
    ///   - due: when it is looked at next; nil for never.
    ///   - error: why the attempt failed, with its stable code; nil when it did not.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    func giveBack(_ row: InstanceRow, due: Date?, error: (code: String, message: String)?, now: Date) async throws {
        let wasAsked = row.deleteRequestedAt != nil
        try await pool.execute(
            """
            update instances set lease_until = null, lease_holder = null, last_error = \(error?.message), last_error_code = \(error?.code),
                attempts = case when \(error == nil) then 0 else attempts end,
                due_at = case when (delete_requested_at is not null) = \(wasAsked) then \(due)::timestamptz else \(now) end
            where id = \(row.id) and deleted_at is null and lease_holder = \(row.leaseHolder)
            """
        )
    }

    /// Notes which tenant an instance has.
    ///
    /// - Throws: ``InstanceLeaseLost``; `PostgresError`.
    func noteTenant(_ row: InstanceRow, uid: String, now: Date) async throws {
        try await note(
            row,
            """
            update instances set tenant_uid = \(uid), updated_at = \(now)
            where id = \(row.id) and tenant_uid is null and hostname = \(row.hostname) and lease_holder = \(row.leaseHolder)
            """
        )
    }

    /// Gives an instance another name, because somebody else's tenant has its own.
    ///
    /// - Returns: false when the name is taken too.
    /// - Throws: `PostgresError`.
    func rename(_ row: InstanceRow, to hostname: String, now: Date) async throws -> Bool {
        do {
            return try await pool.execute(
                """
                update instances set hostname = \(hostname), updated_at = \(now)
                where id = \(row.id) and tenant_uid is null and deleted_at is null and hostname = \(row.hostname)
                    and lease_holder = \(row.leaseHolder)
                    and not exists (select from tenants where tenants.namespace = instances.namespace and name = \(hostname)
                        and tenants.deleted_at is null)
                """
            ) == 1
        } catch let error as PostgresError where error.isUniqueViolation {
            return false
        }
    }

    /// Notes that an instance is given up. It is about the tenant the instance had when it was taken.
    ///
    /// - Throws: ``InstanceLeaseLost``; `PostgresError`.
    func noteFailure(_ row: InstanceRow, _ failure: InstanceRow.Failure, now: Date) async throws {
        try await note(
            row,
            """
            update instances set failure_code = \(failure.code), failure_message = \(failure.message), failure_run = \(failure.run),
                updated_at = \(now)
            where id = \(row.id) and delete_requested_at is null and tenant_uid is not distinct from \(row.tenantUID)
                and lease_holder = \(row.leaseHolder)
            """
        )
    }

    /// Notes what was seen of an instance, for when its tenant is gone.
    ///
    /// - Throws: `PostgresError`.
    func noteSnapshot(_ row: InstanceRow, _ snapshot: JSON) async throws {
        try await pool.execute(
            """
            update instances set snapshot = \(snapshot)
            where id = \(row.id) and snapshot <> \(snapshot) and lease_holder = \(row.leaseHolder)
            """
        )
    }

    /// Notes the settings of an instance anew, the same ones with other seals, unless somebody has changed them.
    ///
    /// - Throws: `PostgresError`.
    func noteSealed(_ row: InstanceRow, _ settings: JSON) async throws {
        try await pool.execute(
            """
            update instances set agent_config = \(settings)
            where id = \(row.id) and agent_config = \(row.agentConfig) and lease_holder = \(row.leaseHolder)
            """
        )
    }

    private func note(_ row: InstanceRow, _ statement: SQL) async throws {
        guard try await pool.execute(statement) == 1 else { throw InstanceLeaseLost(id: row.id) }
    }

    /// Ends an instance: its row stays, its host's name is free, its settings go.
    ///
    /// - Parameters:
    ///   - row: the instance.
    ///   - audit: the entry of the trail.
    ///   - now: the time.
    /// - Throws: ``InstanceLeaseLost``; `PostgresError`.
    func end(_ row: InstanceRow, audit: AuditDraft, now: Date) async throws {
        let suffix = "~" + row.idText.prefix(8)
        try await pool.withTransaction { transaction in
            let ended = try await transaction.execute(
                """
                update instances set deleted_at = \(now), updated_at = \(now), hostname = hostname || \(suffix), due_at = null,
                    lease_until = null, lease_holder = null, last_error = null, last_error_code = null, chat_holder = null, chat_until = null,
                    agent_config = '{}'
                where id = \(row.id) and deleted_at is null and delete_requested_at is not null and lease_holder = \(row.leaseHolder)
                """
            )
            guard ended == 1 else { throw InstanceLeaseLost(id: row.id) }
            try await transaction.execute("delete from instance_applied_settings where instance_id = \(row.id)")
            try await AuditRepository.append(audit, outcome: .succeeded, now: now, in: transaction)
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
