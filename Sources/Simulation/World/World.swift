import CraneAPI
import CraneOperator
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import NIOConcurrencyHelpers
import OperatorRuntime
import Projection
import WorkloadSimulator

/// Everything that takes part in one run: the cluster, the simulated workloads, a user, and the operator, on one thread and one clock.
final class World: Sendable {
    private struct State: Sendable {
        var operators: [OperatorInstance] = []
        var started = 0
        var isEnding = false
        var tasks: [Task<Void, Never>] = []
        /// Of everybody but the operator.
        var transports: [SimulatedTransport] = []
    }

    let clock = VirtualClock()
    let random: SharedRandom
    let scheduler: Scheduler
    let cluster: InProcessCluster
    let faults: FaultState
    let rows = MemoryRows()
    let ledger: Ledger
    let setting: Setting
    private let state = NIOLockedValueBox(State())

    init(setting: Setting, seed: UInt64, hasNamePolicies: Bool = false, plan: (SharedRandom) -> FaultPlan) throws {
        self.setting = setting
        random = SharedRandom(seed: seed)
        scheduler = Scheduler(clock: clock, random: random)
        let template = hasNamePolicies ? ClusterTemplate.withNamePolicies : ClusterTemplate.plain
        cluster = try template.get().copy(sources: ClusterTemplate.sources(clock: clock, prefix: 1), historyLimit: setting.historyLimit)
        faults = FaultState(plan: plan(random), random: random)
        let leader: @Sendable () -> String = { [cluster] in Self.leader(cluster) }
        let elects = setting.instances > 1 && setting.sabotage != .ignoresLeader
        ledger = Ledger(clock: clock, leader: elects ? leader : nil)
    }

    /// Says nothing, unless the environment asks for `SIMULATION_LOG=1`.
    static let quiet: Logger = {
        guard ProcessInfo.processInfo.environment["SIMULATION_LOG"] != nil else {
            return Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        }
        var logger = Logger(label: "simulation") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .debug
        return logger
    }()

    static func leader(_ cluster: InProcessCluster) -> String {
        cluster.objects("leases.coordination.k8s.io").first?[at: ["spec", "holderIdentity"]]?.stringValue ?? "nobody"
    }

    // MARK: - Life

    /// Starts everything but the operator.
    func start() throws {
        let observation = try cluster.observe()
        let simulator = WorkloadSimulator(
            client: try client(agent: "workload-simulator", transport: transport(agent: "workload-simulator")),
            logger: Self.quiet,
            time: clock.timeSource,
            random: { [random] in random.bits() }
        )
        let tasks = [
            scheduler.start { [cluster] in await cluster.runControllers() },
            scheduler.start { [ledger] in await ledger.follow(observation) },
            scheduler.start { [ledger] in
                do {
                    try await simulator.run()
                } catch {
                    if !(error is CancellationError) { ledger.violate("The workload simulator ended: \(error)") }
                }
            },
        ]
        state.withLockedValue { $0.tasks += tasks }
    }

    /// Ends everything and lets all tasks run out.
    func end() throws {
        state.withLockedValue { $0.isEnding = true }
        stopOperators()
        ExecutorHook.with(scheduler) {
            for task in state.withLockedValue({ $0.tasks }) { task.cancel() }
        }
        for transport in state.withLockedValue({ $0.transports }) { transport.kill() }
        // Whoever still sleeps keeps in memory what it holds.
        try scheduler.run(atMost: clock.elapsed + .seconds(86_400))
    }

    // MARK: - The operator

    /// Starts as many instances of the operator as the setting wants, unless they run.
    func startOperators(staleRevisions: Int = 0) {
        while state.withLockedValue({ !$0.isEnding && $0.operators.count < setting.instances }) {
            startOperator(staleRevisions: staleRevisions)
        }
    }

    /// Kills all instances of the operator.
    func stopOperators() { for one in state.withLockedValue({ $0.operators }) { kill(one.number) } }

    /// The instances that run.
    var instances: [OperatorInstance] { state.withLockedValue { $0.operators } }

    /// How many instances were started.
    var instancesStarted: Int { state.withLockedValue { $0.started } }

    /// Whether an instance of the operator runs.
    var isOperating: Bool { state.withLockedValue { !$0.operators.isEmpty } }

    private func startOperator(staleRevisions: Int) {
        let number = state.withLockedValue { state in
            state.started += 1
            return state.started
        }
        let agent = "opencrane-operator-\(number)"
        let process = ProcessClock(clock, standsStill: setting.sabotage == .ignoresFencing)
        let transport = SimulatedTransport(
            cluster: cluster,
            clock: clock,
            random: random,
            faults: faults,
            firstStale: staleRevisions,
            saboteur: setting.sabotage.map { Saboteur(sabotage: $0) },
            process: process,
            hooks: SimulatedTransport.Hooks(
                crash: { [weak self] in self?.crash(number, staleRevisions: $0) },
                depose: { [weak self] in self?.depose(number) },
                stop: { [weak self] in self?.stop(number) },
                froze: { [ledger] in ledger.died(number) },
                stores: { [ledger] in ledger.stores($0, instance: number) },
                wrote: { [ledger] in ledger.wrote($0, byOperator: true) }
            )
        )
        do {
            let instance = try OperatorInstance(
                number: number,
                world: self,
                transport: transport,
                client: client(agent: agent, transport: transport, time: process.timeSource),
                process: process,
                ended: { [weak self] in self?.ended(number) }
            )
            state.withLockedValue { $0.operators.append(instance) }
        } catch {
            ledger.violate("The operator cannot be made: \(error)")
        }
    }

    private func kill(_ number: Int) {
        let instance = state.withLockedValue { state -> OperatorInstance? in
            guard let index = state.operators.firstIndex(where: { $0.number == number }) else { return nil }
            return state.operators.remove(at: index)
        }
        // Also when nothing runs: what is cancelled wakes up, and must not do so on a thread of the process.
        if let instance { ExecutorHook.with(scheduler) { instance.kill() } }
        ledger.died(number)
    }

    func crash(_ number: Int, staleRevisions: Int) {
        kill(number)
        clock.schedule(after: random.duration(below: .seconds(4))) { [weak self] in self?.startOperators(staleRevisions: staleRevisions) }
    }

    /// Asks an instance to end, as Kubernetes does: after 30 s it is killed.
    func stop(_ number: Int) {
        instance(number)?.stop()
        clock.schedule(after: .seconds(30)) { [weak self] in
            guard let self, instance(number) != nil else { return }
            crash(number, staleRevisions: 0)
        }
    }

    /// An instance has ended in good order; another takes its place.
    private func ended(_ number: Int) {
        if instance(number) != nil { crash(number, staleRevisions: 0) }
    }

    private func instance(_ number: Int) -> OperatorInstance? {
        state.withLockedValue { $0.operators.first { $0.number == number } }
    }

    func depose(_ number: Int) {
        instance(number)?.transport.depose()
        // A partition ends; the former leader may become leader again.
        clock.schedule(after: .seconds(60)) { [weak self] in
            self?.instance(number)?.transport.restore()
        }
    }

    // MARK: - Clients

    /// A transport on which nothing goes wrong.
    func transport(agent: String) -> SimulatedTransport {
        let transport = SimulatedTransport(
            cluster: cluster,
            clock: clock,
            random: random,
            faults: nil,
            hooks: SimulatedTransport.Hooks(wrote: { [ledger] in ledger.wrote($0, byOperator: false) })
        )
        state.withLockedValue { $0.transports.append(transport) }
        return transport
    }

    func client(agent: String, transport: SimulatedTransport, time: TimeSource? = nil) throws -> KubernetesClient {
        var configuration = ClientConfiguration(server: "https://simulation", userAgent: agent)
        configuration.watchTimeout = setting.watchTimeout
        return try KubernetesClient(
            configuration: configuration,
            logger: Self.quiet,
            time: time ?? clock.timeSource,
            random: { [random] in random.fraction() },
            transport: transport
        )
    }
}

/// What does not go wrong but differs between runs.
public struct Setting: Sendable, Hashable {
    /// How many instances of the operator there are; with more than one they elect a leader.
    public var instances = 1
    /// After what time watches end.
    public var watchTimeout: Duration = .seconds(290)
    /// Time without a write after which the cluster counts as settled between steps.
    public var quiet: Duration = .seconds(15)
    /// How long everything is watched at rest in the end.
    public var rest: Duration = .seconds(3600)
    /// How many changes of each resource the API server keeps for watches.
    public var historyLimit = 10_000
    /// Breaks the operator on purpose, to show that the checks notice.
    public var sabotage: Sabotage?

    /// The defaults.
    public init() {}
}

/// Ways in which the operator is broken on purpose.
public enum Sabotage: String, Sendable, Hashable, CaseIterable {
    /// Its writes to Services are answered as if they had been done.
    case forgetsServices
    /// It leaves an object behind whose tenant does not exist.
    case leavesOrphans
    /// It writes a child of a tenant into another namespace too.
    case writesElsewhere
    /// It gives the encryption key a new value with each change of the Deployment.
    case replacesKeys
    /// It writes to its namespace again every ten minutes.
    case neverRests
    /// It tells the projection nothing of deletions.
    case forgetsRows
    /// It works without leading.
    case ignoresLeader
    /// It does not notice that its leadership ran out while it stood still: its clock stood still too.
    case ignoresFencing
    /// It looks only into its caches for what a deleted tenant left behind: the API server tells it of nothing.
    case trustsCache
}
