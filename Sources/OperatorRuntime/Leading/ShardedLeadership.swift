import CoreMetrics
import KubernetesClient
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Divides the work between the instances of an operator: one Lease for each shard, of which an instance holds its equal share.
///
/// Exclusion comes from the Leases alone, as with one leader. The presence Leases only decide who stands for which shard (see
/// ``InstanceRegistry``): an instance gives a shard back that should be another's, after the work on it has ended.
final class ShardedLeadership: Sendable {
    /// One for each shard.
    let electors: [LeaderElector]
    private let configuration: LeaderElectionConfiguration
    private let presence: PresenceAPI
    private let isReady: @Sendable () -> Bool
    private let registry: NIOLockedValueBox<InstanceRegistry>
    private let isLeaving = NIOLockedValueBox(false)
    private let isOut = NIOLockedValueBox(false)
    private let watch: LeaseWatch
    private let time: TimeSource
    private let logger: Logger

    /// - Parameter isReady: whether this instance could begin to work; until then others keep the shards.
    init(
        client: KubernetesClient,
        configuration: LeaderElectionConfiguration,
        identity: String,
        logger: Logger,
        time: TimeSource,
        random: @escaping @Sendable () -> Double,
        metrics: any MetricsFactory,
        isReady: @escaping @Sendable () -> Bool
    ) {
        self.isReady = isReady
        self.configuration = configuration
        self.time = time
        self.logger = logger
        presence = PresenceAPI(client: client, configuration: configuration, identity: identity, time: time)
        registry = NIOLockedValueBox(InstanceRegistry(identity: identity, period: configuration.retryPeriod))
        // Not the label of the presence Leases, which would take these for presences.
        let group = ["operator-runtime/shards-of": presence.groupValue]
        let selector = group.map { "\($0.key)=\($0.value)" }.joined()
        watch = LeaseWatch(
            client: client,
            configuration: configuration,
            options: WatchOptions(labelSelector: selector),
            time: time,
            logger: logger
        )
        electors = (0..<configuration.shards).map { shard in
            var one = configuration
            one.shards = 1
            one.leaseName = Self.name(of: shard, configuration)
            let elector = LeaderElector(client, one, identity, groupLabels: group, logger, time, random, metrics)
            elector.stand(false)
            return elector
        }
    }

    /// The shards that this instance holds.
    var held: Set<Int> { Set(electors.indices.filter { electors[$0].isLeader }) }

    /// Holds its share of the shards and works on each, until the task is cancelled or the service group shuts down.
    ///
    /// - Parameter work: works on one shard; is cancelled when the shard is lost.
    /// - Throws: what the work throws.
    func run(_ work: @escaping @Sendable (Int) async throws -> Void) async throws {
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await self.hold(work)
                    return true
                }
                group.addTask {
                    try await self.attend()
                    return true
                }
                group.addTask {
                    try await self.watchAll()
                    return true
                }
                group.addTask {
                    // Others stand for the shards while the work on them ends here.
                    try? await gracefulShutdown()
                    self.isLeaving.withLockedValue { $0 = true }
                    return false
                }
                defer { group.cancelAll() }
                while let isOver = try await group.next() { if isOver { return } }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await leave()
        if case .failure(let error) = result {
            if error is CancellationError, Task.isCancelled || Task.isShuttingDownGracefully { return }
            throw error
        }
    }

    private func hold(_ work: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (shard, elector) in electors.enumerated() { group.addTask { try await elector.run { try await work(shard) } } }
            do {
                try await group.waitForAll()
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    /// Watches the Leases of all shards with one watch.
    private func watchAll() async throws {
        let byName = Dictionary(uniqueKeysWithValues: electors.enumerated().map { (Self.name(of: $0, configuration), $1) })
        try await watch.run { name, record in byName[name]?.watched(record) }
    }

    private static func name(of shard: Int, _ configuration: LeaderElectionConfiguration) -> String {
        "\(configuration.leaseName)-shard-\(shard)"
    }

    /// Lets others know of this instance, and it of them.
    private func attend() async throws {
        while true {
            let isLeaving = isLeaving.withLockedValue { $0 }
            do {
                // What it claims is said before it is acted upon.
                let hasChanged = try await look(isLeaving: isLeaving)
                if hasChanged { _ = try await look(isLeaving: isLeaving) }
                if isOut.withLockedValue({ isOut in
                    defer { isOut = false }; return isOut
                }) {
                    logger.info("The presence Leases are in reach again")
                }
                await tidy()
            } catch {
                try Task.checkCancellation()
                let isNew = isOut.withLockedValue { isOut in
                    defer { isOut = true }
                    return !isOut
                }
                logger.log(
                    level: isNew ? .warning : .debug,
                    "Could not read or write the presence Leases",
                    metadata: ["cause": "\(error)"]
                )
            }
            try await pause()
        }
    }

    /// Waits until it is time to look again: after the retry period, or soon after this instance has become ready.
    private func pause() async throws {
        guard !isReady() else { return try await time.sleep(for: configuration.retryPeriod) }
        for _ in 0..<10 where !isReady() { try await time.sleep(for: configuration.retryPeriod / 10) }
    }

    /// Whether this instance holds a shard, or work on one has not ended.
    private var isBusy: Bool { electors.contains(where: \.isBusy) }

    /// Says that this instance lives, sees who else does, and stands for its share.
    ///
    /// - Returns: whether what it says about itself has changed by that.
    private func look(isLeaving: Bool) async throws -> Bool {
        let isBusy = isBusy
        let isWaiting = !isLeaving && !isBusy && !registry.withLockedValue { $0.isClaiming }
        let seen = try await time.withTimeout(max(.seconds(1), configuration.renewDeadline / 2)) { [presence] in
            try await presence.announce(isLeaving: isLeaving, isWaiting: isWaiting)
            // A single leader waits while an instance with shards claims some; so whoever holds one need not ask.
            return try await presence.list() + (isBusy ? [] : [presence.single()].compactMap { $0 })
        }
        // One that ends keeps what it holds until its work has ended.
        guard !isLeaving else { return false }
        let (wanted, hasChanged) = registry.withLockedValue { registry in
            let before = registry.isClaiming
            registry.observe(seen, now: time.now)
            let wanted = registry.wanted(shards: configuration.shards, holding: isBusy, isLeaving: isLeaving, isReady: isReady())
            return (wanted, registry.isClaiming != before)
        }
        for (shard, elector) in electors.enumerated() { elector.stand(wanted.contains(shard)) }
        return hasChanged
    }

    private func tidy() async {
        for one in registry.withLockedValue({ $0.abandoned }) { try? await presence.tidy(one) }
    }

    private func leave() async {
        // In a task of its own, because this one may be cancelled already; it is waited for and bounded.
        let task = Task { [presence, time] in
            try await time.withTimeout(.seconds(5)) { try await presence.remove(presence.name, version: nil) }
        }
        do {
            try await task.value
        } catch {
            logger.debug("Could not remove the presence Lease", metadata: ["cause": "\(error)"])
        }
    }
}
