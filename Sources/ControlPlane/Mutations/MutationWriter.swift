import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres
import Projection

/// Performs writes that only touch the database: what they do, their audit entry and their answer for repetitions in one transaction.
///
/// What a caller is told:
/// - 2xx: it has happened, once, however often the request came with its `Idempotency-Key`.
/// - 4xx: nothing has happened. A refusal is not remembered: the same request may succeed later.
/// - 422 `IDEMPOTENCY_KEY_REUSED`, 409 `WRITE_IN_PROGRESS`, 409 `ANSWER_NOT_KEPT`: see ``IdempotencyRule``; an earlier write to the same
///   rows is waited for as one with the same key is.
/// - 503 `DATABASE_UNAVAILABLE`: nothing has happened. 503 `OUTCOME_UNKNOWN`: nobody knows; the same request with the same key learns it.
struct MutationWriter: Sendable {
    /// The way to PostgreSQL.
    let pool: PostgresPool
    /// How long an answer is kept for repetitions.
    var retention: Duration = .seconds(86_400)
    /// How long a write waits for others that hold what it needs.
    var patience: Duration = .seconds(3)
    /// The time.
    let now: @Sendable () -> Date

    /// Performs a write.
    ///
    /// - Parameters:
    ///   - context: the request; its `Idempotency-Key` is heeded, if the operation declares the header.
    ///   - headers: headers that change what is asked for, besides `If-Match`.
    ///   - work: does it with the transaction and the time. It is run again after a deadlock, and not at all for a repetition.
    /// - Returns: the answer.
    /// - Throws: ``OperationError``; what the work throws undoes everything.
    func write<Value: Codable & Sendable>(
        _ context: OperationContext,
        headers: [HeaderDeclaration] = [],
        work: @Sendable (PostgresTransaction, Date) async throws -> Mutation<Value>
    ) async throws -> Reply<Value> {
        let now = now()
        let request = try KeyedRequest(context, headers: headers)
        do {
            return try await pool.withTransaction(retry: .serializationFailures(attempts: 3)) { transaction in
                try await transaction.execute("select set_config('lock_timeout', \(String(patience.wholeMilliseconds)), true)")
                if let request, let known = try await claim(request, now: now, in: transaction) {
                    return try known.reply(to: request)
                }
                let mutation = try await PoolNesting.forbidden { try await work(transaction, now) }
                if let audit = mutation.audit {
                    try await AuditRepository.append(audit, outcome: .succeeded, now: now, in: transaction)
                }
                if let request { try await keep(mutation, of: request, in: transaction) }
                return mutation.reply
            }
        } catch let error as PostgresError {
            throw Self.refusal(error) ?? error
        }
    }

    /// The answer of a request that was carried out before with the same `Idempotency-Key`: for writes that begin before ``write(_:headers:work:)``.
    ///
    /// - Returns: nil when nothing is known of the request, or it is under way.
    /// - Throws: ``OperationError``, as a repetition of a write.
    func answer<Value: Codable & Sendable>(
        to context: OperationContext,
        headers: [HeaderDeclaration] = [],
        as type: Value.Type = Value.self
    ) async throws -> Reply<Value>? {
        guard let request = try KeyedRequest(context, headers: headers) else { return nil }
        let row = try await onDatabase { try await pool.first(request.known) }
        guard let row, try row.decode("expires_at", as: Date.self) > now() else { return nil }
        return try KnownAnswer(row).reply(to: request)
    }

    /// Forgets answers whose time is over, in parts, so that no statement takes long.
    ///
    /// - Throws: `PostgresError`.
    func forget() async throws {
        let date = now()
        let statement: SQL = """
            delete from idempotency_keys where ctid = any(array(
                select ctid from idempotency_keys where expires_at <= \(date) limit 1000))
            """
        while try await pool.execute(statement) == 1000, !Task.isCancelled {}
    }

    /// Takes a key for a request. Somebody else's write with the same key is waited for.
    ///
    /// - Returns: what is known of the key; nil when it is this request's now.
    private func claim(_ request: KeyedRequest, now: Date, in transaction: PostgresTransaction) async throws -> KnownAnswer? {
        let expiry = now.addingTimeInterval(retention.seconds)
        let taken = try await transaction.first(
            """
            insert into idempotency_keys as known (principal, operation_id, key, request_digest, created_at, expires_at)
            values (\(request.principal), \(request.operationID), \(request.key), \(request.digest), \(now), \(expiry))
            on conflict (principal, operation_id, key) do update set
                request_digest = excluded.request_digest, answer_status = null, answer_body = null, answer_tag = null,
                answer_location = null, created_at = excluded.created_at, expires_at = excluded.expires_at
            where known.expires_at <= excluded.created_at
            returning true
            """
        )
        if taken != nil { return nil }
        let row = try await transaction.first(request.known)
        guard let row else { throw OperationError.writeInProgress("An earlier write with this Idempotency-Key has just been forgotten.") }
        return try KnownAnswer(row)
    }

    private func keep<Value: Codable & Sendable>(
        _ mutation: Mutation<Value>,
        of request: KeyedRequest,
        in transaction: PostgresTransaction
    ) async throws {
        let body = mutation.keepsAnswer ? try JSON(encoding: mutation.reply.value) : nil
        let status = mutation.reply.status?.code
        let tag = mutation.reply.headers[.eTag]
        let location = mutation.reply.headers[.location]
        try await transaction.execute(
            """
            update idempotency_keys set answer_status = \(status), answer_body = \(body), answer_tag = \(tag), answer_location = \(location)
            where \(request.condition)
            """
        )
    }

    private static func refusal(_ error: PostgresError) -> OperationError? {
        if error.code == .commitUnknown {
            return .unavailable(
                code: "OUTCOME_UNKNOWN",
                message: "The connection to the database went away during the write; it may have happened. "
                    + "Repeat the request with the same Idempotency-Key to learn it.",
                retryAfter: 5,
                cause: error
            )
        }
        // lock_not_available, after lock_timeout; and what is left of deadlocks after some attempts.
        if let state = error.sqlState, ["55P03", "40P01", "40001"].contains(state) {
            return .writeInProgress("An earlier write has not ended; repeat the request in a moment.")
        }
        return error.isUnavailable ? .databaseUnavailable(error) : nil
    }
}

/// A request with an `Idempotency-Key`.
private struct KeyedRequest: Sendable {
    let principal: String
    let operationID: String
    let key: String
    let digest: String

    init?(_ context: OperationContext, headers: [HeaderDeclaration]) throws(OperationError) {
        try context.checkHeaders([.idempotencyKey])
        guard let key = context.header(.idempotencyKey) else { return nil }
        principal = context.principal.subject
        operationID = context.operationID
        self.key = key
        digest = context.requestDigest(headers: headers)
    }

    var condition: SQL { "principal = \(principal) and operation_id = \(operationID) and key = \(key)" }

    /// Reads what is known of the key.
    var known: SQL {
        """
        select request_digest, answer_status, answer_body, answer_tag, answer_location, expires_at from idempotency_keys
        where \(condition)
        """
    }
}

/// What is known of a key that came before.
private struct KnownAnswer: Sendable {
    let digest: String
    let status: Int?
    let body: JSON?
    let tag: String?
    let location: String?

    init(_ row: PostgresRow) throws {
        digest = try row.decode("request_digest")
        status = try row.decode("answer_status", as: Int?.self)
        body = try row.decode("answer_body", as: JSON?.self)
        tag = try row.decode("answer_tag", as: String?.self)
        location = try row.decode("answer_location", as: String?.self)
    }

    func reply<Value: Codable & Sendable>(to request: KeyedRequest) throws -> Reply<Value> {
        guard digest == request.digest else { throw IdempotencyRule.reused }
        guard let body else { throw IdempotencyRule.answerNotKept }
        var reply = Reply(try body.decode(Value.self), status: status.map { .init(code: $0) })
        if let tag { reply.headers[.eTag] = tag }
        if let location { reply.headers[.location] = location }
        return reply
    }
}

extension Duration {
    /// Whole milliseconds, one at least.
    fileprivate var wholeMilliseconds: Int64 {
        max(1, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}

extension Refusals {
    /// What a write that only touches the database may be answered.
    static let mutating =
        reading + IdempotencyRule.declarations + [
            ErrorDeclaration(
                .serviceUnavailable,
                "OUTCOME_UNKNOWN",
                "The write may have happened; the same request with the same Idempotency-Key learns it."
            )
        ]
    /// What a write whose answer holds a secret may be answered besides.
    static let answerNotKept = ErrorDeclaration(
        .conflict,
        "ANSWER_NOT_KEPT",
        "The request with this Idempotency-Key was carried out before; its answer held a secret, which is shown once."
    )
}
