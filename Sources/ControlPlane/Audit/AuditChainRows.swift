import AuditChain
import Foundation
import Postgres
import SealedSecrets

/// The tables of the audit chain.
enum AuditChainRows {
    /// A link with what it stands for; the entry is nil when it is gone.
    struct Line: Sendable, Hashable {
        var link: AuditLink
        var record: AuditRecord?
    }

    /// Part of an entry that waits to be sealed.
    struct Waiting: Sendable, Hashable {
        var number: Int64
        var part: AuditPart
        var record: AuditRecord
    }

    // Times as whole microseconds and states as the text that PostgreSQL prints: both are exact, and stay so.
    private static let record: SQL = """
        e.id as id, (extract(epoch from e.at) * 1000000)::bigint as at, e.actor as actor, e.request_id as request_id, e.action as action,
        e.resource as resource, e.tenant as tenant, e.before::text as before, e.message as message, e.outcome as outcome,
        e.after::text as after
        """

    /// The last link; nil when there is none.
    static func last(in transaction: PostgresTransaction) async throws -> (head: ChainHead, isKeyed: Bool)? {
        let row = try await transaction.first("select sequence, digest, key_id from audit_chain order by sequence desc limit 1")
        return try row.map { row in
            (
                ChainHead(sequence: try row.decode("sequence"), digest: try row.decode("digest", as: PostgresBytes.self).bytes),
                try row.decode("key_id", as: String?.self) != nil
            )
        }
    }

    /// The newest anchor; nil when nothing was removed.
    static func anchor(in transaction: PostgresTransaction) async throws -> AuditAnchor? {
        let row = try await transaction.first(
            """
            select sequence, digest, removed, (extract(epoch from removed_at) * 1000000)::bigint as removed_at, key_id, code
            from audit_anchors order by sequence desc limit 1
            """
        )
        return try row.map { row in
            AuditAnchor(
                head: ChainHead(sequence: try row.decode("sequence"), digest: try row.decode("digest", as: PostgresBytes.self).bytes),
                removed: try row.decode("removed"),
                removedAt: try row.decode("removed_at"),
                code: try code(row)
            )
        }
    }

    /// What waits, the longest first. An entry that is gone before it was sealed keeps its note: that is how it is missed.
    static func waiting(limit: Int, in transaction: PostgresTransaction) async throws -> [Waiting] {
        try await transaction.query(
            """
            select n.number as number, n.part as part, \(record)
            from audit_unsealed n join audit_entries e on e.id = n.entry_id order by n.number limit \(limit)
            """
        ).map { row in
            Waiting(number: try row.decode("number"), part: try part(row), record: try Self.record(row))
        }
    }

    /// Writes links, and forgets the notes that they come from.
    static func append(_ links: [AuditLink], of notes: [Int64], in transaction: PostgresTransaction) async throws {
        guard let first = links.first else { return }
        let insert: SQL = """
            insert into audit_chain (sequence, entry_id, part, previous, digest, key_id, code, sealed_at)
            select sequence, entry_id, part, previous, digest, key_id, code, \(timestamp(first.sealedAt))
            from unnest(\(links.map(\.sequence)), \(links.map(\.entry)), \(links.map(\.part.rawValue))::text[],
                \(links.map { PostgresBytes($0.previous) }), \(links.map { PostgresBytes($0.digest) }),
                \(links.map { $0.code?.keyID })::text[], \(links.map { $0.code.map { PostgresBytes($0.bytes) } })::bytea[])
                as link (sequence, entry_id, part, previous, digest, key_id, code)
            """
        _ = try await transaction.pipeline([insert, "delete from audit_unsealed where number = any(\(notes))"])
    }

    /// The links after a place, with their entries.
    static func page(after sequence: Int64, limit: Int, in transaction: PostgresTransaction) async throws -> [Line] {
        try await transaction.query(
            """
            select c.sequence as sequence, c.entry_id as entry_id, c.part as part, c.previous as previous, c.digest as digest,
                c.key_id as key_id, c.code as code, (extract(epoch from c.sealed_at) * 1000000)::bigint as sealed_at, \(record)
            from audit_chain c left join audit_entries e on e.id = c.entry_id
            where c.sequence > \(sequence) order by c.sequence limit \(limit)
            """
        ).map { row in
            Line(
                link: AuditLink(
                    sequence: try row.decode("sequence"),
                    entry: try row.decode("entry_id"),
                    part: try part(row),
                    sealedAt: try row.decode("sealed_at"),
                    previous: try row.decode("previous", as: PostgresBytes.self).bytes,
                    digest: try row.decode("digest", as: PostgresBytes.self).bytes,
                    code: try code(row)
                ),
                record: row.isNull("id") ? nil : try Self.record(row)
            )
        }
    }

    /// Removes the beginning of the chain that an anchor ends, and the entries of which nothing else is left.
    static func remove(_ anchor: AuditAnchor, in transaction: PostgresTransaction) async throws {
        let last = anchor.head.sequence
        _ = try await transaction.pipeline([
            """
            insert into audit_anchors (sequence, digest, removed, removed_at, key_id, code)
            values (\(last), \(PostgresBytes(anchor.head.digest)), \(anchor.removed), \(timestamp(anchor.removedAt)),
                \(anchor.code?.keyID), \(anchor.code.map { PostgresBytes($0.bytes) }))
            """,
            """
            delete from audit_entries where id = any(array(
                select c.entry_id from audit_chain c where c.sequence <= \(last) and c.part = 'ended'
                    and not exists (select from audit_chain other where other.entry_id = c.entry_id and other.sequence > \(last))))
            """,
            "delete from audit_chain where sequence <= \(last)",
            "delete from audit_anchors where sequence < \(last)",
        ])
    }

    /// How much waits, 100,000 counting as all there is, and since when the longest.
    static func backlog(_ pool: PostgresPool) async throws -> (count: Int, oldest: Date?) {
        let row = try await pool.first(
            """
            select (select count(*) from (select from audit_unsealed limit 100000) as noted) as waiting,
                (select e.at from audit_unsealed n left join audit_entries e on e.id = n.entry_id order by n.number limit 1) as oldest
            """
        )
        guard let row else { return (0, nil) }
        return (try row.decode("waiting"), try row.decode("oldest"))
    }

    /// Microseconds since 1970.
    static func microseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1_000_000).rounded()) }

    /// An instant that reads as exactly these microseconds again.
    private static func timestamp(_ microseconds: Int64) -> SQL {
        "timestamptz 'epoch' + \(microseconds)::float8 * interval '1 microsecond'"
    }

    private static func part(_ row: PostgresRow) throws -> AuditPart {
        // The column allows nothing else.
        AuditPart(rawValue: try row.decode("part")) ?? .ended
    }

    private static func code(_ row: PostgresRow) throws -> AuthenticationCode? {
        guard let key = try row.decode("key_id", as: String?.self), let code = try row.decode("code", as: PostgresBytes?.self) else {
            return nil
        }
        return AuthenticationCode(keyID: key, bytes: code.bytes)
    }

    private static func record(_ row: PostgresRow) throws -> AuditRecord {
        AuditRecord(
            id: try row.decode("id"),
            at: try row.decode("at"),
            actor: try row.decode("actor"),
            requestID: try row.decode("request_id"),
            action: try row.decode("action"),
            resource: try row.decode("resource"),
            tenant: try row.decode("tenant"),
            before: try row.decode("before"),
            message: try row.decode("message"),
            outcome: try row.decode("outcome"),
            after: try row.decode("after")
        )
    }
}
