import KubernetesModel
import LocalCluster
import NIOConcurrencyHelpers

/// One scenario under one plan of faults and one seed.
public struct Run: Sendable {
    /// What the user does.
    public var scenario: Scenario
    /// What goes wrong; `nil` for faults at rates that the seed chooses.
    public var plan: FaultPlan?
    /// Decides on everything that is left to chance.
    public var seed: UInt64
    /// What else differs.
    public var setting = Setting()

    /// Makes a run.
    public init(_ scenario: Scenario, plan: FaultPlan? = FaultPlan.none, seed: UInt64 = 0, setting: Setting = Setting()) {
        self.scenario = scenario
        self.plan = plan
        self.seed = seed
        self.setting = setting
    }

    /// How a run went.
    public struct Outcome: Sendable {
        /// What was wrong; empty when nothing was.
        public var violations: [String]
        /// Changes of state that the operator asked for.
        public var writes: Int
        /// Watch events that the operator was sent, or would have been.
        public var events: Int
        /// Faults that happened.
        public var faults: Int
        /// Reconciles that began.
        public var reconciles: Int
        /// Two runs that did the same in the same order at the same times have the same digest.
        public var digest: UInt64
        /// The state in the end.
        let snapshot: ClusterSnapshot
        /// The last writes of the operator, for whoever looks for the cause.
        public var latestWrites: [String]
    }

    /// Runs it on this thread. Nothing but the arguments decides how it goes.
    ///
    /// - Parameter expected: the state it has to end in; `nil` checks only the rules that need no comparison.
    /// - Throws: when there is no cluster to run on.
    func outcome(expected: ClusterSnapshot?) throws -> Outcome {
        let world = try World(setting: setting, seed: seed, hasNamePolicies: scenario.hasNamePolicies) { random in
            plan ?? FaultPlan(rates: .chosen(by: random))
        }
        do {
            try play(world)
            try converge(world)
            let judge = Judge(world: world, expected: expected)
            for finding in judge.findings() { world.ledger.violate(finding) }
            try rest(world)
            // What was right must stay right.
            for finding in judge.findings() { world.ledger.violate(finding) }
        } catch {
            world.ledger.violate("\(error)")
        }
        let counts = world.faults.counts
        let outcome = Outcome(
            violations: world.ledger.violations,
            writes: counts.writes,
            events: counts.events,
            faults: counts.injected,
            reconciles: world.ledger.reconciles,
            digest: world.ledger.digest,
            snapshot: ClusterSnapshot(world.cluster),
            latestWrites: world.ledger.latestWrites(60)
        )
        do { try world.end() } catch { return outcome }
        return outcome
    }

    private func play(_ world: World) throws {
        try world.start()
        let user = User(client: try world.client(agent: "user", transport: world.transport(agent: "user")))
        let rates = world.faults.rates
        for step in scenario.steps {
            if world.random.chance(rates.downtime) { world.stopOperators() } else { world.startOperators() }
            let result = NIOLockedValueBox<Result<Void, any Error>?>(nil)
            world.scheduler.start {
                do {
                    try await step.act(user)
                    result.withLockedValue { $0 = .success(()) }
                } catch {
                    result.withLockedValue { $0 = .failure(error) }
                }
            }
            try perform(world) { result.withLockedValue { $0 } != nil }
            if case .failure(let error) = result.withLockedValue({ $0 }) {
                world.ledger.violate("The step \"\(step.name)\" failed: \(error)")
            }
            if !world.isOperating, world.random.chance(0.5) { world.startOperators() }
            if world.random.chance(rates.haste) {
                try world.scheduler.run(atMost: world.clock.elapsed + world.random.duration(below: .seconds(2)))
            } else {
                try settle(world, quiet: setting.quiet, limit: .seconds(1800))
            }
        }
    }

    /// Runs until something is done; an operator that is down comes up, for the user may be waiting for it.
    private func perform(_ world: World, until isDone: @Sendable () -> Bool) throws {
        let limit = world.clock.elapsed + .seconds(2)
        if try world.scheduler.run(until: isDone, atMost: limit) { return }
        world.startOperators()
        if try !world.scheduler.run(until: isDone, atMost: limit + .seconds(7200)) {
            world.ledger.violate("A step of the user does not end")
        }
    }

    /// Runs until nobody has written for a while.
    private func settle(_ world: World, quiet: Duration, limit: Duration) throws {
        let end = world.clock.elapsed + limit
        var since = world.clock.elapsed
        while world.clock.elapsed < end {
            let calm = max(since, world.ledger.lastWrite) + quiet
            if calm <= world.clock.elapsed { return }
            try world.scheduler.run(atMost: min(calm, end))
            since = min(since, world.clock.elapsed)
        }
    }

    /// From here on nothing goes wrong. Watches that are silent have to be noticed, and what waits after failures has to come.
    private func converge(_ world: World) throws {
        world.faults.end()
        world.startOperators()
        try world.scheduler.run(atMost: world.clock.elapsed + setting.watchTimeout + .seconds(30))
        try settle(world, quiet: .seconds(130), limit: .seconds(7200))
    }

    /// At rest the operator writes nothing.
    private func rest(_ world: World) throws {
        let before = world.ledger.operatorWrites
        try world.scheduler.run(atMost: world.clock.elapsed + setting.rest)
        let count = world.ledger.operatorWrites - before
        if count > 0 {
            let latest = world.ledger.latestWrites(min(count, 3)).joined(separator: ", ")
            world.ledger.violate("\(count) writes at rest, the last of them: \(latest)")
        }
    }
}
