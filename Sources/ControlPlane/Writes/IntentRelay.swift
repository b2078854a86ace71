import Foundation
import HTTPOperations
import KubernetesModel
import Logging
import Metrics
import Postgres
import Projection
import ServiceLifecycle

/// Finishes writes that were left open: by a crash, or because Kubernetes or the database did not answer.
///
/// Any number of replicas may run one; an intent is claimed by one at a time.
public struct IntentRelay: Service {
    /// How the relay works.
    public struct Configuration: Sendable {
        /// Time between two looks.
        public var interval: Duration
        /// How long an intent belongs to whoever is at it. Two at one intent do no harm, they only do work twice.
        public var lease: Duration
        /// How long an intent is tried before it is given up.
        public var lifetime: Duration
        /// How long ended intents are remembered, for repeated requests.
        public var retention: Duration
        /// Most intents taken at once.
        public var batch: Int
        /// Wait between the attempts at one intent.
        public var backoff: IntentBackoff

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - interval: time between two looks; default 1 s.
        ///   - lease: how long an intent belongs to whoever is at it; default 10 s.
        ///   - lifetime: how long an intent is tried; default 15 min.
        ///   - retention: how long ended intents are remembered; default 7 days.
        ///   - batch: most intents taken at once; default 16.
        ///   - backoff: wait between the attempts at one intent.
        public init(
            interval: Duration = .seconds(1),
            lease: Duration = .seconds(10),
            lifetime: Duration = .seconds(900),
            retention: Duration = .seconds(604_800),
            batch: Int = 16,
            backoff: IntentBackoff = .init()
        ) {
            self.interval = interval
            self.lease = lease
            self.lifetime = lifetime
            self.retention = retention
            self.batch = batch
            self.backoff = backoff
        }
    }

    let configuration: Configuration
    let pool: PostgresPool
    let intents: IntentRepository
    let executor: IntentExecutor
    let settlement: IntentSettlement
    let logger: Logger
    let now: @Sendable () -> Date

    /// Looks for open intents until shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var looks = 0
            while !Task.isCancelled {
                do {
                    // A full batch means there may be more: no pause then.
                    while try await sweep() == configuration.batch, !Task.isCancelled {}
                    if looks % 600 == 0 { try await forget() }
                    looks += 1
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("the intent relay could not work", metadata: ["error": .string("\(error)")])
                }
                do { try await Task.sleep(for: configuration.interval) } catch { return }
            }
        }
    }

    /// Takes the intents that are due and carries them out.
    ///
    /// - Returns: how many were taken.
    /// - Throws: `PostgresError`.
    @discardableResult
    func sweep() async throws -> Int {
        let claimed = try await intents.claim(limit: configuration.batch, lease: configuration.lease, now: now())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for recorded in claimed {
                group.addTask { try await finish(recorded) }
            }
            try await group.waitForAll()
        }
        return claimed.count
    }

    private func finish(_ recorded: Intent) async throws {
        let intent: WriteIntent
        do {
            intent = try WriteIntent(recorded)
        } catch {
            // A newer version recorded it and will finish it.
            logger.warning("an intent is left to another version", metadata: ["error": .string("\(error)")])
            return
        }
        // An old wish must not undo a newer one.
        let outcome = try await isSuperseded(intent) ? .refused(.writeSuperseded) : await executor.carryOut(intent)
        switch try await settlement.settle(intent, outcome) {
        case .ended(let result):
            Counter(label: "write_intents_relayed_total", dimensions: [("status", String(result.status))]).increment()
            logger.info(
                "finished a write that was left open",
                metadata: [
                    "intent": .stringConvertible(intent.id), "object": .string("\(intent.kind.rawValue)/\(intent.key.name)"),
                    "status": .stringConvertible(result.status), "attempts": .stringConvertible(intent.attempt),
                ]
            )
        case .postponed:
            logger.debug("a write stays open", metadata: ["intent": .stringConvertible(intent.id)])
        }
    }

    /// Whether a later write to the same object has been recorded and not refused.
    private func isSuperseded(_ intent: WriteIntent) async throws -> Bool {
        let row = try await pool.first(
            """
            select true from write_intents
            where kind = \(intent.kind.rawValue) and namespace = \(intent.key.namespace ?? "") and name = \(intent.key.name)
              and created_at > \(intent.createdAt) and id <> \(intent.id) and state <> 'failed' limit 1
            """
        )
        return row != nil
    }

    /// Forgets intents that ended long ago.
    private func forget() async throws {
        try await pool.execute(
            """
            delete from write_intents where id in (
              select id from write_intents where state <> 'open'
                and closed_at < \(now().addingTimeInterval(-configuration.retention.seconds)) order by closed_at limit 1000)
            """
        )
    }
}
