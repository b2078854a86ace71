import Foundation
import Postgres

/// Keeps what instances used, and which of them are to be asked next.
struct UsageRepository: Sendable {
    let pool: PostgresPool

    /// An instance that is to be asked, taken by one replica.
    struct Claim: Sendable, Hashable {
        var instance: UUID
        /// The uid of its Tenant.
        var tenant: String
        /// The last day that was asked for; `nil` when none was.
        var through: UsageDay?
        /// How often it could not be asked since.
        var failures: Int
    }

    // MARK: - Reading

    /// What an instance used on some days, by day.
    ///
    /// - Throws: `PostgresError`.
    func samples(_ instance: UUID, in range: ClosedRange<UsageDay>) async throws -> (days: [UsageDay: UsageSample], people: Int64) {
        let (from, through) = ("\(range.lowerBound)", "\(range.upperBound)")
        let results = try await pool.reads.pipeline([
            """
            select day::text as day, sum(requests)::bigint as requests, sum(tokens)::bigint as tokens,
                trim_scale(sum(cost_usd))::text as cost
            from instance_usage_daily
            where instance_id = \(instance) and day between \(from)::date and \(through)::date group by day
            """,
            """
            select count(distinct person) from instance_usage_people
            where instance_id = \(instance) and day between \(from)::date and \(through)::date
            """,
        ])
        var days: [UsageDay: UsageSample] = [:]
        for row in results.first.map(Array.init) ?? [] {
            guard let day = UsageDay(try row.decode("day", as: String.self)) else { continue }
            days[day] = UsageSample(
                requests: try row.decode("requests"),
                tokens: try row.decode("tokens"),
                cost: Decimal(string: try row.decode("cost", as: String.self)) ?? 0
            )
        }
        return (days, try results.last?.first?.decode(0, as: Int64.self) ?? 0)
    }

    // MARK: - Collecting

    /// Takes instances that are due, so that no other replica asks them meanwhile. An instance has a cursor as long as it can be asked.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - holder: names this replica.
    ///   - now: the time.
    ///   - until: when they may be taken by another.
    /// - Throws: `PostgresError`.
    func claim(_ limit: Int, holder: String, now: Date, until: Date) async throws -> [Claim] {
        try await pool.query(Self.claiming(limit, holder: holder, now: now, until: until)).map { row in
            Claim(
                instance: try row.decode("instance_id"),
                tenant: try row.decode("tenant"),
                through: try row.decode("through", as: String?.self).flatMap { UsageDay($0) },
                failures: try row.decode("failures")
            )
        }
    }

    /// The statement of ``claim(_:holder:now:until:)``.
    static func claiming(_ limit: Int, holder: String, now: Date, until: Date) -> SQL {
        """
        with due as (
            select instance_id as id from instance_usage_cursors
            where due_at <= \(now) and (lease_until is null or lease_until <= \(now))
            order by due_at, instance_id limit \(limit) for update skip locked
        )
        update instance_usage_cursors c set lease_holder = \(holder), lease_until = \(until)
        from due join instances i on i.id = due.id
        where c.instance_id = due.id and i.tenant_uid is not null
        returning c.instance_id, i.tenant_uid as tenant, c.through::text as through, c.failures
        """
    }

    /// Keeps what an instance's machine says, all of it or nothing.
    ///
    /// A machine's figures of a day only ever count once: the highest it ever said stays, so that asking again, a crash in between and conversations
    /// that were deleted change nothing. Another machine's figures are added.
    ///
    /// - Parameters:
    ///   - claim: the instance.
    ///   - machine: the machine.
    ///   - reading: what it says.
    ///   - through: the last day that was asked for.
    ///   - holder: names this replica.
    ///   - now: the time.
    ///   - due: when to ask again.
    /// - Returns: whether the claim was still this replica's; else nothing is kept.
    /// - Throws: `PostgresError`.
    func keep(
        _ claim: Claim,
        machine: String,
        reading: UsageReading,
        through: UsageDay,
        holder: String,
        now: Date,
        due: Date
    ) async throws -> Bool {
        let days = reading.days.sorted { $0.key < $1.key }
        let people = reading.people.sorted { $0.key < $1.key }.flatMap { day, names in names.sorted().map { (day: "\(day)", name: $0) } }
        return try await pool.withTransaction { transaction in
            let isOurs = try await transaction.execute(
                """
                update instance_usage_cursors set due_at = \(due), lease_holder = null, lease_until = null, failures = 0,
                    through = greatest(through, \("\(through)")::date), collected_at = \(now)
                where instance_id = \(claim.instance) and lease_holder = \(holder)
                """
            )
            guard isOurs == 1 else { return false }
            if !days.isEmpty {
                try await transaction.execute(
                    """
                    insert into instance_usage_daily as kept (instance_id, day, machine, requests, tokens, cost_usd, updated_at)
                    select \(claim.instance), day::date, \(machine), requests, tokens, cost::numeric, \(now)
                    from unnest(\(days.map { "\($0.key)" })::text[], \(days.map(\.value.requests)), \(days.map(\.value.tokens)),
                        \(days.map { "\($0.value.cost)" })::text[]) as new (day, requests, tokens, cost)
                    on conflict (instance_id, day, machine) do update set
                        requests = greatest(kept.requests, excluded.requests), tokens = greatest(kept.tokens, excluded.tokens),
                        cost_usd = greatest(kept.cost_usd, excluded.cost_usd), updated_at = excluded.updated_at
                    """
                )
            }
            if !people.isEmpty {
                try await transaction.execute(
                    """
                    insert into instance_usage_people (instance_id, day, person)
                    select \(claim.instance), day::date, person
                    from unnest(\(people.map(\.day))::text[], \(people.map(\.name))::text[]) as new (day, person)
                    on conflict do nothing
                    """
                )
            }
            return true
        }
    }

    /// An instance could not be asked; it is later.
    ///
    /// - Throws: `PostgresError`.
    func postpone(_ claim: Claim, holder: String, due: Date) async throws {
        try await pool.execute(
            """
            update instance_usage_cursors set due_at = \(due), lease_holder = null, lease_until = null, failures = failures + 1
            where instance_id = \(claim.instance) and lease_holder = \(holder)
            """
        )
    }
}
