import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers

/// A day of two instances of the operator in virtual time: tenants come, change and go, the leader changes all the time, watches end, and
/// lists are forgotten. It shows that memory does not grow.
public struct Day: Sendable {
    /// How it went.
    public struct Report: Sendable, CustomStringConvertible {
        /// Resident memory of the process at the end of each hour.
        public var memory = MemoryCurve()
        /// Watches that the operators began.
        public var watches = 0
        /// Lists that the operators asked for.
        public var lists = 0
        /// How often the Lease changed hands.
        public var leaderChanges: Int64 = 0
        /// Instances of the operator that were started.
        public var instances = 0
        /// Reconciles that began.
        public var reconciles = 0
        /// Writes of the operators.
        public var writes = 0
        /// Tenants that were made.
        public var tenants = 0
        /// What was wrong.
        public var violations: [String] = []
        /// KiB an hour, after the first hours.
        public var slope: Double { memory.slope(afterWarmUp: Day.warmUp) }

        /// The figures.
        public var description: String {
            let slope = (self.slope * 10).rounded() / 10
            return """
                \(memory.readings.count) hours: \(watches) watches, \(lists) lists, \(leaderChanges) changes of the leader, \
                \(instances) instances, \(reconciles) reconciles, \(writes) writes, \(tenants) tenants made, \(violations.count) violations
                resident memory by the hour, KiB: \(memory.readings.map(String.init).joined(separator: " "))
                slope after hour \(Day.warmUp): \(slope) KiB an hour (bound: \(Day.bound))
                """
        }
    }

    /// Hours that do not count, while caches fill.
    public static let warmUp = 4
    /// The slope that is allowed, in KiB an hour.
    public static let bound = 256.0

    private static let names = (0..<32).map { "tenant-\($0)" }
    private static let customers = ["corp", "acme", "initech"]

    /// Decides on everything that is left to chance.
    public var seed: UInt64
    /// How many hours it has.
    public var hours: Int

    /// Makes a day.
    public init(seed: UInt64 = 1, hours: Int = 24) {
        self.seed = seed
        self.hours = hours
    }

    /// Lives it.
    ///
    /// - Parameter progress: is told after each hour.
    /// - Throws: when there is no cluster to run on.
    public func run(progress: (String) -> Void = { _ in }) throws -> Report {
        var setting = Setting()
        setting.instances = 2
        setting.watchTimeout = .seconds(120)
        // The API server's history is in the same process; it must be full before the hours that count.
        setting.historyLimit = 100
        let rates = FaultRates(
            refusal: 0.01,
            loss: 0.005,
            unreadable: 0.01,
            watch: 0.01,
            latency: .milliseconds(50),
            lag: .milliseconds(200)
        )
        let world = try World(setting: setting, seed: seed) { _ in FaultPlan(rates: rates) }
        var report = Report()
        try world.start()
        world.startOperators()
        let user = User(client: try world.client(agent: "user", transport: world.transport(agent: "user")))
        world.scheduler.start { await Self.begin(user) }
        for minute in 0..<(hours * 60) {
            try live(world, user, minute, &report)
            guard minute % 60 == 59 else { continue }
            report.memory.read()
            progress("hour \(minute / 60 + 1): \(report.memory.readings.last ?? 0) KiB")
        }
        world.faults.end()
        world.startOperators()
        try world.scheduler.run(atMost: world.clock.elapsed + .seconds(600))
        for finding in Judge(world: world, expected: nil).findings() { world.ledger.violate(finding) }
        let counts = world.faults.requests
        report.watches = counts.watches
        report.lists = counts.lists
        report.leaderChanges = world.leaderChanges
        report.instances = world.instancesStarted
        report.reconciles = world.ledger.reconciles
        report.writes = world.ledger.operatorWrites
        report.violations = world.ledger.violations
        try world.end()
        return report
    }

    private func live(_ world: World, _ user: User, _ minute: Int, _ report: inout Report) throws {
        let name = Self.names[world.random.below(Self.names.count)]
        let customer = Self.customers[world.random.below(Self.customers.count)]
        let deed = minute % 4
        if deed == 0 { report.tenants += 1 }
        world.scheduler.start { await Self.act(user, deed, name, customer) }
        try world.scheduler.run(atMost: world.clock.elapsed + .seconds(20))
        world.changeLeader(minute)
        world.forgetLists(2)
        try world.scheduler.run(atMost: world.clock.elapsed + .seconds(40))
    }

    private static func begin(_ user: User) async {
        for customer in customers { try? await user.createCustomer(customer) }
        // All that there will ever be, so that the number of objects stays the same from here on.
        for (number, name) in names.enumerated() {
            try? await user.createTenant(name) { $0.clusterTenantRef = customers[number % customers.count] }
        }
        try? await user.createPolicy("research") {
            $0.tenantSelector = TenantSelector(matchTeam: "research")
            $0.egressRules = [EgressRule(cidr: "203.0.113.0/24")]
        }
    }

    /// What a user does in a minute. That something is not there, or still there, is none of this day's business.
    private static func act(_ user: User, _ deed: Int, _ name: String, _ customer: String) async {
        switch deed {
        case 0:
            try? await user.deleteTenant(name)
            try? await user.untilGone(name)
            try? await user.createTenant(name) {
                $0.clusterTenantRef = customer
                $0.team = "research"
            }
        case 1: try? await user.changeTenant(name, ["openclawVersion": .string("1.0.\(name.count)")])
        case 2: try? await user.changeTenant(name, ["suspended": true])
        default: try? await user.changeTenant(name, ["suspended": false, "team": "sales"])
        }
        // The API server of Kubernetes forgets events after an hour.
        try? await user.deleteEvents()
    }
}
