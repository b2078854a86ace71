import Foundation
import HTTPOperations
import JSONValue
import ModelProxy
import Postgres
import Projection

/// A ceiling with what is known of the spend beneath it.
struct BudgetRow: Sendable, Hashable {
    /// Whose it is.
    var scope: BudgetScope
    /// The ceiling; nil without one.
    var limit: USD?
    /// Its version; 0 when it was never set.
    var revision: Int64 = 0
    /// When the ceiling was last set.
    var updatedAt: Date?
    /// What was spent in this month, as last read.
    var spend = USD.zero
    /// When it was read; nil for never.
    var readAt: Date?

    /// How the spend stands to the ceiling.
    var state: BudgetAlertState { BudgetAlertState(spend: spend, limit: limit) }
    /// The version that `If-Match` names.
    var tag: EntityTag { EntityTag("\(scope.kind).\(revision)") }
}

/// What the proxy says that somebody spent.
struct SpendReading: Sendable, Hashable {
    /// Who.
    var scope: BudgetScope
    /// How much.
    var spend: USD
    /// The ceiling that holds.
    var limit: USD?
}

/// Keeps ceilings, and what was spent beneath them.
struct BudgetRepository: Sendable {
    /// Topic of ceilings that the proxy has to be told.
    static let ceilingTopic = "model-proxy.ceiling"
    /// Topic of alerts.
    static let alertTopic = "budget.alert"

    let pool: PostgresPool

    private static let columns = """
        b.scope, b.name, (b.limit_usd * 1000000)::bigint as limit_micros, b.revision, b.updated_at,
        (s.spend_usd * 1000000)::bigint as spend_micros, s.read_at
        """

    /// Has others wait that are about to do the same, until the transaction ends.
    ///
    /// - Throws: `PostgresError`.
    static func lock(_ name: String, in transaction: PostgresTransaction) async throws {
        _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(name), 0))")
    }

    // MARK: - Ceilings

    /// The ceiling of all.
    ///
    /// - Throws: `PostgresError`.
    func global(in querying: some PostgresQuerying) async throws -> BudgetRow {
        let row = try await querying.first(
            """
            select 'global' as scope, '' as name, (b.limit_usd * 1000000)::bigint as limit_micros, coalesce(b.revision, 0) as revision,
                b.updated_at, (s.spend_usd * 1000000)::bigint as spend_micros, s.read_at
            from (select 1) one
            left join ai_budgets b on b.scope = 'global' left join ai_spend s on s.scope = 'global'
            """
        )
        return try row.map(BudgetRow.init) ?? BudgetRow(scope: .global)
    }

    /// The ceiling of an account; nil when it has none.
    ///
    /// - Throws: `PostgresError`.
    func account(_ name: String, in querying: some PostgresQuerying, locking: Bool = false) async throws -> BudgetRow? {
        var statement: SQL = """
            select \(unescaped: Self.columns) from ai_budgets b left join ai_spend s on s.scope = b.scope and s.name = b.name
            where b.scope = 'account' and b.name = \(name)
            """
        if locking { statement += " for update of b" }
        return try await querying.first(statement).map(BudgetRow.init)
    }

    /// Ceilings of accounts, by their names.
    ///
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func accounts(limit: Int, cursor: String?) async throws -> HTTPOperations.Page<BudgetRow> {
        let after = try cursor.map { try Cursor(parsing: $0, count: 1).keys[0] } ?? ""
        let rows = try await pool.reads.query(
            """
            select \(unescaped: Self.columns) from ai_budgets b left join ai_spend s on s.scope = b.scope and s.name = b.name
            where b.scope = 'account' and b.name > \(after) order by b.name limit \(limit + 1)
            """
        )
        return HTTPOperations.Page(rows: try rows.map(BudgetRow.init), limit: limit) { Cursor($0.scope.name) }
    }

    /// Sets a ceiling, and has the proxy told.
    ///
    /// - Throws: `PostgresError`.
    static func set(_ scope: BudgetScope, limit: USD?, now: Date, in transaction: PostgresTransaction) async throws {
        let micros = limit?.micros
        try await transaction.execute(
            """
            insert into ai_budgets as known (scope, name, limit_usd, updated_at)
            values (\(scope.kind), \(scope.name), \(micros)::numeric / 1000000, \(now))
            on conflict (scope, name) do update set limit_usd = excluded.limit_usd, revision = known.revision + 1,
                updated_at = excluded.updated_at
            """
        )
        try await OutboxRepository.announce(topic: ceilingTopic, keys: [scope.key], in: transaction)
    }

    /// Takes a ceiling away, and has the proxy told.
    ///
    /// - Throws: `PostgresError`.
    static func remove(_ scope: BudgetScope, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from ai_budgets where scope = \(scope.kind) and name = \(scope.name)")
        try await OutboxRepository.announce(topic: ceilingTopic, keys: [scope.key], in: transaction)
    }

    /// Has the proxy have the team that all keys belong to, whose ceiling is everybody's.
    ///
    /// - Throws: `ModelProxyError`; `PostgresError`.
    func requireTeam(_ proxy: ModelProxyClient) async throws {
        guard try await proxy.requireTeam(ModelProxySettings.team, limit: try await global(in: pool).limit) else { return }
        // The ceiling may have been changed, and told to a team that was not there, since it was read.
        try await OutboxRepository.announce(topic: Self.ceilingTopic, keys: [BudgetScope.global.key], in: pool)
    }

    // MARK: - Spend

    /// What a tenant spent, as last read; nil when it never was.
    ///
    /// - Throws: `PostgresError`.
    func spend(of tenant: String) async throws -> (spend: USD, readAt: Date)? {
        try await pool.reads.first(
            "select (spend_usd * 1000000)::bigint as micros, read_at from ai_spend where scope = 'tenant' and name = \(tenant)"
        ).map { (USD(micros: try $0.decode("micros")), try $0.decode("read_at")) }
    }

    /// Keeps what was read. Whoever passed a threshold since the reading before is told about in the same transaction, once.
    ///
    /// - Parameters:
    ///   - readings: what was read, one a scope.
    ///   - alerting: whether somebody is to be told.
    ///   - now: when it was read.
    /// - Returns: how many states have changed.
    /// - Throws: `PostgresError`.
    @discardableResult
    func keep(_ readings: [SpendReading], alerting: Bool, now: Date) async throws -> Int {
        guard !readings.isEmpty else { return 0 }
        let ordered = readings.sorted { ($0.scope.kind, $0.scope.name) < ($1.scope.kind, $1.scope.name) }
        return try await pool.withTransaction(retry: .serializationFailures(attempts: 3)) { transaction in
            // Whoever else has read something waits, so that a transition is noticed by one.
            try await Self.lock("ai-spend", in: transaction)
            var before: [String: BudgetAlertState] = [:]
            var later: Set<String> = []
            let known = try await transaction.query(
                """
                select s.scope, s.name, s.alert_state, s.read_at > \(now) as is_later from ai_spend s
                join unnest(\(ordered.map(\.scope.kind))::text[], \(ordered.map(\.scope.name))::text[]) as r (scope, name)
                    on r.scope = s.scope and r.name = s.name
                """
            )
            for row in known {
                let key = "\(try row.decode("scope", as: String.self))/\(try row.decode("name", as: String.self))"
                before[key] = BudgetAlertState(rawValue: try row.decode("alert_state"))
                if try row.decode("is_later", as: Bool.self) { later.insert(key) }
            }
            let written = ordered.filter { !later.contains("\($0.scope.kind)/\($0.scope.name)") }
            let states = written.map { BudgetAlertState(spend: $0.spend, limit: $0.limit) }
            try await transaction.execute(
                """
                insert into ai_spend as known (scope, name, spend_usd, read_at, alert_state, alert_changed_at)
                select scope, name, micros::numeric / 1000000, \(now), state, case when state <> 'ok' then \(now) end
                from unnest(\(written.map(\.scope.kind))::text[], \(written.map(\.scope.name))::text[],
                    \(written.map(\.spend.micros))::bigint[], \(states.map(\.rawValue))::text[]) as r (scope, name, micros, state)
                on conflict (scope, name) do update set spend_usd = excluded.spend_usd, read_at = excluded.read_at,
                    alert_state = excluded.alert_state,
                    alert_changed_at = case when known.alert_state <> excluded.alert_state then excluded.read_at
                        else known.alert_changed_at end
                """
            )
            let alerts = zip(written, states).compactMap { reading, state in
                Self.alert(reading, from: before["\(reading.scope.kind)/\(reading.scope.name)"] ?? .ok, to: state, now: now)
            }
            if alerting { try await OutboxRepository.append(alerts, now: now, in: transaction) }
            return alerts.count
        }
    }

    /// What is told of a transition; nil when there was none.
    private static func alert(
        _ reading: SpendReading,
        from before: BudgetAlertState,
        to state: BudgetAlertState,
        now: Date
    ) -> OutboxEntry? {
        guard before != state else { return nil }
        return OutboxEntry(
            topic: alertTopic,
            key: reading.scope.key,
            payload: [
                "scope": .string(reading.scope.kind), "name": .string(reading.scope.name),
                "previousState": .string(before.rawValue), "budgetAlertState": .string(state.rawValue),
                "currentSpendUsd": reading.spend.json, "monthlyLimitUsd": reading.limit?.json ?? .null,
                "at": .string(RESTTimestamp.text(now)),
            ]
        )
    }
}

extension BudgetRow {
    fileprivate init(_ row: PostgresRow) throws {
        let name: String = try row.decode("name")
        scope = try row.decode("scope", as: String.self) == "global" ? .global : .account(name)
        limit = try row.decode("limit_micros", as: Int64?.self).map { USD(micros: $0) }
        revision = try row.decode("revision")
        updatedAt = try row.decode("updated_at", as: Date?.self)
        spend = try row.decode("spend_micros", as: Int64?.self).map { USD(micros: $0) } ?? .zero
        readAt = try row.decode("read_at", as: Date?.self)
    }
}
