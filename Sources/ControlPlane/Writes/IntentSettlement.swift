import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel
import Projection

/// Brings what became of an intent in Kubernetes into the database: the row, the end of the intent and its audit entry in one transaction.
///
/// The request that recorded an intent and the relay both settle through here, so that both leave the same behind.
struct IntentSettlement: Sendable {
    /// What a settlement led to.
    enum Settled: Sendable {
        /// The intent has ended with this answer.
        case ended(WriteResult)
        /// It is not ended: it will be tried again.
        case postponed
    }

    let intents: IntentRepository
    let backoff: IntentBackoff
    /// How long an intent is tried.
    let lifetime: Duration
    /// A random number from 0 to 1, to spread retries.
    let spread: @Sendable () -> Double
    let now: @Sendable () -> Date

    /// Settles an intent.
    ///
    /// - Parameters:
    ///   - intent: the intent.
    ///   - outcome: what became of it in Kubernetes.
    /// - Throws: `PostgresError` when the database cannot be reached; the intent stays open then.
    func settle(_ intent: WriteIntent, _ outcome: IntentExecutor.Outcome) async throws -> Settled {
        switch outcome {
        case .written(let object):
            let projected = try ProjectedObject(kind: intent.kind.projected, object)
            return try await end(
                intent,
                .applied,
                try WriteResult(of: intent, object: object),
                projecting: [.upsert(projected)],
                after: projected.spec
            )
        case .gone:
            // A deletion that is done names no version: it counts as newer than the row, and anything counts as newer than it.
            let change = ProjectionChange.delete(
                kind: intent.kind.projected,
                key: intent.key,
                uid: intent.uid ?? "",
                resourceVersion: ""
            )
            return try await end(intent, .applied, try WriteResult(of: intent, object: nil), projecting: [change], after: nil)
        case .replaced(let successor):
            // What was to go is gone; the row has to show what has its name now.
            let projected = try ProjectedObject(kind: intent.kind.projected, successor)
            return try await end(intent, .applied, try WriteResult(of: intent, object: nil), projecting: [.upsert(projected)], after: nil)
        case .refused(let refusal):
            return try await end(intent, .failed, WriteResult(refusal), projecting: [], after: nil)
        case .unknown(let error):
            return try await postpone(intent.id, attempts: intent.attempt, createdAt: intent.createdAt, error: error)
        }
    }

    /// Has an intent tried again later, or gives it up after its lifetime.
    ///
    /// - Parameters:
    ///   - id: the intent.
    ///   - attempts: attempts made.
    ///   - createdAt: when it was recorded.
    ///   - error: why the last attempt failed.
    /// - Throws: `PostgresError` when the database cannot be reached; the intent stays open then.
    func postpone(_ id: UUID, attempts: Int, createdAt: Date, error: any Error) async throws -> Settled {
        let time = now()
        let reason = String(String(describing: error).prefix(500))
        guard time.timeIntervalSince(createdAt) < lifetime.seconds else {
            let result = WriteResult(.writeExpired)
            _ = try await intents.close(
                id,
                as: .failed,
                answer: result.answer,
                message: "The write was given up: \(result.body["code"]?.stringValue ?? "").",
                error: reason,
                now: time
            )
            return .ended(result)
        }
        let delay = backoff.delay(afterAttempts: attempts, spread: spread())
        try await intents.retry(id, error: reason, at: time.addingTimeInterval(delay.seconds), now: time)
        return .postponed
    }

    private func end(
        _ intent: WriteIntent,
        _ state: IntentState,
        _ result: WriteResult,
        projecting changes: [ProjectionChange],
        after: JSON?
    ) async throws -> Settled {
        let failed = state == .failed
        let message =
            failed
            ? "The \(intent.kind.noun) \(intent.key.name) was not \(intent.action.pastTense): \(result.body["code"]?.stringValue ?? "refused")."
            : "The \(intent.kind.noun) \(intent.key.name) was \(intent.action.pastTense)."
        let isOurs = try await intents.close(
            intent.id,
            as: state,
            answer: result.answer,
            projecting: changes,
            message: message,
            after: after,
            now: now()
        )
        // Somebody else ended it first: theirs is the answer.
        if !isOurs, let theirs = try await intents.get(intent.id)?.answer { return .ended(WriteResult(theirs)) }
        return .ended(result)
    }
}

extension OperationError {
    /// A write that could not be finished within its lifetime.
    static let writeExpired = OperationError(
        .gatewayTimeout,
        code: "WRITE_EXPIRED",
        message: "The write could not be finished for too long and was given up."
    )
}

extension Duration {
    /// Seconds, with their fraction.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
