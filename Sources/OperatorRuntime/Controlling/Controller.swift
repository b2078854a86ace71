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
    let lanes: ReconcileLanes<Key>
    let metrics: ControllerMetrics
    let time: TimeSource
    let logger: Logger
    let ownWrites: OwnWrites<Key>
    let deadlines: ReconcileDeadlines?
    let reconcile: Reconcile
    let makeID: @Sendable () -> String
    let activeWorkers = NIOLockedValueBox(0)
    private let random: @Sendable () -> Double
    private let factory: any MetricsFactory
    private let sources = NIOLockedValueBox<[Source]>([])
    /// Shared by the workers of all shards.
    let permits: Permits

    /// Where keys come from.
    struct Source: Sendable {
        var waitUntilSynced: @Sendable () async throws -> Void
        /// Tells of all keys again that a closure wants.
        var replay: @Sendable (@Sendable (Key) -> Bool) -> Void
    }

    /// Makes a controller; it begins with ``run()``.
    ///
    /// - Parameters:
    ///   - name: short and stable, as in `tenant`.
    ///   - random: gives numbers from 0 up to 1, for jitter.
    ///   - makeID: gives the ids of reconciles. Default: UUIDs.
    ///   - shardKey: what decides on the shard of a key, if there are shards; keys of equal text share one. Default: the key as text.
    ///   - reconcile: makes things as they should be for a key. Must stand being called again at any time.
    public init(
        _ name: String,
        configuration: ControllerConfiguration = .init(),
        logger: Logger,
        time: TimeSource = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        makeID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
        metrics: (any MetricsFactory)? = nil,
        shardKey: @escaping @Sendable (Key) -> String = { $0.description },
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
        let lanes = ReconcileLanes(queue, text: shardKey)
        self.lanes = lanes
        self.factory = factory
        permits = Permits(configuration.workers)
        deadlines = configuration.reconcileTimeout.map { ReconcileDeadlines(limit: $0, time: time) }
        ownWrites = OwnWrites(timeout: configuration.ownWriteTimeout, time: time) { lanes.release($0) }
    }

    /// Asks for a key to be reconciled.
    ///
    /// - Parameters:
    ///   - delay: not before this time has passed. Default: at once.
    ///   - priority: higher ones come first. Default: ``ReconcilePriority/live``.
    public func enqueue(_ key: Key, after delay: Duration = .zero, priority: Int = ReconcilePriority.live) {
        lanes.add(key, after: delay, priority: priority)
    }

    /// How many keys wait to be reconciled; those of shards that other instances hold are among them.
    public var waiting: Int { lanes.all.reduce(0) { $0 + $1.queue.count } }

    /// Whether keys are taken from the queue: the caches are complete, and neither a shutdown nor a cancellation has begun.
    public var isWorking: Bool { lanes.all.contains { $0.queue.isOpen } }

    /// How many keys wait for caches to see their own writes.
    public var waitingForOwnWrites: Int { ownWrites.count }

    /// Reconciles, once the caches are complete, until the task is cancelled or the service group shuts down; then lets reconciles under
    /// way end. It may be run again afterwards: keys that came in between wait.
    ///
    /// - Throws: ``TimeLimitExceeded`` when the caches are not complete in time.
    public func run() async throws {
        let lanes = lanes.all
        if lanes.count == 1 { return try await run(lanes[0]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in lanes { group.addTask { try await self.run(lane) } }
            defer { group.cancelAll() }
            try await group.waitForAll()
        }
    }

    /// Reconciles the keys of one shard.
    func run(_ lane: ReconcileLane<Key>) async throws {
        do {
            try await cancelWhenGracefulShutdown { [sources, time, configuration] in
                try await time.withTimeout(configuration.cacheSyncTimeout) {
                    for source in sources.withLockedValue({ $0 }) { try await source.waitUntilSynced() }
                }
            }
        } catch is CancellationError where Task.isCancelled || Task.isShuttingDownGracefully {
            return
        }
        let shard = lane.shard.map { ["shard": Logger.MetadataValue.stringConvertible($0)] } ?? [:]
        logger.info("Started workers", metadata: shard.merging(["workers": "\(configuration.workers)"]) { own, _ in own })
        if lane.fence != nil || lane.shard != nil {
            ownWrites.tookOver(shard: lane.shard, at: lane.takeover?())
            // Another instance may have led, so that this one does not know what is left to do, also of what it had finished itself.
            lanes.start(lane.shard)
            for source in sources.withLockedValue({ $0 }) {
                source.replay { [lanes] key in lanes.lane(of: key).shard == lane.shard }
            }
        }
        defer { lanes.stop(lane.shard) }
        let openedAt = time.now
        lane.queue.open()
        await withTaskCancellationOrGracefulShutdownHandler {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<configuration.workers {
                    group.addTask {
                        await self.work(lane, since: openedAt)
                        return true
                    }
                }
                group.addTask {
                    await self.deadlines?.runTimer()
                    return false
                }
                group.addTask {
                    await lane.queue.runTimers()
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
            lane.queue.close()
        }
        logger.info("Stopped workers", metadata: .init(uniqueKeysWithValues: shard.map { ($0.key, $0.value) }))
    }

    func addSource(
        _ waitUntilSynced: @escaping @Sendable () async throws -> Void,
        replay: @escaping @Sendable (@Sendable (Key) -> Bool) -> Void = { _ in }
    ) {
        sources.withLockedValue { $0.append(Source(waitUntilSynced: waitUntilSynced, replay: replay)) }
    }

    /// Divides the keys into shards. Nothing may be worked on yet.
    func split(into shards: Int) {
        lanes.split(into: shards) { shard in
            let queue = WorkQueue<Key>(
                name: "\(name)-shard-\(shard)",
                controller: name,
                backoff: configuration.backoff,
                time: time,
                random: random,
                metrics: factory
            )
            queue.close()
            // A key waits for a permit first.
            queue.beginLater()
            return queue
        }
    }
}
