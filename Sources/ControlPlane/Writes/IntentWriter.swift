import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel
import Logging
import Postgres
import Projection

/// Performs REST writes: the intent and its audit entry first, then Kubernetes, then the row.
///
/// What a caller is told:
/// - 2xx and 4xx are final.
/// - 503 `DATABASE_UNAVAILABLE` and `KUBERNETES_UNAVAILABLE`: nothing was recorded, nothing happened, nothing will.
/// - 503 `WRITE_PENDING`: the write is recorded and goes on by itself. It ends when Kubernetes and the database answer again, or is given
///   up after the intent's lifetime. The same request with the same `Idempotency-Key` gets its final answer.
/// - 409 `WRITE_IN_PROGRESS`: an earlier write to the object, or the one with this `Idempotency-Key`, has not ended; nothing was recorded.
struct IntentWriter: Sendable {
    let intents: IntentRepository
    let executor: IntentExecutor
    let settlement: IntentSettlement
    let unfinished: UnfinishedAttempts
    /// How long an intent is ours before the relay may take it.
    let lease: Duration
    /// How long a write waits for an earlier one to the same object.
    let patience: Duration
    let now: @Sendable () -> Date
    let makeID: @Sendable () -> UUID

    /// Performs a write.
    ///
    /// - Parameters:
    ///   - request: who asks for what.
    ///   - logger: takes notes.
    ///   - plan: validates, and says what is to be written; not called when the request is a repetition.
    /// - Returns: the answer of a success.
    /// - Throws: ``OperationError``.
    func write(
        _ request: WriteRequest,
        logger: Logger,
        plan: @Sendable () async throws -> PlannedWrite
    ) async throws -> WriteResult {
        if let key = request.idempotencyKey,
            let known = try await onDatabase({
                try await intents.find(actor: request.actor, operationID: request.operationID, idempotencyKey: key)
            })
        {
            return try Self.replay(known, digest: request.digest)
        }
        let deadline = ContinuousClock.now + patience
        while true {
            let planned = try await plan()
            switch try await record(planned, request) {
            case .opened(let opened): return try await finish(opened, logger: logger)
            case .replayed(let known), .keyReused(let known): return try Self.replay(known, digest: request.digest)
            case .blocked: try await waitForEarlier(planned, until: deadline)
            }
        }
    }

    /// Waits for an earlier write to the same object.
    ///
    /// - Throws: ``OperationError`` 409 when it has not ended by then.
    private func waitForEarlier(_ planned: PlannedWrite, until deadline: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(25))
            guard try await onDatabase({ try await intents.isOpen(planned.kind.projected, planned.key) }) else { return }
        }
        throw OperationError.writeInProgress(
            "An earlier write to the \(planned.kind.noun) \(planned.key.name) has not ended; repeat the request in a moment."
        )
    }

    /// Carries a recorded intent out and settles it. Whatever goes wrong from here on, the relay finishes it.
    private func finish(_ opened: Intent, logger: Logger) async throws -> WriteResult {
        let settled: IntentSettlement.Settled
        do {
            let intent = try WriteIntent(opened)
            settled = try await settlement.settle(intent, await executor.carryOut(intent))
        } catch {
            logger.warning(
                "a write is left to the relay",
                metadata: ["intent": .stringConvertible(opened.draft.id), "error": .string("\(error)")]
            )
            unfinished.add([IntentAttempt(id: opened.draft.id, number: opened.attempts)])
            throw OperationError.writePending(opened.draft.id, cause: error)
        }
        guard case .ended(let result) = settled else { throw OperationError.writePending(opened.draft.id, cause: nil) }
        if let refusal = result.refusal { throw refusal }
        return result
    }

    /// Records an intent and its audit entry in one transaction.
    func record(_ planned: PlannedWrite, _ request: WriteRequest) async throws -> IntentOpening {
        let draft = IntentDraft(
            id: makeID(),
            kind: planned.kind.projected,
            key: planned.key,
            action: planned.action.rawValue,
            payload: planned.payload,
            objectUID: planned.uid,
            objectGeneration: planned.generation,
            actor: request.actor,
            requestID: request.requestID,
            operationID: request.operationID,
            idempotencyKey: request.idempotencyKey,
            requestDigest: request.digest
        )
        let audit = AuditDraft(
            actor: request.actor,
            requestID: request.requestID,
            action: planned.action.auditAction,
            resource: "\(planned.kind.rawValue)/\(planned.key.name)",
            tenant: planned.kind == .tenant ? planned.key.name : nil,
            message:
                "\(request.introduction ?? request.actor) asked that the \(planned.kind.noun) \(planned.key.name) be \(planned.action.pastTense).",
            before: planned.before,
            after: nil
        )
        do {
            return try await intents.open(draft, audit: audit, lease: lease, now: now())
        } catch let error as PostgresError where error.code == .commitUnknown {
            // The connection went away while the commit was on its way: it may have happened, and then the relay goes on.
            unfinished.add([IntentAttempt(id: draft.id, number: 1)])
            throw OperationError.writePending(draft.id, cause: error)
        } catch let error as PostgresError where error.isUnavailable {
            throw OperationError.databaseUnavailable(error)
        }
    }

    /// The answer to a request whose key is known.
    private static func replay(_ known: Intent, digest: String) throws -> WriteResult {
        guard known.draft.requestDigest == digest else { throw IdempotencyRule.reused }
        guard known.state != .open, let answer = known.answer else {
            throw OperationError.writeInProgress("The write with this Idempotency-Key has not ended; repeat the request in a moment.")
        }
        let result = WriteResult(answer)
        if let refusal = result.refusal { throw refusal }
        return result
    }
}

extension OperationError {
    /// 503: the write is recorded and goes on by itself.
    static func writePending(_ intent: UUID, cause: (any Error)?) -> OperationError {
        var error = OperationError.unavailable(
            code: "WRITE_PENDING",
            message: "The write is recorded and will be finished as soon as Kubernetes and the database answer. "
                + "Repeat it with the same Idempotency-Key to learn its outcome.",
            retryAfter: 5,
            cause: cause
        )
        error.detail = "intent \(intent.uuidString.lowercased())"
        return error
    }
}
