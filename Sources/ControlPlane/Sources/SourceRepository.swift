import Foundation
import HTTPOperations
import Postgres

/// Reads and writes third-party sources and their items.
struct SourceRepository: Sendable {
    let pool: PostgresPool

    /// Sources, the newest first.
    ///
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func list(limit: Int, cursor: String?) async throws -> HTTPOperations.Page<SourceRecord> {
        var condition: SQL = "true"
        if let cursor {
            guard let number = Int64(try Cursor(parsing: cursor, count: 1).keys[0]) else { throw OperationError.invalidCursor }
            condition = "s.number < \(number)"
        }
        let rows = try await pool.reads.query(
            "\(unescaped: Self.selection) where \(condition) order by s.number desc limit \(limit + 1)"
        )
        return HTTPOperations.Page(rows: try rows.map(SourceRecord.init), limit: limit) { Cursor(String($0.number)) }
    }

    /// A source by its id.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - lock: whether others that would change it have to wait.
    ///   - querying: what the statement runs in.
    /// - Throws: `PostgresError`.
    static func get(_ id: UUID, lock: Bool = false, in querying: some PostgresQuerying) async throws -> SourceRecord? {
        try await querying.first(
            "\(unescaped: selection) where s.id = \(id) \(unescaped: lock ? "for update of s" : "")"
        ).map(SourceRecord.init)
    }

    /// Adds a source, or writes what people have changed of one.
    ///
    /// - Throws: `PostgresError`; of the constraint `third_party_sources_name_key` when the name is taken.
    static func save(_ source: SourceRecord, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into third_party_sources (id, name, type, url, path, ref, sync_mode, interval_seconds, notes, approved_by, approved_at,
                is_requested, next_run_at, failures, error_code, error_message, created_at, updated_at)
            values (\(source.id), \(source.name), \(source.type), \(source.url), \(source.path), \(source.ref), \(source.syncMode),
                \(source.interval), \(source.notes), \(source.approvedBy), \(source.approvedAt), \(source.isRequested),
                \(source.nextRunAt), \(source.failures), \(source.failure?.code), \(source.failure?.message), \(source.createdAt),
                \(source.updatedAt))
            on conflict (id) do update set name = excluded.name, type = excluded.type, url = excluded.url, path = excluded.path,
                ref = excluded.ref, sync_mode = excluded.sync_mode, interval_seconds = excluded.interval_seconds,
                notes = excluded.notes, approved_by = excluded.approved_by, approved_at = excluded.approved_at,
                is_requested = excluded.is_requested, next_run_at = excluded.next_run_at, failures = excluded.failures,
                error_code = excluded.error_code, error_message = excluded.error_message, updated_at = excluded.updated_at
            """
        )
    }

    /// Deletes a source and its items. What became of its items stays, without it.
    ///
    /// - Throws: `PostgresError`.
    static func delete(_ id: UUID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("update mcp_servers set source_id = null where source_id = \(id)")
        try await transaction.execute("delete from third_party_sources where id = \(id)")
    }

    // MARK: Leases

    /// Takes a source that is due, for a time.
    ///
    /// The attempt counts as a failure from here on, until it is known how it has ended: a source that ends the process which fetches it
    /// waits longer each time, as any other that fails.
    ///
    /// - Parameters:
    ///   - lease: who takes it.
    ///   - now: the time.
    ///   - end: until when nobody else takes it.
    ///   - backoff: the wait after so many failures.
    /// - Returns: the source as it was before; nil when none is due.
    /// - Throws: `PostgresError`.
    func take(lease: UUID, now: Date, until end: Date, backoff: @escaping @Sendable (Int) -> Duration) async throws -> SourceRecord? {
        try await pool.withTransaction { transaction in
            let due = try await transaction.first(
                """
                select id from third_party_sources where approved_at is not null and (lease_until is null or lease_until <= \(now))
                    and (is_requested or (sync_mode = 'scheduled' and type <> 'manual-upload' and next_run_at <= \(now)))
                order by is_requested desc, next_run_at limit 1 for update skip locked
                """
            )
            guard let due, let source = try await Self.get(try due.decode("id"), in: transaction) else { return nil }
            let failures = source.failures + 1
            let lost = SourceRecord.Failure.interrupted
            try await transaction.execute(
                """
                update third_party_sources set lease_id = \(lease), lease_until = \(end), last_attempt_at = \(now), is_requested = false,
                    failures = \(failures), error_code = \(lost.code), error_message = \(lost.message),
                    next_run_at = \(max(end, now.addingTimeInterval(backoff(failures).seconds))) where id = \(source.id)
                """
            )
            return source
        }
    }

    /// Whether a lease holds still, which it then does until the transaction ends.
    ///
    /// - Throws: `PostgresError`.
    static func holds(_ lease: UUID, on id: UUID, now: Date, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.first(
            """
            select true from third_party_sources where id = \(id) and lease_id = \(lease) and lease_until > \(now)
                and approved_at is not null for update
            """
        ) != nil
    }

    /// Notes that a source was brought up to date.
    ///
    /// - Throws: `PostgresError`.
    static func succeed(_ id: UUID, now: Date, next: Date?, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            update third_party_sources set last_synced_at = \(now), next_run_at = \(next), failures = 0,
                error_code = null, error_message = null, lease_id = null, lease_until = null where id = \(id)
            """
        )
    }

    /// Notes how an attempt has failed, which is counted already.
    ///
    /// - Throws: `PostgresError`.
    func fail(_ id: UUID, lease: UUID, _ failure: SourceRecord.Failure, next: Date) async throws {
        try await pool.execute(
            """
            update third_party_sources set error_code = \(failure.code), error_message = \(failure.message),
                next_run_at = \(next), lease_id = null, lease_until = null
            where id = \(id) and lease_id = \(lease)
            """
        )
    }

    /// Gives a source back as it was: the attempt was none.
    ///
    /// - Throws: `PostgresError`.
    func release(_ source: SourceRecord, lease: UUID) async throws {
        try await pool.execute(
            """
            update third_party_sources set lease_id = null, lease_until = null, failures = \(source.failures),
                error_code = \(source.failure?.code), error_message = \(source.failure?.message), next_run_at = \(source.nextRunAt),
                is_requested = is_requested or \(source.isRequested)
            where id = \(source.id) and lease_id = \(lease)
            """
        )
    }

    // MARK: Items

    /// The items of some sources, the oldest first, at most so many of each.
    ///
    /// - Throws: `PostgresError`.
    static func items(of sources: [UUID], limit: Int, in querying: some PostgresQuerying) async throws -> [UUID: [SourceItemRecord]] {
        guard !sources.isEmpty else { return [:] }
        var items: [UUID: [SourceItemRecord]] = [:]
        let rows = try await querying.query(
            """
            select i.* from unnest(\(sources)::uuid[]) as source (id) cross join lateral (
                select id, source_id, kind, name, upstream_id, version, digest, metadata, bundle_id, server_id, problem, number
                from third_party_source_items where source_id = source.id order by number limit \(limit)) i
            order by i.source_id, i.number
            """
        )
        for row in rows { items[try row.decode("source_id", as: UUID.self), default: []].append(try SourceItemRecord(row)) }
        return items
    }

    /// Adds an item, or writes what has changed of one.
    ///
    /// - Throws: `PostgresError`.
    static func save(_ item: SourceItemRecord, of source: UUID, now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into third_party_source_items (id, source_id, kind, name, upstream_id, version, digest, metadata, bundle_id, server_id,
                problem, created_at, updated_at)
            values (\(item.id), \(source), \(item.kind), \(item.name), \(item.upstreamID), \(item.version), \(item.digest),
                \(item.metadata), \(item.bundleID), \(item.serverID), \(item.problem), \(now), \(now))
            on conflict (id) do update set name = excluded.name, version = excluded.version, digest = excluded.digest,
                metadata = excluded.metadata, bundle_id = excluded.bundle_id, server_id = excluded.server_id, problem = excluded.problem,
                updated_at = excluded.updated_at
            """
        )
    }

    /// Deletes items.
    ///
    /// - Throws: `PostgresError`.
    static func delete(items: [UUID], in transaction: PostgresTransaction) async throws {
        guard !items.isEmpty else { return }
        try await transaction.execute("delete from third_party_source_items where id = any(\(items)::uuid[])")
    }

    private static let selection = """
        select s.id, s.number, s.name, s.type, s.url, s.path, s.ref, s.sync_mode, s.interval_seconds, s.notes, s.approved_by,
            s.approved_at, s.is_requested, s.next_run_at, s.last_synced_at, s.failures, s.error_code, s.error_message, s.lease_until,
            (select count(*) from third_party_source_items i where i.source_id = s.id) as item_count, s.created_at, s.updated_at
        from third_party_sources s
        """
}

extension SourceRecord {
    fileprivate init(_ row: PostgresRow) throws {
        let code: String? = try row.decode("error_code")
        let message: String? = try row.decode("error_message")
        self.init(
            id: try row.decode("id"),
            number: try row.decode("number"),
            name: try row.decode("name"),
            type: try row.decode("type"),
            url: try row.decode("url"),
            path: try row.decode("path"),
            ref: try row.decode("ref"),
            syncMode: try row.decode("sync_mode"),
            interval: try row.decode("interval_seconds"),
            notes: try row.decode("notes"),
            approvedBy: try row.decode("approved_by"),
            approvedAt: try row.decode("approved_at"),
            isRequested: try row.decode("is_requested"),
            nextRunAt: try row.decode("next_run_at"),
            lastSyncedAt: try row.decode("last_synced_at"),
            failures: try row.decode("failures"),
            failure: code.map { Failure(code: $0, message: message ?? "") },
            leaseUntil: try row.decode("lease_until"),
            itemCount: try row.decode("item_count"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at")
        )
    }
}

extension SourceItemRecord {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            kind: try row.decode("kind"),
            name: try row.decode("name"),
            upstreamID: try row.decode("upstream_id"),
            version: try row.decode("version"),
            digest: try row.decode("digest"),
            metadata: try row.decode("metadata"),
            bundleID: try row.decode("bundle_id"),
            serverID: try row.decode("server_id"),
            problem: try row.decode("problem")
        )
    }
}
