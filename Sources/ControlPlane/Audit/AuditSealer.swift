import AuditChain
import Foundation
import KubernetesClient
import Logging
import Metrics
import Postgres
import Projection
import SealedSecrets
import ServiceLifecycle

/// Chains the entries of the audit trail, shortly after they were written. Any number of replicas may run one; one is at it at a time.
///
/// Entries are written without regard to the chain, in the transactions of what they are about, so that writes never wait for each other
/// because of it. The order of the chain is the order in which the sealer finds them.
struct AuditSealer: Service {
    /// What the codes of links and anchors are for.
    static let purpose = "opencrane audit chain 1"

    let pool: PostgresPool
    /// The keys; nil when there are none.
    let authenticator: MessageAuthenticator?
    /// Time between two looks.
    var interval: Duration = .seconds(1)
    /// The most links that are made in a transaction.
    var batch = 1000
    /// Time between two counts for the metrics.
    var counting: Duration = .seconds(15)
    /// Time between two notes in the log of where the chain ends.
    var noting: Duration = .seconds(3600)
    var time: TimeSource = .system
    let now: @Sendable () -> Date
    let logger: Logger

    private static let lock = AdvisoryLock.named("opencrane/audit-chain")

    /// Seals until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The first look is always a whole one: it may be the first with keys.
            var (isFirst, nextCount, nextNote) = (true, time.now, time.now + noting)
            while !Task.isCancelled {
                do {
                    let hasWork = try await hasWork()
                    if isFirst || hasWork { try await seal() }
                    isFirst = false
                    if time.now >= nextCount {
                        nextCount = time.now + counting
                        try await count()
                    }
                    if time.now >= nextNote {
                        nextNote = time.now + noting
                        try await note()
                    }
                } catch is CancellationError {
                    return
                } catch {
                    Counter(label: "opencrane_audit_seal_failures_total").increment()
                    logger.warning("the audit trail could not be sealed", metadata: ["error": .string("\(error)")])
                }
                do { try await time.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Seals everything that waits, unless another replica is at it.
    ///
    /// - Returns: how many links were made.
    /// - Throws: ``AuditKeysMissing``; `PostgresError`.
    @discardableResult
    func seal() async throws -> Int {
        var total = 0
        while !Task.isCancelled {
            let made = try await pool.withTransaction { transaction -> Int in
                let isOurs = try await transaction.first("select pg_try_advisory_xact_lock(\(Self.lock.key))")?.decode(0, as: Bool.self)
                return isOurs == true ? try await seal(in: transaction) : 0
            }
            if made > 0 { Counter(label: "opencrane_audit_sealed_total").increment(by: made) }
            total += made
            if made < batch { break }
        }
        return total
    }

    /// Makes the next links.
    func seal(in transaction: PostgresTransaction) async throws -> Int {
        let (last, date) = (try await AuditChainRows.last(in: transaction), now())
        if let last, last.isKeyed, authenticator == nil { throw AuditKeysMissing() }
        if let last, !last.isKeyed, authenticator != nil {
            // From here on the chain ends with a code: whoever has the keys can tell that it did not lose it.
            try await AuditRepository.append(
                AuditDraft(
                    actor: "system:audit",
                    requestID: "audit-chain",
                    action: "AuditChainKeyed",
                    resource: "AuditChain/main",
                    message: "From here on the audit chain is made with the sealing keys."
                ),
                outcome: .succeeded,
                now: date,
                in: transaction
            )
        }
        let waiting = try await AuditChainRows.waiting(limit: batch, in: transaction)
        guard !waiting.isEmpty else { return 0 }
        var head = last?.head ?? .empty
        if last == nil, let anchor = try await AuditChainRows.anchor(in: transaction) { head = anchor.head }
        var links: [AuditLink] = []
        links.reserveCapacity(waiting.count)
        let sealedAt = AuditChainRows.microseconds(date)
        for note in waiting {
            let link = AuditLink(note.record, note.part, after: head, sealedAt: sealedAt, authenticator: authenticator)
            links.append(link)
            head = link.head
        }
        try await AuditChainRows.append(links, of: waiting.map(\.number), in: transaction)
        return links.count
    }

    private func hasWork() async throws -> Bool {
        try await pool.first("select exists (select from audit_unsealed)")?.decode(0, as: Bool.self) ?? false
    }

    private func count() async throws {
        let backlog = try await AuditChainRows.backlog(pool)
        Gauge(label: "opencrane_audit_unsealed").record(backlog.count)
        Gauge(label: "opencrane_audit_unsealed_oldest_seconds").record(backlog.oldest.map { max(0, now().timeIntervalSince($0)) } ?? 0)
    }

    /// Writes into the log where the chain ends: a place that whoever can write to the database may not be able to change.
    private func note() async throws {
        guard let last = try await pool.withTransaction(readOnly: true, { try await AuditChainRows.last(in: $0) }) else { return }
        logger.info("the audit chain ends here", metadata: ["head": .stringConvertible(last.head)])
    }
}

extension AuditSealer {
    /// Puts it together.
    init(_ parts: ControlPlaneParts) {
        self.init(pool: parts.pool, authenticator: parts.configuration.auditAuthenticator, now: parts.now, logger: parts.logger)
    }
}

extension ControlPlaneConfiguration {
    /// The sealing keys, as the audit chain needs them; nil when there are none.
    var auditAuthenticator: MessageAuthenticator? {
        modelProxy.sealer.map { MessageAuthenticator(keys: $0.keys, purpose: AuditSealer.purpose) }
    }
}

/// The chain was made with keys, and there are none now.
struct AuditKeysMissing: Error, CustomStringConvertible {
    let code = "AUDIT_KEYS_MISSING"
    var description: String {
        "the audit chain was made with sealing keys, and OPENCRANE_SEALING_KEYS has none: nothing is sealed until it has them again"
    }
}
