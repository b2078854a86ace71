import Foundation
import KubernetesModel
import Logging
import Metrics
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
        /// How long an intent belongs to whoever is at it. Long enough that two are never at one intent.
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
        ///   - lease: how long an intent belongs to whoever is at it; default 20 s; never less than twice the time Kubernetes may take.
        ///   - lifetime: how long an intent is tried; default 15 min.
        ///   - retention: how long ended intents are remembered; default 7 days.
        ///   - batch: most intents taken at once; default 16.
        ///   - backoff: wait between the attempts at one intent.
        public init(
            interval: Duration = .seconds(1),
            lease: Duration = .seconds(20),
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
    let intents: IntentRepository
    let executor: IntentExecutor
    let settlement: IntentSettlement
    let unfinished: UnfinishedAttempts
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

    /// Takes the intents that are due and carries them out. One that cannot be finished disturbs no other.
    ///
    /// - Returns: how many were taken.
    /// - Throws: `PostgresError`.
    @discardableResult
    func sweep() async throws -> Int {
        try await giveUpLeases()
        let claimed = try await intents.claimEach(limit: configuration.batch, lease: configuration.lease, now: now())
        await withTaskGroup(of: Void.self) { group in
            for recorded in claimed {
                group.addTask { await finish(recorded) }
            }
        }
        return claimed.count
    }

    /// Gives up the leases of attempts that have ended while the database was away.
    private func giveUpLeases() async throws {
        let ended = unfinished.take()
        guard !ended.isEmpty else { return }
        do {
            try await intents.release(ended, now: now())
        } catch {
            unfinished.add(ended)
            throw error
        }
    }

    private func finish(_ recorded: Result<Intent, UnreadableIntent>) async {
        switch recorded {
        case .success(let intent):
            do {
                try await finish(try WriteIntent(intent))
            } catch {
                // Perhaps a newer version recorded it, and will finish it.
                await postpone(intent.draft.id, attempts: intent.attempts, createdAt: intent.createdAt, error: error)
            }
        case .failure(let unreadable):
            await postpone(unreadable.id, attempts: unreadable.attempts, createdAt: unreadable.createdAt, error: unreadable)
        }
    }

    private func finish(_ intent: WriteIntent) async throws {
        let outcome = await executor.carryOut(intent)
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

    /// Counts a failure: the intent comes again later, or is given up after its lifetime.
    private func postpone(_ id: UUID, attempts: Int, createdAt: Date, error: any Error) async {
        logger.warning("a write could not be finished", metadata: ["intent": .stringConvertible(id), "error": .string("\(error)")])
        do {
            _ = try await settlement.postpone(id, attempts: attempts, createdAt: createdAt, error: error)
        } catch {
            // The database is away; the intent comes again when it is back.
            unfinished.add([IntentAttempt(id: id, number: attempts)])
            logger.warning(
                "a write could not be put off",
                metadata: ["intent": .stringConvertible(id), "error": .string("\(error)")]
            )
        }
    }

    /// Forgets intents that ended long ago, in parts, so that no statement takes long.
    func forget() async throws {
        let date = now().addingTimeInterval(-configuration.retention.seconds)
        while try await intents.forget(closedBefore: date, limit: 1000) == 1000, !Task.isCancelled {}
    }
}
