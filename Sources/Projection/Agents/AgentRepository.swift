import Foundation
import Postgres

/// What became of a new agent.
public enum AgentInsertion: Sendable, Hashable {
    /// It is recorded.
    case inserted(AgentRow)
    /// The board has as many agents as it may.
    case full
    /// Another agent of the gateway has the name.
    case nameTaken
}

/// Keeps agents.
public struct AgentRepository: Sendable {
    private let pool: PostgresPool

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    // MARK: Reading

    /// An agent, also a deleted one.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - scope: who asks; what lies outside is not there. Default: the platform.
    /// - Throws: `PostgresError`.
    public func get(_ id: UUID, in scope: TenantScope = .all) async throws -> AgentRow? {
        try await pool.first(
            "select \(unescaped: AgentRow.columns) from agents where id = \(id) and \(AgentFilter.isIn(scope))"
        ).map(AgentRow.init)
    }

    /// An agent that may call: one whose tenant is not known to be gone, be it by the mark that the tenant left, or since another has its name.
    /// That a tenant has no row at all says nothing, for rows may be behind.
    ///
    /// - Throws: `PostgresError`.
    public func getCaller(_ id: UUID) async throws -> AgentRow? {
        try await pool.first(
            """
            select \(unescaped: AgentRow.columns) from agents where id = \(id) and not exists (
                select from tenants where tenants.namespace = agents.namespace and tenants.name = agents.tenant
                    and (tenants.deleted_at is not null and tenants.uid = agents.gateway_id
                        or tenants.deleted_at is null and tenants.uid <> '' and tenants.uid <> agents.gateway_id))
            """
        ).map(AgentRow.init)
    }

    /// Agents whose tenant has no live row, one of each gateway.
    ///
    /// - Parameters:
    ///   - gatewayID: only gateways after this one, in the order of their ids; default all.
    ///   - limit: of how many agents the tenants are looked for.
    /// - Returns: the agents, and the last gateway that was looked at; `nil` when there is no other one.
    /// - Throws: `PostgresError`.
    public func strays(after gatewayID: String = "", limit: Int = 1000) async throws -> (agents: [AgentRow], last: String?) {
        let results = try await pool.reads.pipeline([
            """
            select max(gateway_id) from (select gateway_id from agents where status <> 'deleted' and gateway_id > \(gatewayID)
                order by gateway_id limit \(limit)) as page
            """,
            """
            select distinct on (gateway_id) \(unescaped: AgentRow.columns) from agents
            where status <> 'deleted' and gateway_id > \(gatewayID)
                and gateway_id <= (select max(gateway_id) from (select gateway_id from agents
                    where status <> 'deleted' and gateway_id > \(gatewayID) order by gateway_id limit \(limit)) as page)
                and not exists (select from tenants where tenants.uid = agents.gateway_id and tenants.deleted_at is null)
            order by gateway_id
            """,
        ])
        guard results.count == 2, let page = results[0].first else { return ([], nil) }
        let last: String? = try page.decode(0)
        return (try results[1].map(AgentRow.init), last)
    }

    /// Ids of the agents of a gateway that are not gone.
    ///
    /// - Throws: `PostgresError`.
    public func ids(gateway: String, limit: Int) async throws -> [UUID] {
        try await pool.query(
            "select id from agents where gateway_id = \(gateway) and status <> 'deleted' order by id limit \(limit)"
        ).map { try $0.decode(0) }
    }

    /// Agents, the newest first.
    ///
    /// - Parameters:
    ///   - filter: which ones.
    ///   - limit: how many at most.
    ///   - offset: how many to pass over; default none.
    ///   - cursor: where the page before ended; nil for the first.
    /// - Returns: the rows, how many there are in all, and where the next page begins, if there is one.
    /// - Throws: `PostgresError`; ``ProjectionError`` `invalid_cursor`.
    public func list(
        _ filter: AgentFilter,
        limit: Int,
        offset: Int = 0,
        cursor: String? = nil
    ) async throws -> (rows: [AgentRow], total: Int, next: String?) {
        let after = try RowPlace.condition(afterID: cursor, listing: Self.listing)
        let condition = filter.condition
        let results = try await pool.reads.pipeline([
            "select count(*) from agents where \(condition)",
            """
            select \(unescaped: AgentRow.columns) from agents where \(condition) and \(after)
            order by created_at desc, id desc limit \(limit + 1) offset \(offset)
            """,
        ])
        guard results.count == 2, let count = results[0].first else { return ([], 0, nil) }
        let page = Page.cut(try results[1].map(AgentRow.init), to: limit) { row in
            RowPlace.cursor(row.createdAt, row.id, listing: Self.listing)
        }
        return (page.rows, try count.decode(0, as: Int.self), page.next)
    }

    private static let listing = "agents"

    /// How many agents a board has; one that is being deleted counts until it is gone.
    ///
    /// - Throws: `PostgresError`.
    public func count(board: UUID) async throws -> Int { try await counts(boards: [board])[board] ?? 0 }

    /// How many agents each of some boards has; boards without any are left out.
    ///
    /// - Throws: `PostgresError`.
    public func counts(boards: [UUID]) async throws -> [UUID: Int] {
        guard !boards.isEmpty else { return [:] }
        let rows = try await pool.reads.query(
            "select board_id, count(*) from agents where board_id = any(\(boards)) and status <> 'deleted' group by board_id"
        )
        return Dictionary(
            try rows.map { (try $0.decode(0, as: UUID.self), try $0.decode(1, as: Int.self)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// How many agents there are in each status, those that are gone left out.
    ///
    /// - Throws: `PostgresError`.
    public func counts() async throws -> [AgentStatus: Int] {
        let rows = try await pool.reads.query("select status, count(*) from agents where status <> 'deleted' group by status")
        return Dictionary(
            try rows.map { (try $0.decode(0, as: AgentStatus.self), try $0.decode(1, as: Int.self)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    // MARK: Writing

    /// Records a new agent, unless its board is full or its name is taken.
    ///
    /// - Parameters:
    ///   - agent: the agent.
    ///   - capacity: the most agents of its board.
    ///   - audit: what the audit trail says.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    public func insert(_ agent: AgentRow, capacity: Int, audit: AuditDraft, now: Date) async throws -> AgentInsertion {
        do {
            let isInserted = try await pool.withTransaction { transaction in
                // Whoever else adds an agent to this board waits, and counts this one.
                let lock = "board/\(agent.boardID.uuidString)"
                _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(lock), 0))")
                let count = try await transaction.first(
                    "select count(*) from agents where board_id = \(agent.boardID) and status <> 'deleted'"
                )
                guard try count?.decode(0, as: Int.self) ?? 0 < capacity else { return false }
                try await transaction.execute(agent.insertion)
                try await AuditRepository.append(audit, outcome: .succeeded, now: now, in: transaction)
                return true
            }
            return isInserted ? .inserted(agent) : .full
        } catch let error as PostgresError where error.isUniqueViolation && error.constraint == Self.nameConstraint {
            return .nameTaken
        }
    }

    /// The index that keeps names apart.
    public static let nameConstraint = "agents_by_name"

    /// Changes an agent, while nobody else does.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - now: the time.
    ///   - change: changes what it is given, and gives what the audit trail is to say; what it throws changes nothing.
    /// - Returns: the agent after that; `nil` when there is none.
    /// - Throws: `PostgresError`, and what the change throws.
    @discardableResult
    public func update(
        _ id: UUID,
        now: Date,
        _ change: @Sendable (inout AgentRow) throws -> [AuditDraft]
    ) async throws -> AgentRow? {
        try await pool.withTransaction { transaction in
            let found = try await transaction.first("select \(unescaped: AgentRow.columns) from agents where id = \(id) for update")
            guard let found else { return nil }
            let before = try AgentRow(found)
            var row = before
            let audit = try change(&row)
            if row != before {
                if row.differs(from: before) { row.updatedAt = now }
                try await transaction.execute(row.replacement)
            }
            for draft in audit { try await AuditRepository.append(draft, outcome: .succeeded, now: now, in: transaction) }
            return row
        }
    }

    /// Takes agents that somebody has to look at, those that wait longest first, and one of each gateway at the most. What another process
    /// takes at the same time is skipped.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - holder: who takes them.
    ///   - gateways: gateways whose agents are left alone.
    ///   - until: until when nobody else takes them.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    public func claim(limit: Int, holder: UUID, besides gateways: Set<String> = [], until: Date, now: Date) async throws -> [AgentRow] {
        let isDue: SQL = "next_attempt_at <= \(now) and (lease_until is null or lease_until <= \(now))"
        return try await pool.query(
            """
            update agents set lease_holder = \(holder), lease_until = \(until)
            where id in (
                select id from agents where id = any(array(
                    select distinct on (gateway_id) id from (
                        select id, gateway_id, next_attempt_at from agents where \(isDue) and gateway_id <> all(\(gateways.sorted()))
                        order by next_attempt_at limit 1000) as due
                    order by gateway_id, next_attempt_at)) and \(isDue)
                order by next_attempt_at limit \(limit) for update skip locked)
            returning \(unescaped: AgentRow.columns)
            """
        ).map(AgentRow.init)
    }

    /// Forgets agents that were gone before a time.
    ///
    /// - Parameters:
    ///   - date: the time.
    ///   - limit: how many at most in one statement; default 1000.
    /// - Returns: how many were forgotten.
    /// - Throws: `PostgresError`.
    public func forget(deletedBefore date: Date, limit: Int = 1000) async throws -> Int {
        try await pool.execute(
            "delete from agents where id in (select id from agents where status = 'deleted' and deleted_at < \(date) limit \(limit))"
        )
    }

    /// Notes that an agent called; one that nobody had heard of is active now.
    ///
    /// - Parameters:
    ///   - id: the agent.
    ///   - interval: nothing is written when it called within this many seconds, unless it counts as silent.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    public func touch(_ id: UUID, interval: TimeInterval, now: Date) async throws {
        let before = now.addingTimeInterval(-interval)
        try await pool.execute(
            """
            update agents set last_seen_at = \(now), wake_attempts = 0, checkin_deadline_at = null,
                next_attempt_at = case when status in ('ready', 'offline') then null else next_attempt_at end,
                last_provision_error = case when status = 'offline' then null else last_provision_error end,
                updated_at = case when status in ('ready', 'offline') then \(now) else updated_at end,
                status = case when status in ('ready', 'offline') then 'active' else status end
            where id = \(id) and (last_seen_at is null or last_seen_at < \(before) or status in ('ready', 'offline'))
            """
        )
    }
}
