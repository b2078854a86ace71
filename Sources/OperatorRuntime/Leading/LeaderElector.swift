import CoreMetrics
import KubernetesClient
import KubernetesModel
import Logging
import Metrics
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Lets one process of several work: the shell of a ``LeaderElectionMachine``.
///
/// Losing the leadership cancels the work, waits for its end and stands for election again; the process goes on.
public final class LeaderElector: Sendable {
    /// Who this is.
    public let identity: String
    private let configuration: LeaderElectionConfiguration
    private let lease: LeaseAPI
    private let time: TimeSource
    private let random: @Sendable () -> Double
    private let logger: Logger
    private let status: Gauge
    private let slowPath: Counter
    private let machine: NIOLockedValueBox<LeaderElectionMachine>
    private let token = NIOLockedValueBox<Int64?>(nil)
    /// Why the Lease has been out of reach since it last was not; `nil` when it is in reach.
    private let outage = NIOLockedValueBox<String?>(nil)
    private let leading = Latch()
    private let notLeading = Latch(isOpen: true)
    private let idle = Latch(isOpen: true)
    /// Whether the Lease is renewed only until the work has ended.
    private let isYielding = NIOLockedValueBox(false)
    private let alarm: Alarm
    private let admission: (@Sendable () async throws -> Bool)?
    /// Open while the admission says no.
    private let refused = Latch()
    /// `nil` when somebody else watches and calls ``watched(_:)``.
    private let watch: LeaseWatch?

    /// Makes an elector.
    ///
    /// - Parameters:
    ///   - identity: different from everybody else's, as the pod's name with a random part.
    ///   - random: gives numbers from 0 up to 1, for jitter.
    public convenience init(
        client: KubernetesClient,
        configuration: LeaderElectionConfiguration,
        identity: String,
        logger: Logger,
        time: TimeSource = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        metrics: (any MetricsFactory)? = nil
    ) {
        self.init(client, configuration, identity, groupLabels: nil, logger, time, random, metrics ?? MetricsSystem.factory, admission: nil)
    }

    /// - Parameter groupLabels: those of a Lease that is watched together with others, whose watch calls ``watched(_:)``; `nil` for one
    ///   that watches its Lease itself.
    /// - Parameter admission: is asked when the Lease was taken, and before the work; while it says no, the Lease is given up.
    init(
        _ client: KubernetesClient,
        _ configuration: LeaderElectionConfiguration,
        _ identity: String,
        groupLabels: [String: String]?,
        _ logger: Logger,
        _ time: TimeSource,
        _ random: @escaping @Sendable () -> Double,
        _ factory: any MetricsFactory,
        admission: (@Sendable () async throws -> Bool)? = nil
    ) {
        self.admission = admission
        self.identity = identity
        self.configuration = configuration
        self.time = time
        self.random = random
        lease = LeaseAPI(client: client, configuration: configuration, labels: groupLabels ?? [:], time: time)
        alarm = Alarm(time: time)
        machine = NIOLockedValueBox(LeaderElectionMachine(identity: identity, configuration: configuration))
        var logger = logger
        logger[metadataKey: "lease"] = "\(configuration.namespace)/\(configuration.leaseName)"
        self.logger = logger
        let options = WatchOptions(fieldSelector: "metadata.name=\(configuration.leaseName)")
        watch =
            groupLabels == nil
            ? LeaseWatch(client: client, configuration: configuration, options: options, time: time, logger: logger) : nil
        status = Gauge(label: "leader_election_master_status", dimensions: [("name", configuration.leaseName)], factory: factory)
        slowPath = Counter(label: "leader_election_slowpath_total", dimensions: [("name", configuration.leaseName)], factory: factory)
        status.record(0)
    }

    /// Whether this process leads, or its work as the leader has not ended.
    var isBusy: Bool { !idle.isOpen || isLeader }

    /// Whether this process leads.
    public var isLeader: Bool { fencingToken != nil }

    /// A number that grows with each change of the leader; `nil` when this process does not lead, or its time is over.
    public var fencingToken: Int64? {
        let deadline = machine.withLockedValue { $0.deadline }
        guard let deadline, time.now < deadline else { return nil }
        return token.withLockedValue { $0 }
    }

    /// The version of the Lease with which this process took over from another, or a later one; `nil` when nobody led before.
    var takeoverVersion: String? { (fencingToken ?? 0) > 0 ? lease.version : nil }

    /// Returns when this process leads.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilLeading() async throws { try await leading.wait() }

    /// Whether this process wants to lead; one that leads gives the Lease up when it does not want to any more, after its work has ended.
    /// Default: yes.
    func stand(_ isStanding: Bool) {
        let isChange = machine.withLockedValue { machine in
            defer { machine.isStanding = isStanding }
            return machine.isStanding != isStanding
        }
        if isChange { alarm.ring(at: time.now) }
    }

    /// The Lease was seen by a watch; `nil` when it was deleted.
    func watched(_ record: LeaseRecord?) {
        let now = time.now
        let delay = machine.withLockedValue { $0.watched(record, now: now, random: random()) }
        if let delay { alarm.ring(at: now + delay) }
    }

    /// Stands for election, and works whenever it leads, until the work ends by itself, the task is cancelled, or the service group shuts
    /// down. The Lease is renewed until the work has ended.
    ///
    /// - Parameter work: is cancelled when the leadership is lost.
    /// - Throws: what the work throws; ``InvalidLeaderElection``.
    public func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try configuration.validate()
        defer {
            token.withLockedValue { $0 = nil }
            leading.close()
            status.record(0)
        }
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.elect() }
                group.addTask { try await self.workWhenLeading(work) }
                if let watch { group.addTask { try await self.watchWhenFollowing(watch) } }
                if let admission { group.addTask { try await self.waitForAdmission(admission) } }
                defer { group.cancelAll() }
                try await group.next()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await release()
        guard case .failure(let error) = result else { return }
        if error is CancellationError, Task.isCancelled || Task.isShuttingDownGracefully { return }
        throw error
    }

    private func workWhenLeading(_ work: @escaping @Sendable () async throws -> Void) async throws {
        while true {
            try await cancelWhenGracefulShutdown { [leading] in try await leading.wait() }
            let hasEnded = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await work()
                    return true
                }
                group.addTask { [notLeading] in
                    try await notLeading.wait()
                    return false
                }
                defer { group.cancelAll() }
                return try await group.next() ?? true
            }
            if hasEnded { return }
            idle.open()
            // One that yields need not renew any more.
            if isYielding.withLockedValue({ $0 }) { alarm.ring(at: time.now) }
            // The election loop opens `leading` again only after it has heard that the work is over.
        }
    }

    /// Watches while somebody else leads.
    private func watchWhenFollowing(_ watch: LeaseWatch) async throws {
        while true {
            try await notLeading.wait()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run { _, record in self.watched(record) } }
                group.addTask { [leading] in try await leading.wait() }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private func elect() async throws {
        var next = LeaderElectionMachine.Input.proceed
        while true {
            var following: LeaderElectionMachine.Input?
            for action in step(next) { following = try await perform(action) ?? following }
            next = following ?? .proceed
        }
    }

    private func step(_ input: LeaderElectionMachine.Input) -> [LeaderElectionMachine.Action] {
        machine.withLockedValue { $0.handle(input, now: time.now, random: random()) }
    }

    /// - Returns: what happened, where that is known at once.
    private func perform(_ action: LeaderElectionMachine.Action) async throws -> LeaderElectionMachine.Input? {
        switch action {
        case .read(let limit): return try await call(limit) { .read(try await $0.read()) }
        case .create(let record, let limit): return try await call(limit) { .written(try await $0.create(record)) }
        case .update(let record, let acquires, let limit):
            return try await call(limit) { .written(try await $0.update(record, acquires: acquires)) }
        case .release(let record, let limit): return try await call(limit) { .written(try await $0.update(record, acquires: true)) }
        case .lead(let number):
            alarm.reset()
            if let admission, !(try await isAdmitted(admission)) {
                logger.notice("Waiting for instances that divide the work among them", metadata: ["identity": "\(identity)"])
                stand(false)
                refused.open()
                return nil
            }
            logger.notice("Became leader", metadata: ["identity": "\(identity)", "term": "\(number)"])
            token.withLockedValue { $0 = number }
            status.record(1)
            // It may have stepped back before what was rung then was forgotten.
            if !machine.withLockedValue({ $0.isStanding }) { alarm.ring(at: time.now) }
            idle.close()
            notLeading.close()
            leading.open()
            return nil
        case .yield:
            logger.info("Leaving the leadership to others", metadata: ["identity": "\(identity)"])
            isYielding.withLockedValue { $0 = true }
            endWork()
            return nil
        case .stop:
            let holder = machine.withLockedValue { $0.holder }
            let cause = outage.withLockedValue { $0 } ?? "the Lease is held by \(holder ?? "nobody")"
            logger.warning("Lost the leadership", metadata: ["identity": "\(identity)", "cause": "\(cause)"])
            endWork()
            try await idle.wait()
            isYielding.withLockedValue { $0 = false }
            return .stopped
        case .wait(let delay):
            let deadline = machine.withLockedValue { $0.deadline }
            try await alarm.sleep(until: min(time.now + delay, deadline ?? .seconds(Int64.max / 4)))
            let hasEnded = isYielding.withLockedValue { isYielding in
                guard isYielding, idle.isOpen else { return false }
                isYielding = false
                return true
            }
            return hasEnded ? .stopped : .proceed
        }
    }

    private func isAdmitted(_ admission: @Sendable () async throws -> Bool) async throws -> Bool {
        do {
            return try await admission()
        } catch {
            try Task.checkCancellation()
            failed(error)
            return false
        }
    }

    /// Stands again when it may.
    private func waitForAdmission(_ admission: @Sendable () async throws -> Bool) async throws {
        while true {
            try await refused.wait()
            try await time.sleep(for: configuration.retryPeriod)
            guard try await isAdmitted(admission) else { continue }
            refused.close()
            stand(true)
        }
    }

    private func endWork() {
        token.withLockedValue { $0 = nil }
        status.record(0)
        leading.close()
        notLeading.open()
    }

    private func call(
        _ limit: Duration,
        _ body: @escaping @Sendable (LeaseAPI) async throws -> LeaderElectionMachine.Input
    ) async throws -> LeaderElectionMachine.Input {
        do {
            let result = try await time.withTimeout(limit) { [lease] in try await body(lease) }
            succeeded()
            return result
        } catch {
            try Task.checkCancellation()
            let isConflict = (error as? KubernetesError).map { $0.isConflict || $0.isAlreadyExists || $0.isNotFound } ?? false
            if isConflict {
                slowPath.increment()
                logger.debug("Somebody else wrote the Lease", metadata: ["cause": "\(error)"])
                succeeded()
            } else {
                failed(error)
            }
            return .failed(isConflict: isConflict)
        }
    }

    /// Says once that the Lease is out of reach, however often it is tried.
    private func failed(_ error: any Error) {
        let isNew = outage.withLockedValue { outage in
            defer { outage = "\(error)" }
            return outage == nil
        }
        logger.log(level: isNew ? .warning : .debug, "Could not read or write the Lease", metadata: ["cause": "\(error)"])
    }

    private func succeeded() {
        let wasOut = outage.withLockedValue { outage in
            defer { outage = nil }
            return outage != nil
        }
        if wasOut { logger.info("The Lease is in reach again") }
    }

    /// Gives the Lease up, so that another process need not wait for its end.
    private func release() async {
        guard configuration.releaseOnShutdown, let record = machine.withLockedValue({ $0.release }) else { return }
        // In a task of its own, because this one may be cancelled already; it is waited for and bounded.
        let task = Task { [lease, time, identity] in
            try await time.withTimeout(.seconds(5)) {
                do {
                    _ = try await lease.update(record, acquires: true)
                } catch let error as KubernetesError where error.isConflict {
                    // The renewal that was under way when the task was cancelled may have been stored.
                    guard let current = try await lease.read(), current.holder == identity else { throw error }
                    var record = record
                    record.version = current.version
                    _ = try await lease.update(record, acquires: true)
                }
            }
        }
        do {
            try await task.value
            logger.info("Released the leadership", metadata: ["identity": "\(identity)"])
        } catch {
            logger.debug("Could not release the Lease", metadata: ["cause": "\(error)"])
        }
    }
}
