import Foundation
import Postgres

/// Removes rows whose time is over, a batch a transaction, by one replica at a time. What may go is checked by the tables themselves too.
struct RetentionRepository: Sendable {
    /// What is removed, in this order.
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case provisioningLog = "provisioning_log"
        case bootstrapLog = "bootstrap_log"
        case logNumbers = "instance_log_lines"
        case departures = "departed_tenants"
        case usagePeople = "instance_usage_people"
        case usageDaily = "instance_usage_daily"
        case instances = "instances"
        case idempotencyKeys = "idempotency_keys"
        case modelKeys = "model_keys"
        case tokenUsage = "token_usage"
        case spend = "ai_spend"
        case identities = "tenant_identities"
        case sessions = "session_scopes"
        /// The last, as a broken trail ends the sweep.
        case auditChain = "audit_chain"
    }

    let pool: PostgresPool
    let settings: RetentionSettings
    /// Removes from the audit trail.
    var audit = AuditRetention(authenticator: nil)

    private static let lock = AdvisoryLock.named("opencrane/retention")

    /// Removes a batch.
    ///
    /// - Returns: how many rows went; `nil` when another replica is at it.
    /// - Throws: `PostgresError`.
    func remove(_ kind: Kind, now: Date) async throws -> Int? {
        let limit = settings.batch
        return try await sweeping { transaction in
            switch kind {
            case .provisioningLog, .bootstrapLog:
                return try await transaction.execute(
                    """
                    delete from \(identifier: kind.rawValue) where id = any(array(
                        select line.id from departed_tenants as gone join \(identifier: kind.rawValue) as line on line.uid = gone.uid
                        where gone.noticed_at < \(before(settings.logDays, now))
                            and not exists (select from tenants where tenants.uid = gone.uid and tenants.deleted_at is null)
                        limit \(limit)))
                    """
                )
            case .logNumbers:
                return try await transaction.execute(
                    """
                    delete from instance_log_lines where ctid = any(array(
                        select line.ctid from departed_tenants as gone join instance_log_lines as line on line.uid = gone.uid
                        where gone.noticed_at < \(before(settings.logDays, now)) and \(Self.isWithoutLines) limit \(limit)))
                    """
                )
            case .departures:
                return try await transaction.execute(
                    """
                    delete from departed_tenants where uid = any(array(
                        select uid from departed_tenants as gone
                        where gone.noticed_at < \(before(settings.logDays, now)) and \(Self.isWithoutLines)
                            and not exists (select from instance_log_lines as line where line.uid = gone.uid)
                        limit \(limit)))
                    """
                )
            case .usagePeople, .usageDaily:
                return try await transaction.execute(
                    """
                    delete from \(identifier: kind.rawValue) where ctid = any(array(
                        select ctid from \(identifier: kind.rawValue)
                        where day < \("\(UsageDay(now).advanced(by: kind == .usageDaily ? -settings.usageDays : -settings.peopleDays))")::date
                        limit \(limit)))
                    """
                )
            case .instances:
                return try await removeInstances(transaction, before: before(settings.instanceDays, now))
            case .idempotencyKeys:
                return try await transaction.execute(
                    """
                    delete from idempotency_keys where ctid = any(array(
                        select ctid from idempotency_keys where expires_at <= \(now) limit \(limit)))
                    """
                )
            case .modelKeys:
                // What was used with a key is read for a day or two after its end.
                return try await transaction.execute(
                    """
                    delete from model_keys where id = any(array(
                        select id from model_keys where revoked_at < \(before(settings.logDays, now)) limit \(limit)))
                    """
                )
            case .tokenUsage:
                return try await transaction.execute(
                    """
                    delete from token_usage where ctid = any(array(
                        select ctid from token_usage where day < \("\(UsageDay(now).advanced(by: -settings.usageDays))")::date limit \(limit)))
                    """
                )
            case .spend:
                // What is spent is of a month: whoever was not read for longer spends nothing.
                return try await transaction.execute(
                    """
                    delete from ai_spend where ctid = any(array(
                        select ctid from ai_spend where read_at < \(before(settings.logDays, now)) limit \(limit)))
                    """
                )
            case .identities, .sessions:
                // What narrows the sessions of people stays: nobody tells when a session is over, and without it they would reach further.
                let time = kind == .identities ? "bound_at" : "updated_at"
                return try await transaction.execute(
                    """
                    delete from \(identifier: kind.rawValue) where ctid = any(array(
                        select entry.ctid from \(identifier: kind.rawValue) as entry
                        where entry.tenant_uid is not null and entry.\(identifier: time) < \(before(settings.logDays, now))
                            and not exists (select from tenants where tenants.uid = entry.tenant_uid
                                and (tenants.deleted_at is null or tenants.deleted_at >= \(before(settings.logDays, now))))
                        limit \(limit)))
                    """
                )
            case .auditChain:
                guard let days = settings.auditDays else { return 0 }
                return try await audit.remove(in: transaction, before: before(days, now), limit: limit, now: now)
            }
        }
    }

    /// Notes which of the next tenants that have lines in a log are gone, and which have come back.
    ///
    /// - Parameters:
    ///   - kind: the log.
    ///   - uid: the last one that was looked at; empty at first.
    ///   - now: the time.
    /// - Returns: the last one that was looked at now; `nil` when there are no more, or another replica is at it.
    /// - Throws: `PostgresError`.
    func noteDepartures(_ kind: Kind, after uid: String, now: Date) async throws -> String? {
        try await sweeping { transaction -> String? in
            try await transaction.execute(
                "delete from departed_tenants as gone using tenants where tenants.uid = gone.uid and tenants.deleted_at is null"
            )
            // Steps from one uid to the next in the index, instead of reading all lines.
            let last = try await transaction.first(
                """
                with recursive next as (
                    (select uid, 1 as place from \(identifier: kind.rawValue) where uid > \(uid) order by uid limit 1)
                    union all
                    select (select line.uid from \(identifier: kind.rawValue) as line where line.uid > next.uid order by line.uid limit 1),
                        next.place + 1
                    from next where next.uid is not null and next.place < \(settings.batch)
                ), noted as (
                    insert into departed_tenants (uid, noticed_at)
                    select uid, \(now) from next
                    where uid is not null and not exists (select from tenants where tenants.uid = next.uid and tenants.deleted_at is null)
                    on conflict do nothing
                )
                select max(uid) as last from next
                """
            )
            return try last?.decode("last", as: String?.self)
        } ?? nil
    }

    /// Deleted instances go with everything that is about them.
    private func removeInstances(_ transaction: PostgresTransaction, before date: Date) async throws -> Int {
        let ids = try await transaction.query(
            """
            select id from instances where deleted_at < \(date) order by deleted_at limit \(max(1, settings.batch / 10))
            for update skip locked
            """
        ).map { try $0.decode("id", as: UUID.self) }
        guard !ids.isEmpty else { return 0 }
        for table in ["instance_usage_people", "instance_usage_daily", "instance_usage_cursors", "instance_applied_settings"] {
            try await transaction.execute("delete from \(identifier: table) where instance_id = any(\(ids))")
        }
        return try await transaction.execute("delete from instances where id = any(\(ids)) and deleted_at < \(date)")
    }

    /// Runs a transaction that may remove, unless another replica has one.
    private func sweeping<Value>(
        _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> Value
    ) async throws -> Value? {
        try await pool.withTransaction { transaction in
            let isOurs = try await transaction.first("select pg_try_advisory_xact_lock(\(Self.lock.key))")?.decode(0, as: Bool.self)
            guard isOurs == true else { return nil }
            try await transaction.execute("set local opencrane.retention = 'sweep'")
            return try await body(transaction)
        }
    }

    private func before(_ days: Int, _ now: Date) -> Date { now.addingTimeInterval(-Double(days) * 86_400) }

    private static let isWithoutLines: SQL = """
        not exists (select from provisioning_log as line where line.uid = gone.uid)
        and not exists (select from bootstrap_log as line where line.uid = gone.uid)
        """
}
