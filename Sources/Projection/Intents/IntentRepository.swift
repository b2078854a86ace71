import Foundation
import JSONValue
import KubernetesModel
import Postgres

/// Records what is to be written to Kubernetes, so that a crash at any moment loses nothing.
public struct IntentRepository: Sendable {
    let pool: PostgresPool

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// Records an intent and its audit entry in one transaction, unless an earlier write to the same object has not ended.
    ///
    /// Writes to one object are recorded one after the other, so that their order is the order in which they become visible.
    ///
    /// - Parameters:
    ///   - draft: what is wanted.
    ///   - audit: what the audit trail says; its outcome is pending until the intent is closed.
    ///   - lease: how long nobody else carries it out; default 30 s.
    ///   - now: the time.
    /// - Returns: whether it was recorded, what the idempotency key was used for before, or that it has to wait.
    /// - Throws: `PostgresError`.
    public func open(
        _ draft: IntentDraft,
        audit: AuditDraft,
        lease: Duration = .seconds(30),
        now: Date
    ) async throws -> IntentOpening {
        do {
            let intent: Intent? = try await pool.withTransaction { transaction in
                let object = "\(draft.kind.rawValue)/\(draft.key.namespace ?? "")/\(draft.key.name)"
                _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(object), 0))")
                if try await transaction.first(Self.oldestOpen(draft.kind, draft.key)) != nil { return nil }
                let auditID = try await AuditRepository.append(audit, outcome: .pending, now: now, in: transaction)
                let row = try await transaction.first(
                    Self.insert(draft, auditID: auditID, nextAttemptAt: now + lease.timeInterval, now: now)
                )
                guard let row else { throw ProjectionError(.notFound, "PostgreSQL did not return the recorded intent.") }
                return try Intent(row)
            }
            if let intent { return .opened(intent) }
            // The write that has not ended may be this one.
            return try await earlier(draft) ?? .blocked
        } catch let error as PostgresError where error.isUniqueViolation && error.constraint == "write_intents_idempotency" {
            guard let earlier = try await earlier(draft) else { throw error }
            return earlier
        }
    }

    /// What the idempotency key of a draft was used for before.
    private func earlier(_ draft: IntentDraft) async throws -> IntentOpening? {
        guard let key = draft.idempotencyKey,
            let earlier = try await find(actor: draft.actor, operationID: draft.operationID, idempotencyKey: key)
        else { return nil }
        return earlier.draft.requestDigest == draft.requestDigest ? .replayed(earlier) : .keyReused(earlier)
    }

    /// Whether a write to an object has not ended.
    ///
    /// - Throws: `PostgresError`.
    public func isOpen(_ kind: ProjectedKind, _ key: ObjectKey) async throws -> Bool {
        try await pool.first(Self.oldestOpen(kind, key)) != nil
    }

    private static func oldestOpen(_ kind: ProjectedKind, _ key: ObjectKey) -> SQL {
        """
        select id from write_intents
        where state = 'open' and kind = \(kind.rawValue) and namespace = \(key.namespace ?? "") and name = \(key.name)
        order by sequence limit 1
        """
    }

    /// Ends an intent: its rows, its state and the outcome of its audit entry in one transaction.
    ///
    /// - Parameters:
    ///   - id: the intent.
    ///   - state: `applied` or `failed`.
    ///   - answer: what the caller is answered, kept for a repeated request.
    ///   - changes: what the rows are to show; older versions never overwrite newer ones.
    ///   - message: replaces the sentence of the audit entry; `nil` keeps it.
    ///   - after: the state after, for the audit entry.
    ///   - error: why it failed.
    ///   - now: the time.
    /// - Returns: `false` when it was closed already; then nothing is written.
    /// - Throws: `PostgresError`; `ProjectionError` with `not_found`.
    @discardableResult
    public func close(
        _ id: UUID,
        as state: IntentState,
        answer: IntentAnswer? = nil,
        projecting changes: [ProjectionChange] = [],
        message: String? = nil,
        after: JSON? = nil,
        error: String? = nil,
        now: Date
    ) async throws -> Bool {
        try await pool.withTransaction { transaction in
            let row = try await transaction.first("select state, audit_id from write_intents where id = \(id) for update")
            guard let row else { throw ProjectionError(.notFound, "There is no write intent \(id).") }
            guard try row.decode("state", as: IntentState.self) == .open else { return false }
            let auditID = try row.decode("audit_id", as: Int64.self)
            let close: SQL = """
                update write_intents set state = \(state), answer_status = \(answer?.status), answer_body = \(answer?.body), answer_tag = \(answer?.tag),
                    answer_location = \(answer?.location), last_error = \(error), updated_at = \(now), closed_at = \(now)
                where id = \(id)
                """
            let settle = AuditRepository.settle(auditID, state == .applied ? .succeeded : .failed, message: message, after: after)
            _ = try await transaction.pipeline(RowStatements.write(changes, now: now) + [close, settle])
            return true
        }
    }

    /// Leaves an intent open, to be tried again later.
    ///
    /// - Parameters:
    ///   - id: the intent.
    ///   - error: why the attempt failed.
    ///   - date: when to try again.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    public func retry(_ id: UUID, error: String, at date: Date, now: Date) async throws {
        try await pool.execute(
            """
            update write_intents set last_error = \(error), next_attempt_at = \(date), updated_at = \(now)
            where id = \(id) and state = 'open'
            """
        )
    }

    /// Takes open intents that are due, the longest due first, of each object only the oldest. What another process takes at the same time
    /// is skipped.
    ///
    /// - Parameters:
    ///   - limit: how many at most; default 20.
    ///   - lease: how long nobody else takes them; default 30 s.
    ///   - now: the time.
    /// - Returns: the intents that can be read, in their order, with the new attempt counted.
    /// - Throws: `PostgresError`.
    public func claim(limit: Int = 20, lease: Duration = .seconds(30), now: Date) async throws -> [Intent] {
        try await claimEach(limit: limit, lease: lease, now: now).compactMap { try? $0.get() }
    }

    /// Takes intents as ``claim(limit:lease:now:)`` does, and says of each whether it can be read.
    ///
    /// - Throws: `PostgresError`.
    public func claimEach(limit: Int = 20, lease: Duration, now: Date) async throws -> [Result<Intent, UnreadableIntent>] {
        try await pool.query(
            """
            with claimed as (
                update write_intents set attempts = attempts + 1, next_attempt_at = \(now + lease.timeInterval), updated_at = \(now)
                where id in (
                    select id from write_intents as due where state = 'open' and next_attempt_at <= \(now) and not exists (
                        select from write_intents as older
                        where older.state = 'open' and older.kind = due.kind and older.namespace = due.namespace
                            and older.name = due.name and older.sequence < due.sequence)
                    order by next_attempt_at limit \(limit) for update skip locked)
                returning *)
            select \(unescaped: Intent.columns) from claimed order by sequence
            """
        ).map { row in
            do {
                return .success(try Intent(row))
            } catch {
                let (id, attempts, createdAt): (UUID, Int, Date) =
                    (try row.decode("id"), try row.decode("attempts"), try row.decode("created_at"))
                return .failure(UnreadableIntent(id: id, attempts: attempts, createdAt: createdAt, cause: error))
            }
        }
    }

    /// Forgets intents that ended before a time.
    ///
    /// - Parameters:
    ///   - date: the time.
    ///   - limit: how many at most in one statement; default 1000.
    /// - Returns: how many were forgotten.
    /// - Throws: `PostgresError`.
    public func forget(closedBefore date: Date, limit: Int = 1000) async throws -> Int {
        try await pool.execute(
            """
            delete from write_intents where id in (
                select id from write_intents where state <> 'open' and closed_at < \(date) order by closed_at limit \(limit))
            """
        )
    }

    /// An intent by its id.
    ///
    /// - Throws: `PostgresError`.
    public func get(_ id: UUID) async throws -> Intent? {
        try await pool.first("select \(unescaped: Intent.columns) from write_intents where id = \(id)").map(Intent.init)
    }

    /// The intent an actor recorded with an idempotency key for an operation.
    ///
    /// - Throws: `PostgresError`.
    public func find(actor: String, operationID: String, idempotencyKey: String) async throws -> Intent? {
        try await pool.first(
            """
            select \(unescaped: Intent.columns) from write_intents
            where actor = \(actor) and operation_id = \(operationID) and idempotency_key = \(idempotencyKey)
            """
        ).map(Intent.init)
    }

    /// How many intents are open.
    ///
    /// - Throws: `PostgresError`.
    public func openCount() async throws -> Int {
        try await pool.first("select count(*) from write_intents where state = 'open'")?.decode(0, as: Int.self) ?? 0
    }

    private static func insert(_ draft: IntentDraft, auditID: Int64, nextAttemptAt: Date, now: Date) -> SQL {
        """
        insert into write_intents (
            id, kind, namespace, name, action, payload, object_uid, object_version, object_generation, actor, request_id, operation_id,
            idempotency_key, request_digest, next_attempt_at, audit_id, created_at, updated_at)
        values (
            \(draft.id), \(draft.kind.rawValue), \(draft.key.namespace ?? ""), \(draft.key.name), \(draft.action), \(draft.payload),
            \(draft.objectUID), \(draft.objectVersion), \(draft.objectGeneration), \(draft.actor), \(draft.requestID),
            \(draft.operationID), \(draft.idempotencyKey), \(draft.requestDigest), \(nextAttemptAt), \(auditID), \(now), \(now))
        returning \(unescaped: Intent.columns)
        """
    }
}

extension Duration {
    /// The duration in seconds.
    var timeInterval: TimeInterval {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
