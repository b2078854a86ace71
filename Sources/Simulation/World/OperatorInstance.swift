import CraneOperator
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import OperatorRuntime
import Projection
import ServiceLifecycle

/// One process of the operator.
final class OperatorInstance: Sendable {
    let number: Int
    let transport: SimulatedTransport
    let process: ProcessClock
    private let task: Task<Void, Never>
    private let group: ServiceGroup
    private let scheduler: Scheduler
    private let isAlive: NIOLockedValueBox<Bool>
    private let isAsked = NIOLockedValueBox(false)

    /// - Parameters:
    ///   - process: its clock.
    ///   - ended: it has ended because it was asked to, or gave up while nothing answered.
    init(
        number: Int,
        world: World,
        transport: SimulatedTransport,
        client: KubernetesClient,
        process: ProcessClock,
        ended: @escaping @Sendable () -> Void
    ) throws {
        self.number = number
        self.transport = transport
        self.process = process
        scheduler = world.scheduler
        let isAlive = NIOLockedValueBox(true)
        self.isAlive = isAlive
        let projector = MemoryProjector(rows: world.rows)
        let write: @Sendable () -> Void = { [clock = world.clock, random = world.random, faults = world.faults] in
            Self.writeRows(projector, isAlive, clock, random, faults)
        }
        let forgetsRows = world.setting.sabotage == .forgetsRows
        let crane = CraneOperator(
            configuration: Self.configuration(number, world.setting),
            client: client,
            logger: World.quiet,
            time: process.timeSource,
            randomBytes: { [random = world.random] count in (0..<count).map { _ in UInt8(truncatingIfNeeded: random.bits()) } },
            random: { [random = world.random] in random.fraction() },
            companion: CraneOperator.feeding(logger: World.quiet) { event in
                if forgetsRows, case .delete = event { return }
                projector.apply(event)
                write()
            }
        )
        if world.setting.sabotage == .neverRests { Self.disturb(client, world.scheduler, isAlive) }
        let ledger = world.ledger
        let faults = world.faults
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [crane], logger: World.quiet))
        self.group = group
        task = world.scheduler.start { [isAsked] in
            let ending = await ReconcileObservation.$observer.withValue(
                .init { ledger.reconciles($0, instance: number, isFrozen: process.isFrozen) }
            ) { () -> (any Error)? in
                do {
                    try await group.run()
                    return nil
                } catch {
                    return error
                }
            }
            guard isAlive.withLockedValue({ $0 }) else { return }
            // While requests fail, caches can stay incomplete for too long: the process gives up, and Kubernetes starts it again.
            let gaveUp = ending is TimeLimitExceeded && !faults.isOver
            if gaveUp || isAsked.withLockedValue({ $0 }) {
                ended()
            } else {
                ledger.violate("Instance \(number) of the operator ended by itself: \(ending.map { "\($0)" } ?? "without an error")")
            }
        }
    }

    /// Kills it: nothing it does has an effect any more.
    func kill() {
        isAlive.withLockedValue { $0 = false }
        transport.kill()
        task.cancel()
    }

    /// Asks it to end in good order.
    func stop() {
        isAsked.withLockedValue { $0 = true }
        scheduler.start { [group] in await group.triggerGracefulShutdown() }
    }

    /// What it calls itself in the Lease.
    static func identity(_ number: Int) -> String { "operator-\(number)" }

    private static func configuration(_ number: Int, _ setting: Setting) -> OperatorConfiguration {
        var configuration = OperatorConfiguration(defaultImage: "registry.test/openclaw:1.2.3", ingressDomain: "crane.test")
        configuration.tenantNamespaces = ["team-a", "team-b"]
        configuration.process.leaderElection = setting.instances > 1 && setting.sabotage != .ignoresLeader
        configuration.process.identity = identity(number)
        configuration.process.healthPort = nil
        configuration.process.workers = 4
        return configuration
    }

    /// Writes every ten minutes although nothing has changed.
    private static func disturb(_ client: KubernetesClient, _ scheduler: Scheduler, _ isAlive: NIOLockedValueBox<Bool>) {
        scheduler.clock.schedule(after: .seconds(600)) { [weak scheduler] in
            guard let scheduler, isAlive.withLockedValue({ $0 }) else { return }
            scheduler.start {
                _ = try? await client.resource(CoreV1.Namespace.self).mergePatch("team-a", ["metadata": ["annotations": ["noise": "1"]]])
            }
            disturb(client, scheduler, isAlive)
        }
    }

    /// Writes what waits a little later; now and then the database is away, or its answer is lost.
    private static func writeRows(
        _ projector: MemoryProjector,
        _ isAlive: NIOLockedValueBox<Bool>,
        _ clock: VirtualClock,
        _ random: SharedRandom,
        _ faults: FaultState
    ) {
        clock.schedule(after: random.duration(below: .milliseconds(200))) {
            guard isAlive.withLockedValue({ $0 }), projector.count > 0 else { return }
            let rate = faults.rates.loss
            if random.chance(rate) {
                clock.schedule(after: random.duration(below: .seconds(10))) { writeRows(projector, isAlive, clock, random, faults) }
                return
            }
            projector.write(isLost: random.chance(rate))
            if projector.count > 0 { writeRows(projector, isAlive, clock, random, faults) }
        }
    }
}
