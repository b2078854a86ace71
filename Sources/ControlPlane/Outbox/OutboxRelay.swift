import Foundation
import HTTPOperations
import KubernetesClient
import Logging
import Metrics
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Tells other systems what they have to be told. Any number of replicas may run one; an entry is at one of them at a time.
struct OutboxRelay: Service {
    /// How the relay works.
    struct Limits: Sendable, Hashable {
        /// Time between two looks.
        var interval: Duration = .seconds(1)
        /// Most entries that are delivered at a time.
        var batch = 16
        /// How long one delivery may take.
        var patience: Duration = .seconds(30)
        /// How long an entry belongs to whoever is at it; longer than a delivery may take.
        var lease: Duration = .seconds(60)
        /// Wait between the tries of an entry.
        var backoff = IntentBackoff(first: .seconds(2), longest: .seconds(300))
        /// Time between two counts for the metrics.
        var counting: Duration = .seconds(15)
        /// How long entries that were given up are kept, for people.
        var retention: Duration = .seconds(30 * 86_400)
    }

    let outbox: OutboxRepository
    private let handlers: [String: any OutboxHandler]
    private let limits: Limits
    private let holder: UUID
    private let time: TimeSource
    private let now: @Sendable () -> Date
    private let random: @Sendable () -> Double
    private let logger: Logger
    /// Topics whose numbers were told once, so that one whose entries are all gone is told as none.
    private let counted = NIOLockedValueBox<Set<String>>([])

    /// Makes a relay.
    ///
    /// - Parameters:
    ///   - outbox: where the entries are.
    ///   - handlers: who delivers them, one a topic.
    ///   - limits: how it works.
    ///   - holder: names this relay.
    ///   - time: measures how long deliveries take.
    ///   - now: the time.
    ///   - random: random numbers from 0 to 1, to spread tries.
    ///   - logger: takes the log.
    init(
        outbox: OutboxRepository,
        handlers: [any OutboxHandler],
        limits: Limits = Limits(),
        holder: UUID = UUID(),  // edge: names this process
        time: TimeSource = .system,
        now: @escaping @Sendable () -> Date,
        random: @escaping @Sendable () -> Double,
        logger: Logger
    ) {
        self.outbox = outbox
        self.handlers = Dictionary(handlers.map { ($0.topic, $0) }) { first, _ in first }
        (self.limits, self.holder, self.time, self.now, self.random, self.logger) = (limits, holder, time, now, random, logger)
    }

    /// Delivers until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var nextCount = time.now
            while !Task.isCancelled {
                do {
                    // A full batch means that there may be more: no pause then.
                    while try await sweep() == limits.batch, !Task.isCancelled {}
                    if time.now >= nextCount {
                        nextCount = time.now + limits.counting
                        try await count()
                        try await outbox.forget(diedBefore: now().addingTimeInterval(-limits.retention.seconds))
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("the outbox could not be looked at", metadata: ["error": .string("\(error)")])
                }
                do { try await time.sleep(for: limits.interval) } catch { return }
            }
        }
    }

    /// Delivers what is due, as much as is delivered at a time.
    ///
    /// - Returns: how many entries were tried.
    /// - Throws: `PostgresError`.
    @discardableResult
    func sweep() async throws -> Int {
        guard !handlers.isEmpty else { return 0 }
        let entries = try await outbox.claim(
            topics: handlers.keys.sorted(),
            limit: limits.batch,
            holder: holder,
            lease: limits.lease,
            now: now()
        )
        await withTaskGroup(of: Void.self) { group in
            for entry in entries { group.addTask { await deliver(entry) } }
        }
        return entries.count
    }

    private func deliver(_ entry: OutboxEntry) async {
        guard let handler = handlers[entry.topic] else { return }
        let failure: (any Error)?
        do {
            try await time.withTimeout(limits.patience) { try await handler.deliver(entry) }
            failure = nil
        } catch {
            // A shutdown: the entry comes again when its lease is over.
            if Task.isCancelled { return }
            failure = error
        }
        let isLast = handler.maximumAttempts.map { entry.attempts + 1 >= $0 } ?? false
        let isOver = failure is OutboxRejection || (failure != nil && isLast)
        let outcome = failure == nil ? "delivered" : isOver ? "dead" : "failed"
        Counter(label: "outbox_deliveries_total", dimensions: [("topic", entry.topic), ("outcome", outcome)]).increment()
        do {
            guard let failure else { return try await outbox.settle(entry, holder: holder) }
            let pause = limits.backoff.delay(afterAttempts: entry.attempts + 1, spread: random())
            logger.warning(
                isOver ? "something could not be told and was given up" : "something could not be told; it is tried again",
                metadata: [
                    "entry": .stringConvertible(entry.id), "topic": .string(entry.topic), "key": .string(entry.key),
                    "error": .string("\(failure)"),
                ]
            )
            try await outbox.fail(
                entry,
                holder: holder,
                due: isOver ? nil : now().addingTimeInterval(pause.seconds),
                reason: "\(failure)",
                now: now()
            )
        } catch {
            // The entry comes again when its lease is over; handlers bear that.
            logger.warning("the end of a delivery could not be noted", metadata: ["error": .string("\(error)")])
        }
    }

    private func count() async throws {
        let counts = try await outbox.counts()
        let now = now()
        let gone = counted.withLockedValue { known in
            let gone = known.subtracting(counts.map(\.topic))
            known.formUnion(counts.map(\.topic))
            return gone
        }
        for count in counts + gone.map({ OutboxRepository.Count(topic: $0, waiting: 0, dead: 0) }) {
            Gauge(label: "outbox_entries", dimensions: [("topic", count.topic), ("state", "waiting")]).record(count.waiting)
            Gauge(label: "outbox_entries", dimensions: [("topic", count.topic), ("state", "dead")]).record(count.dead)
            Gauge(label: "outbox_oldest_seconds", dimensions: [("topic", count.topic)])
                .record(count.oldest.map { max(0, now.timeIntervalSince($0)) } ?? 0)
        }
    }
}
