import Foundation
import JSONValue
import Postgres

/// Keeps what other systems have to be told.
struct OutboxRepository: Sendable {
    let pool: PostgresPool

    /// How many entries of a topic there are.
    struct Count: Sendable, Hashable {
        /// The topic.
        var topic: String
        /// Those that are to be delivered.
        var waiting: Int64
        /// Those that were given up.
        var dead: Int64
        /// When the oldest of those that wait was written.
        var oldest: Date?
    }

    /// Writes entries in the transaction of the change that they are about.
    ///
    /// - Parameters:
    ///   - entries: the entries.
    ///   - delay: how long nobody delivers them, in seconds; default none.
    ///   - now: the time.
    ///   - querying: the transaction.
    /// - Throws: `PostgresError`.
    static func append(_ entries: [OutboxEntry], after delay: TimeInterval = 0, now: Date, in querying: some PostgresQuerying) async throws
    {
        guard !entries.isEmpty else { return }
        let due = now.addingTimeInterval(delay)
        try await querying.execute(
            """
            insert into outbox (topic, key, payload, next_attempt_at, created_at)
            select topic, key, payload::jsonb, \(due), \(now)
            from unnest(\(entries.map(\.topic))::text[], \(entries.map(\.key))::text[], \(entries.map { $0.payload.text() })::text[])
                with ordinality as entry (topic, key, payload, place)
            order by place
            """
        )
    }

    /// Writes an entry in the transaction of the change that it is about.
    ///
    /// - Throws: `PostgresError`.
    static func append(_ entry: OutboxEntry, now: Date, in querying: some PostgresQuerying) async throws {
        try await append([entry], now: now, in: querying)
    }

    /// Says that something has changed whose handler reads what holds: an entry of the key that nobody has begun is enough.
    ///
    /// - Throws: `PostgresError`.
    static func announce(topic: String, keys: [String], in querying: some PostgresQuerying) async throws {
        guard !keys.isEmpty else { return }
        _ = try await querying.query("select outbox_announce(\(topic), key) from unnest(\(keys)::text[]) as changed (key)")
    }

    /// Has a key told what holds after a delay, whatever becomes of what is begun now.
    ///
    /// An entry of the last minute that waits already waits a little longer instead of getting company: whoever repeats a request again and
    /// again leaves one entry a minute.
    ///
    /// - Throws: `PostgresError`.
    static func announce(topic: String, key: String, after delay: TimeInterval, now: Date, in querying: some PostgresQuerying) async throws
    {
        let due = now.addingTimeInterval(delay)
        try await querying.execute(
            """
            with waiting as (
                update outbox set next_attempt_at = greatest(next_attempt_at, \(due)) where id = (
                    select id from outbox where topic = \(topic) and key = \(key) and died_at is null and holder is null and attempts = 0
                        and next_attempt_at > \(now) and created_at > \(now.addingTimeInterval(-60))
                    order by id desc limit 1 for update skip locked)
                returning id)
            insert into outbox (topic, key, payload, next_attempt_at, created_at)
            select \(topic), \(key), '{}', \(due), \(now) where not exists (select from waiting)
            """
        )
    }

    /// Takes entries that are due: of each topic and key the first only.
    ///
    /// - Parameters:
    ///   - topics: of which topics.
    ///   - limit: how many at most.
    ///   - holder: who takes them.
    ///   - lease: for how long nobody else may.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    func claim(topics: [String], limit: Int, holder: UUID, lease: Duration, now: Date) async throws -> [OutboxEntry] {
        let until = now.addingTimeInterval(lease.seconds)
        return try await pool.query(
            """
            with due as (
                select entry.id from outbox entry
                where entry.died_at is null and entry.next_attempt_at <= \(now) and entry.topic = any(\(topics)::text[])
                    and (entry.lease_until is null or entry.lease_until <= \(now))
                    and not exists (
                        select 1 from outbox earlier where earlier.topic = entry.topic and earlier.key = entry.key
                            and earlier.id < entry.id and earlier.died_at is null)
                order by entry.next_attempt_at, entry.id limit \(limit) for update of entry skip locked
            )
            update outbox set lease_until = \(until), holder = \(holder) from due where outbox.id = due.id
            returning outbox.id, topic, key, payload, attempts, created_at
            """
        ).map { row in
            var entry = OutboxEntry(topic: try row.decode("topic"), key: try row.decode("key"), payload: try row.decode("payload"))
            entry.id = try row.decode("id")
            entry.attempts = try row.decode("attempts")
            entry.createdAt = try row.decode("created_at")
            return entry
        }
    }

    /// Notes that an entry was delivered.
    ///
    /// - Throws: `PostgresError`.
    func settle(_ entry: OutboxEntry, holder: UUID) async throws {
        try await pool.execute("delete from outbox where id = \(entry.id) and holder = \(holder)")
    }

    /// Notes that an entry could not be delivered.
    ///
    /// - Parameters:
    ///   - entry: the entry.
    ///   - holder: who tried.
    ///   - due: when it is tried again; nil when it is given up.
    ///   - reason: why, without secrets.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    func fail(_ entry: OutboxEntry, holder: UUID, due: Date?, reason: String, now: Date) async throws {
        let died: Date? = due == nil ? now : nil
        try await pool.execute(
            """
            update outbox set attempts = attempts + 1, next_attempt_at = \(due ?? now), died_at = \(died),
                last_error = \(String(reason.prefix(1000))), lease_until = null, holder = null
            where id = \(entry.id) and holder = \(holder)
            """
        )
    }

    /// How many entries there are, by topic.
    ///
    /// - Throws: `PostgresError`.
    func counts() async throws -> [Count] {
        try await pool.reads.query(
            """
            select topic, count(*) filter (where died_at is null) as waiting, count(*) filter (where died_at is not null) as dead,
                min(created_at) filter (where died_at is null) as oldest
            from outbox group by topic order by topic
            """
        ).map { row in
            Count(
                topic: try row.decode("topic"),
                waiting: try row.decode("waiting"),
                dead: try row.decode("dead"),
                oldest: try row.decode("oldest")
            )
        }
    }

    /// Forgets entries that were given up long ago.
    ///
    /// - Throws: `PostgresError`.
    func forget(diedBefore date: Date) async throws {
        let statement: SQL = "delete from outbox where id = any(array(select id from outbox where died_at < \(date) limit 1000))"
        while try await pool.execute(statement) == 1000, !Task.isCancelled {}
    }
}
