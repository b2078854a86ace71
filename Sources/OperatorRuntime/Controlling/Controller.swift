import CoreMetrics
import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Brings the keys that informers name to a reconciler, one at a time for each key, several at once in all.
///
/// ```swift
/// let controller = Controller<ObjectKey>("tenant", logger: logger) { key, context in
///     guard let tenant = tenants.store[key] else { return .done }
///     …
///     return .done
/// }
/// controller.reconciles(tenants, predicate: .generationChanged)
/// controller.owns(deployments, kind: Tenant.resourceType)
/// ```
///
/// A key whose reconcile wrote something through ``KubernetesClient`` is not reconciled again before the informers it watches have seen
/// those writes, so a reconciler may rely on its caches.
public final class Controller<Key: Hashable & Sendable & CustomStringConvertible>: ServiceLifecycle.Service {
    /// What a controller calls.
    public typealias Reconcile = @Sendable (Key, ReconcileContext) async throws -> ReconcileResult

    /// The name: the label of its metrics, and in its log lines.
    public let name: String
    let configuration: ControllerConfiguration
    let queue: WorkQueue<Key>
    let metrics: ControllerMetrics
    let time: TimeSource
    let logger: Logger
    let ownWrites: OwnWrites<Key>
    private let reconcile: Reconcile
    private let random: @Sendable () -> Double
    private let makeID: @Sendable () -> String
    private let sources = NIOLockedValueBox<[@Sendable () async throws -> Void]>([])
    private let activeWorkers = NIOLockedValueBox(0)
    private let fence = NIOLockedValueBox<(@Sendable () -> Int64?)?>(nil)

    /// Makes a controller; it begins with ``run()``.
    ///
    /// - Parameters:
    ///   - name: short and stable, as in `tenant`.
    ///   - random: gives numbers from 0 up to 1, for jitter.
    ///   - makeID: gives the ids of reconciles. Default: UUIDs.
    ///   - reconcile: makes things as they should be for a key. Must stand being called again at any time.
    public init(
        _ name: String,
        configuration: ControllerConfiguration = .init(),
        logger: Logger,
        time: TimeSource = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        makeID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
        metrics: (any MetricsFactory)? = nil,
        reconcile: @escaping Reconcile
    ) {
        self.name = name
        self.configuration = configuration
        self.time = time
        self.random = random
        self.makeID = makeID
        self.reconcile = reconcile
        var logger = logger
        logger[metadataKey: "controller"] = "\(name)"
        self.logger = logger
        let factory = metrics ?? MetricsSystem.factory
        self.metrics = ControllerMetrics(name: name, workers: configuration.workers, factory: factory)
        let queue = WorkQueue<Key>(name: name, backoff: configuration.backoff, time: time, random: random, metrics: factory)
        queue.close()
        self.queue = queue
        ownWrites = OwnWrites(timeout: configuration.ownWriteTimeout, time: time) { queue.release($0) }
    }

    /// Asks for a key to be reconciled.
    ///
    /// - Parameters:
    ///   - delay: not before this time has passed. Default: at once.
    ///   - priority: higher ones come first. Default: ``ReconcilePriority/live``.
    public func enqueue(_ key: Key, after delay: Duration = .zero, priority: Int = ReconcilePriority.live) {
        queue.add(key, after: delay, priority: priority)
    }

    /// How many keys wait to be reconciled.
    public var waiting: Int { queue.count }

    /// Whether keys are taken from the queue: the caches are complete, and neither a shutdown nor a cancellation has begun.
    public var isWorking: Bool { queue.isOpen }

    /// How many keys wait for caches to see their own writes.
    public var waitingForOwnWrites: Int { ownWrites.count }

    /// Reconciles, once the caches are complete, until the task is cancelled or the service group shuts down; then lets reconciles under
    /// way end. It may be run again afterwards: keys that came in between wait.
    ///
    /// - Throws: ``TimeLimitExceeded`` when the caches are not complete in time.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { [sources, time, configuration] in
                try await time.withTimeout(configuration.cacheSyncTimeout) {
                    for wait in sources.withLockedValue({ $0 }) { try await wait() }
                }
            }
        } catch is CancellationError where Task.isCancelled || Task.isShuttingDownGracefully {
            return
        }
        logger.info("Started workers", metadata: ["workers": "\(configuration.workers)"])
        queue.open()
        await withTaskCancellationOrGracefulShutdownHandler {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<configuration.workers {
                    group.addTask {
                        await self.work()
                        return true
                    }
                }
                group.addTask {
                    await self.queue.runTimers()
                    return false
                }
                group.addTask {
                    await self.ownWrites.runTimers { self.metrics.ownWritesNotSeen($0) }
                    return false
                }
                group.addTask {
                    // Reconciles that do not end in time are cancelled.
                    try? await gracefulShutdown()
                    if !Task.isCancelled { try? await self.time.sleep(for: self.configuration.shutdownBound) }
                    return false
                }
                var working = configuration.workers
                while working > 0, let wasWorker = await group.next() {
                    if wasWorker { working -= 1 } else if Task.isShuttingDownGracefully { group.cancelAll() }
                }
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            self.queue.close()
        }
        logger.info("Stopped workers")
    }

    func addSource(_ waitUntilSynced: @escaping @Sendable () async throws -> Void) {
        sources.withLockedValue { $0.append(waitUntilSynced) }
    }

    func setFence(_ token: @escaping @Sendable () -> Int64?) { fence.withLockedValue { $0 = token } }

    private func work() async {
        while let item = await queue.next() { await process(item) }
    }

    private func process(_ item: WorkQueueCore<Key>.Item) async {
        let start = time.now
        metrics.started(waited: start - item.since)
        metrics.active(
            activeWorkers.withLockedValue {
                $0 += 1; return $0
            }
        )
        defer {
            metrics.active(
                activeWorkers.withLockedValue {
                    $0 -= 1; return $0
                }
            )
        }
        let id = makeID()
        var logger = logger
        logger[metadataKey: "object"] = "\(item.key)"
        logger[metadataKey: "reconcileID"] = "\(id)"
        let fence = fence.withLockedValue { $0 }
        let term = fence?()
        let context = ReconcileContext(
            controller: name,
            reconcileID: id,
            logger: logger,
            failures: item.failures,
            time: time,
            fencingToken: term
        )
        let writes = NIOLockedValueBox<[ObservedWrite]>([])
        ReconcileObservation.observer?.handle(.init(controller: name, key: "\(item.key)", isEnd: false))
        let outcome = await WriteObservation.$observer.withValue({ write in writes.withLockedValue { $0.append(write) } }) {
            await WriteFence.$check.withValue(fence.map { Self.check($0, term: term) }) {
                await attempt(item.key, context, start: start)
            }
        }
        ReconcileObservation.observer?.handle(.init(controller: name, key: "\(item.key)", isEnd: true))
        let isHeld = ownWrites.hold(item.key, for: writes.withLockedValue { $0 })
        if isHeld { metrics.heldForOwnWrites() }
        queue.finish(item.key, outcome, holding: isHeld, took: time.now - start)
        // The caches may have caught up between the two lines above.
        if isHeld, !ownWrites.isHolding(item.key) { queue.release(item.key) }
    }

    /// Refuses writes when the leadership under which the reconcile began is over.
    private static func check(_ current: @escaping @Sendable () -> Int64?, term: Int64?) -> @Sendable () throws -> Void {
        {
            let now = current()
            guard let term, term == now else { throw LeadershipLost(term: term, current: now) }
        }
    }

    private func attempt(_ key: Key, _ context: ReconcileContext, start: Duration) async -> WorkQueueCore<Key>.Outcome {
        do {
            let result: ReconcileResult
            if let limit = configuration.reconcileTimeout {
                result = try await time.withTimeout(limit) { [reconcile] in try await reconcile(key, context) }
            } else {
                result = try await reconcile(key, context)
            }
            switch result {
            case .done:
                metrics.finished(.success, took: time.now - start)
                return .done
            case .requeue(let delay):
                metrics.finished(.requeueAfter, took: time.now - start)
                return .again(after: delay)
            }
        } catch {
            return failed(error, context, took: time.now - start)
        }
    }

    private func failed(_ error: any Error, _ context: ReconcileContext, took: Duration) -> WorkQueueCore<Key>.Outcome {
        if Task.isCancelled, error is CancellationError || error is TimeLimitExceeded { return .interrupted }
        metrics.finished(.error, took: took)
        if error is TimeLimitExceeded { metrics.timedOut() }
        if let error = error as? TerminalError {
            metrics.failedForGood()
            context.logger.error("Reconcile failed for good", metadata: ["cause": "\(error)"])
            return .done
        }
        // A conflict only says that the cache was behind; it is no news for anybody.
        let isConflict = (error as? KubernetesError)?.isConflict == true
        // So does a lost leadership, for which the elector has a line.
        context.logger.log(
            level: isConflict || error is LeadershipLost ? .debug : .error,
            "Reconcile failed",
            metadata: ["cause": "\(error)", "failures": "\(context.failures + 1)"]
        )
        return .failed
    }
}
