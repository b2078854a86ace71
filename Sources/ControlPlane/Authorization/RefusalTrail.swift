import HTTPOperations
import Logging
import Metrics
import NIOConcurrencyHelpers
import Projection
import ServiceLifecycle

import struct Foundation.Date

/// Writes into the audit trail what known callers were refused: 10 entries at once for one caller, one every six seconds in the long run, and no
/// more than one every second for all of them. What is over that is counted, and in the log as everything is. Whoever has no credential gets no
/// entry, and so cannot fill a table.
final class RefusalTrail: Service {
    private let audit: AuditRepository
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let entries: AsyncStream<AuditDraft>
    private let queue: AsyncStream<AuditDraft>.Continuation
    private let budgets = NIOLockedValueBox(
        (each: RequestBudget(capacity: 10, rate: 1.0 / 6), all: RequestBudget(capacity: 60, rate: 1, callers: 1))
    )

    /// Makes a trail.
    ///
    /// - Parameters:
    ///   - audit: where entries go.
    ///   - logger: takes notes.
    ///   - now: the time, for entries.
    ///   - instant: the time, for limits.
    init(
        audit: AuditRepository,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of limits
    ) {
        (self.audit, self.logger, self.now, self.instant) = (audit, logger, now, instant)
        (entries, queue) = AsyncStream.makeStream(of: AuditDraft.self, bufferingPolicy: .bufferingOldest(256))
    }

    /// Takes note of a refusal, unless there were too many. Waits for nothing.
    func note(_ refused: RefusedRequest) {
        guard let entry = entry(refused), case .enqueued = queue.yield(entry) else {
            Counter(label: "opencrane_refusals_not_audited_total").increment()
            return
        }
    }

    private func entry(_ refused: RefusedRequest) -> AuditDraft? {
        guard !refused.principal.roles.isEmpty else { return nil }
        let instant = instant()
        let subject = refused.principal.subject
        let isOver = budgets.withLockedValue { budgets in
            budgets.each.take(subject, now: instant) != nil || budgets.all.take("", now: instant) != nil
        }
        if isOver { return nil }
        return AuditDraft(
            actor: subject,
            requestID: refused.requestID,
            action: Self.action,
            resource: "Operation/\(refused.operationID)",
            message: "\(refused.principal.introduction) was refused \(refused.operationID) (\(refused.code)) at \(refused.path)."
        )
    }

    /// What entries say was done.
    static let action = "AccessRefused"

    /// Writes entries until cancelled or shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown { [audit, entries, logger, now] in
            for await entry in entries {
                do {
                    try await audit.append(entry, outcome: .failed, now: now())
                } catch {
                    // The refusal stands, and the log has it.
                    Counter(label: "opencrane_refusals_not_audited_total").increment()
                    logger.warning("a refusal is not in the audit trail", metadata: ["error": .string("\(error)")])
                }
            }
        }
    }
}
