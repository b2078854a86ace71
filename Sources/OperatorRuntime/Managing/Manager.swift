import CoreMetrics
import KubernetesClient
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import Observability
import ServiceLifecycle

/// Runs an operator: shared informers, controllers, events, health, and leader election, started and stopped in order.
///
/// Health and metrics come first and go last. Informers run whether or not this process leads, so that a new leader begins with complete
/// caches. Controllers run while it leads, and each starts when the caches it watches are complete.
public final class Manager: ServiceLifecycle.Service {
    /// Writes events; never makes anybody wait.
    public let events: EventRecorder
    /// What `/healthz` and `/readyz` check. Readiness includes that all caches are complete.
    public let health: HealthChecks
    /// The client of everything.
    public let client: KubernetesClient

    private struct State {
        var informers: [InformerKey: any AnyInformer] = [:]
        /// The informers in the order in which they were asked for.
        var order: [InformerKey] = []
        var services: [any ServiceLifecycle.Service] = []
        var led: [any ServiceLifecycle.Service] = []
        /// What runs now.
        var group: ServiceGroup?
    }

    private struct InformerKey: Hashable {
        var type: ResourceType
        var object: ObjectIdentifier
        var namespace: String?
        var labels: String?
        var fields: String?
        var name: String?
        var indexes: Set<String>
        var hasOwnTransform: Bool
    }

    private let configuration: ManagerConfiguration
    let logger: Logger
    let time: TimeSource
    let random: @Sendable () -> Double
    private let registry: PrometheusRegistry?
    let factory: any MetricsFactory
    private let healthServer: HealthServer?
    private let elector: LeaderElector?
    private let sharded: ShardedLeadership?
    private let state = NIOLockedValueBox(State())

    /// Makes a manager; it begins with ``run()``.
    ///
    /// - Parameters:
    ///   - time: the clock of everything it makes. Default: the client's.
    ///   - random: gives numbers from 0 up to 1, for jitter.
    ///   - metrics: what `/metrics` shows. Without it metrics go to `MetricsSystem`.
    public init(
        configuration: ManagerConfiguration,
        client: KubernetesClient,
        logger: Logger,
        time: TimeSource? = nil,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        metrics: PrometheusRegistry? = nil
    ) {
        self.configuration = configuration
        self.client = client
        self.logger = logger
        let time = time ?? client.time
        self.time = time
        self.random = random
        registry = metrics
        let factory: any MetricsFactory = metrics ?? MetricsSystem.factory
        self.factory = factory
        let health = HealthChecks(time: time)
        self.health = health
        events = EventRecorder(
            client: client,
            controller: configuration.name,
            instance: configuration.identity,
            logger: logger,
            time: time,
            random: random,
            metrics: factory
        )
        metrics?.addCollector { [state] in
            for informer in state.withLockedValue({ Array($0.informers.values) }) { informer.updateMetrics() }
            return []
        }
        healthServer = configuration.health.map { HealthServer(address: $0, checks: health, registry: metrics, logger: logger) }
        let election = configuration.leaderElection
        let hasSynced: @Sendable () -> Bool = { [state] in state.withLockedValue { $0.informers.values.allSatisfy(\.hasSynced) } }
        sharded = election.flatMap { election in
            guard election.shards > 1 else { return nil }
            return ShardedLeadership(
                client: client,
                configuration: election,
                identity: configuration.identity,
                logger: logger,
                time: time,
                random: random,
                metrics: factory,
                isReady: hasSynced
            )
        }
        elector = election.flatMap { election in
            guard election.shards <= 1 else { return nil }
            let identity = configuration.identity
            let admission = SingleAdmission(client: client, configuration: election, identity: identity, time: time)
            return LeaderElector(client, election, identity, groupLabels: nil, logger, time, random, factory) {
                try await admission.isClear()
            }
        }
    }

    /// The informer of a kind; the same one for the same namespace, selectors, names of indexes and name, so that they share a list and a
    /// watch. The other options of the first who asks count. Two that both transform objects, but differently, must have different names.
    ///
    /// - Parameter namespace: `nil` for all.
    public func informer<Object: KubernetesResource>(
        _ type: Object.Type,
        namespace: String? = nil,
        options: InformerOptions<Object> = .init()
    ) -> Informer<Object> {
        informer(client.resource(type, namespace: namespace), options)
    }

    /// The informer of a resource that is known only at run time; see ``informer(_:namespace:options:)``.
    public func informer(
        dynamic type: ResourceType,
        namespace: String? = nil,
        options: InformerOptions<DynamicObject> = .init()
    ) -> Informer<DynamicObject> {
        informer(client.dynamic(type, namespace: namespace), options)
    }

    private func informer<Object: KubernetesObject>(_ api: ResourceAPI<Object>, _ options: InformerOptions<Object>) -> Informer<Object> {
        let key = InformerKey(
            type: api.resourceType,
            object: ObjectIdentifier(Object.self),
            namespace: api.namespace,
            labels: options.labelSelector,
            fields: options.fieldSelector,
            name: options.name,
            indexes: Set(options.indexes.map(\.name)),
            hasOwnTransform: options.hasOwnTransform
        )
        let (informer, group) = state.withLockedValue { state -> (Informer<Object>, ServiceGroup?) in
            if let known = state.informers[key] as? Informer<Object> { return (known, nil) }
            let made = Informer(api, options: options, logger: logger, time: time, random: random, metrics: factory)
            state.informers[key] = made
            state.order.append(key)
            return (made, state.group)
        }
        if let group { start(informer, in: group) }
        return informer
    }

    /// Adds a controller, or anything else that runs. While the manager runs already, a service that needs no leadership is started at once;
    /// for one that does it is too late, which ends the manager: ``run()`` throws ``AddedTooLate``.
    ///
    /// - Parameter needsLeadership: whether it runs only while this process leads. It must then end when it is cancelled, and may be run
    ///   again. Default: controllers do, other services do not.
    public func add(_ service: any ServiceLifecycle.Service, needsLeadership: Bool? = nil) {
        let controller = service as? any AnyController
        if let controller {
            if let elector { controller.setFence({ elector.fencingToken }, takeover: { elector.takeoverVersion }, of: nil) }
            if let sharded {
                controller.split(into: sharded.electors.count)
                for (shard, elector) in sharded.electors.enumerated() {
                    controller.setFence({ elector.fencingToken }, takeover: { elector.takeoverVersion }, of: shard)
                }
            }
            health.addProgress("controller \(controller.name)") { try controller.checkProgress() }
            registry?.addCollector {
                controller.updateWorkMetrics()
                return []
            }
        }
        let needsLeadership = needsLeadership ?? (controller != nil)
        let group = state.withLockedValue { state in
            if needsLeadership { state.led.append(service) } else { state.services.append(service) }
            return state.group
        }
        guard let group else { return }
        if needsLeadership {
            let error = AddedTooLate(service: controller.map { "the controller \($0.name)" } ?? "\(type(of: service))")
            logger.critical("Ending the manager", metadata: ["cause": "\(error)"])
            start(Failing(error: error), in: group)
        } else {
            start(service, in: group)
        }
    }

    private func start(_ service: any ServiceLifecycle.Service, in group: ServiceGroup) {
        Task { await group.addServiceUnlessShutdown(.init(service: service, failureTerminationBehavior: .gracefullyShutdownGroup)) }
    }

    /// Whether this process works: it leads, or holds a shard, or there is no election.
    public var isLeader: Bool { sharded.map { !$0.held.isEmpty } ?? elector?.isLeader ?? true }

    /// The shards that this process holds; empty without shards.
    public var heldShards: Set<Int> { sharded?.held ?? [] }

    /// Returns when this process leads, or holds a shard.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilLeading() async throws {
        guard let sharded else { return try await elector?.waitUntilLeading() ?? () }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for elector in sharded.electors { group.addTask { try await elector.waitUntilLeading() } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The port of health and metrics; `nil` before it listens, or when there is none.
    public var healthPort: Int? { healthServer?.port }

    /// Returns the port of health and metrics once it listens; `nil` when there is none.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilHealthListens() async throws -> Int? { try await healthServer?.waitUntilListening() }

    /// Whether all caches are complete.
    public var hasSynced: Bool { state.withLockedValue { $0.informers.values.allSatisfy(\.hasSynced) } }

    /// Returns when all caches are complete that were asked for before.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilSynced() async throws {
        for informer in state.withLockedValue({ Array($0.informers.values) }) { try await informer.waitUntilSynced() }
    }

    /// Runs everything until the task is cancelled or the service group shuts down.
    ///
    /// Services start in order: health, events, informers, other services, and what needs leadership. They stop in the opposite order, each
    /// after the one before has ended; what has not ended within `shutdownBound` is cancelled. Nothing is restarted by the manager: informers,
    /// electors and reconciles recover by themselves, so what still fails is a mistake of the program or of its settings. Then the others
    /// are shut down in the same order and bound, and the error is thrown, for the process to end with it and be restarted from outside.
    ///
    /// - Throws: what one of the services throws; ``InvalidLeaderElection``; ``AddedTooLate``.
    public func run() async throws {
        try configuration.leaderElection?.validate()
        health.addReadiness("caches") { [weak self] in
            guard let self, self.hasSynced else { throw NotReady(what: "A cache is not complete yet") }
        }
        health.addLiveness("ping") {}
        health.addProgress("caches") { [weak self] in try self?.checkContact() }
        // What is added from here on is added to the group.
        let group = state.withLockedValue { state in
            let group = makeGroup(state)
            state.group = group
            return group
        }
        defer { state.withLockedValue { $0.group = nil } }
        do {
            try await group.run()
        } catch is CancellationError where Task.isCancelled || Task.isShuttingDownGracefully {
            return
        }
    }

    private func makeGroup(_ state: State) -> ServiceGroup {
        var ordered: [any ServiceLifecycle.Service] = []
        if let healthServer { ordered.append(healthServer) }
        ordered.append(events)
        ordered += state.order.compactMap { state.informers[$0] } as [any ServiceLifecycle.Service]
        ordered += state.services
        ordered.append(LedServices(services: state.led, elector: elector, sharded: sharded))
        var groupConfiguration = ServiceGroupConfiguration(
            services: ordered.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
            logger: logger
        )
        groupConfiguration.maximumGracefulShutdownDuration = configuration.shutdownBound
        return ServiceGroup(configuration: groupConfiguration)
    }

    /// How long a cache may have heard nothing of its server: a few times as long as bookmarks take.
    private static let contactLimit: Duration = .seconds(300)

    private func checkContact() throws {
        let silent = state.withLockedValue { Array($0.informers.values) }.filter { $0.contactAge > Self.contactLimit }
        guard silent.isEmpty else {
            throw NotReady(
                what: "No contact for \(Self.contactLimit): \(silent.map { "\($0.resourceType)" }.sorted().joined(separator: ", "))"
            )
        }
    }

    private struct NotReady: Error, CustomStringConvertible {
        var what: String
        var description: String { what }
    }
}

/// An informer of any kind.
protocol AnyInformer: ServiceLifecycle.Service {
    var resourceType: ResourceType { get }
    var hasSynced: Bool { get }
    var contactAge: Duration { get }
    func waitUntilSynced() async throws
    func updateMetrics()
}

extension Informer: AnyInformer {}
