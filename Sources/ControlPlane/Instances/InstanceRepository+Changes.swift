import Foundation
import JSONValue
import Postgres
import Projection

/// What became of an order.
enum InstanceCreation: Sendable, Hashable {
    /// It is recorded.
    case made(InstanceRow)
    /// It was recorded before.
    case replayed(InstanceRow)
    /// Its key was used for another order.
    case keyReused
    /// The organisation has ordered too much; after some seconds it may again.
    case tooMany(retryAfter: Int)
    /// Every name that was tried is taken.
    case noName
}

/// What became of a wish to delete.
enum InstanceDeletion: Sendable, Hashable {
    /// It begins.
    case begun(InstanceRow)
    /// It is under way.
    case underway(InstanceRow)
    /// It was done before.
    case done(InstanceRow)

    /// The instance.
    var row: InstanceRow {
        switch self {
        case .begun(let row), .underway(let row), .done(let row): row
        }
    }
}

extension InstanceRepository {
    /// Records an order, unless it was recorded before. Orders of one organisation are recorded one after the other.
    ///
    /// - Parameters:
    ///   - order: the order.
    ///   - names: names for its host, the wanted one first.
    ///   - limit: most orders of the organisation in a time.
    ///   - window: that time.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    func create(_ order: InstanceOrder, names: [String], limit: Int, window: Duration, now: Date) async throws -> InstanceCreation {
        let new = order.row
        return try await pool.withTransaction { transaction in
            _ = try await transaction.first(
                "select true from pg_advisory_xact_lock(hashtextextended(\("instances/" + new.organization), 0))"
            )
            let known = try await transaction.first(
                """
                select \(unescaped: InstanceRow.columns) from instances
                where organization = \(new.organization) and idempotency_key = \(new.idempotencyKey)
                """
            ).map { try InstanceRow($0) }
            if let known { return known.requestHash == new.requestHash ? .replayed(known) : .keyReused }
            let recent = try await transaction.first(
                """
                select count(*) as orders, min(created_at) as oldest from instances
                where organization = \(new.organization) and created_at > \(now - window.seconds)
                """
            )
            if let recent, try recent.decode("orders", as: Int.self) >= limit {
                let oldest = try recent.decode("oldest", as: Date?.self) ?? now
                return .tooMany(retryAfter: max(1, Int((oldest.timeIntervalSince(now) + window.seconds).rounded(.up))))
            }
            for name in names {
                // Somebody else's tenant may have the name.
                let made = try await transaction.first(
                    """
                    insert into instances (id, task_id, organization, customer_id, customer_email, agent_name, user_display_name, idempotency_key,
                        request_hash, region_id, tier_id, tier_name, preset_id, manifest_id, website_template_slug, hostname, namespace,
                        tenant_spec, agent_config, actor, request_id, created_at, updated_at, due_at)
                    select \(new.id), \(new.taskID), \(new.organization), \(new.customerID), \(new.customerEmail), \(new.agentName),
                        \(order.userDisplayName), \(new.idempotencyKey), \(new.requestHash), \(new.regionID), \(new.tierID), \(new.tierName),
                        \(new.presetID), \(order.manifestID), \(order.websiteTemplateSlug), \(name), \(new.namespace),
                        \(order.tenantSpec(name)), \(new.agentConfig), \(new.actor), \(new.requestID), \(now), \(now), \(now)
                    where not exists (
                        select from tenants where namespace = \(new.namespace) and name = \(name) and deleted_at is null)
                    on conflict do nothing
                    returning \(unescaped: InstanceRow.columns)
                    """
                )
                if let made { return .made(try InstanceRow(made)) }
            }
            return .noName
        }
    }

    /// Asks that an instance be deleted.
    ///
    /// - Parameters:
    ///   - id: the instance.
    ///   - audit: makes the entry of the trail for a deletion that begins.
    ///   - now: the time.
    ///   - allowed: throws when it must not be; gets nil when there is no such instance, and may look at other rows.
    /// - Throws: what `allowed` throws; `PostgresError`.
    func requestDeletion(
        _ id: UUID,
        now: Date,
        audit: (InstanceRow) -> AuditDraft,
        allowed: (InstanceRow?, PostgresTransaction) async throws -> InstanceRow
    ) async throws -> InstanceDeletion {
        try await pool.withTransaction { transaction in
            let row = try await allowed(try await Self.locked(id, transaction), transaction)
            if row.deletedAt != nil { return .done(row) }
            if row.deleteRequestedAt != nil { return .underway(row) }
            let changed = try await transaction.first(
                """
                update instances set delete_requested_at = \(now), due_at = \(now), attempts = 0, updated_at = \(now)
                where id = \(id) returning \(unescaped: InstanceRow.columns)
                """
            ).map { try InstanceRow($0) }
            try await AuditRepository.append(audit(row), outcome: .succeeded, now: now, in: transaction)
            return .begun(changed ?? row)
        }
    }

    /// Changes an instance that nobody else changes meanwhile.
    ///
    /// - Parameters:
    ///   - id: the instance.
    ///   - now: the time.
    ///   - allowed: throws when it must not be changed; gets nil when there is no such instance.
    ///   - change: sets `agentConfig` and `consentsToDebugAccess`, and says what the trail keeps of it; nil records nothing.
    /// - Returns: the instance after it.
    /// - Throws: what the closures throw; `PostgresError`.
    func change(
        _ id: UUID,
        now: Date,
        allowed: (InstanceRow?) throws -> InstanceRow,
        _ change: (inout InstanceRow) throws -> AuditDraft?
    ) async throws -> InstanceRow {
        try await pool.withTransaction { transaction in
            var row = try allowed(try await Self.locked(id, transaction))
            let before = row
            let audit = try change(&row)
            if let audit { try await AuditRepository.append(audit, outcome: .succeeded, now: now, in: transaction) }
            guard row != before else { return row }
            row.updatedAt = now
            try await transaction.execute(
                """
                update instances set agent_config = \(row.agentConfig), consent_debug_access = \(row.consentsToDebugAccess), updated_at = \(now)
                where id = \(id)
                """
            )
            return row
        }
    }

    private static func locked(_ id: UUID, _ transaction: PostgresTransaction) async throws -> InstanceRow? {
        try await transaction.first("select \(unescaped: InstanceRow.columns) from instances where id = \(id) for update")
            .map { try InstanceRow($0) }
    }
}
