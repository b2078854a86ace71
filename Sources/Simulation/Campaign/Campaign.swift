import Dispatch
import NIOConcurrencyHelpers

/// Many runs, side by side on the processor's cores, each of them deterministic.
public struct Campaign: Sendable {
    /// What came of it.
    public struct Report: Sendable, CustomStringConvertible {
        /// How many runs there were.
        public var runs = 0
        /// Scenarios that took part.
        public var scenarios: Set<String> = []
        /// Faults that happened.
        public var faults = 0
        /// Reconciles that began.
        public var reconciles = 0
        /// The runs that went wrong, with the command that repeats each of them.
        public var failures: [Failure] = []

        /// The figures in one line, and the failures.
        public var description: String {
            let figures =
                "\(runs) runs of \(scenarios.count) scenarios, \(faults) faults, \(reconciles) reconciles, \(failures.count) violations"
            return ([figures] + failures.prefix(20).map(\.description)).joined(separator: "\n")
        }

        mutating func add(_ run: Run, _ outcome: Run.Outcome) {
            runs += 1
            scenarios.insert(run.scenario.name)
            faults += outcome.faults
            reconciles += outcome.reconciles
            if !outcome.violations.isEmpty {
                failures.append(Failure(command: run.command, violations: outcome.violations, latestWrites: outcome.latestWrites))
            }
        }
    }

    /// A run that went wrong.
    public struct Failure: Sendable, CustomStringConvertible {
        /// Repeats it.
        public var command: String
        /// What was wrong.
        public var violations: [String]
        /// The last writes of the operator.
        public var latestWrites: [String]

        /// The command and what was wrong.
        public var description: String { "\(command)\n" + violations.prefix(6).map { "    \($0)" }.joined(separator: "\n") }
    }

    private let references = References()

    /// Makes a campaign.
    public init() {}

    /// Runs everything and compares each run with the fault-free one of its scenario.
    ///
    /// - Parameter threads: how many at once. Default: two.
    /// - Throws: when there is no cluster to run on.
    public func run(_ runs: [Run], threads: Int = 2) throws -> Report {
        let report = NIOLockedValueBox(Report())
        let failed = NIOLockedValueBox<(any Error)?>(nil)
        let next = NIOLockedValueBox(0)
        let references = references
        for scenario in Set(runs.map(\.scenario.name)).sorted().compactMap(Scenario.named) { _ = try references.outcome(of: scenario) }
        DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
            while true {
                let index = next.withLockedValue {
                    $0 += 1; return $0 - 1
                }
                guard index < runs.count, failed.withLockedValue({ $0 }) == nil else { return }
                do {
                    let run = runs[index]
                    let expected = try references.outcome(of: run.scenario)
                    let outcome = try run.outcome(expected: expected.snapshot)
                    report.withLockedValue { $0.add(run, outcome) }
                } catch {
                    failed.withLockedValue { $0 = error }
                }
            }
        }
        if let error = failed.withLockedValue({ $0 }) { throw error }
        var result = report.withLockedValue { $0 }
        result.failures.sort { $0.command < $1.command }
        return result
    }

    /// Runs with single faults at every point where they can happen.
    ///
    /// - Parameters:
    ///   - scenarios: which scenarios.
    ///   - kinds: which kinds of faults.
    ///   - stride: only every so manieth point, for a quick look. Default: every one.
    ///   - offset: how many points are left out before the first. Default: none.
    /// - Throws: when there is no cluster to run on.
    public func enumeration(
        _ scenarios: [Scenario] = Scenario.all,
        kinds: [FaultKind] = FaultKind.allCases,
        stride: Int = 1,
        offset: Int = 0
    ) throws -> Enumeration {
        var enumeration = Enumeration(scenarios: scenarios.count, kinds: kinds.count)
        for scenario in scenarios {
            let reference = try references.outcome(of: scenario)
            enumeration.writes += reference.writes
            enumeration.events += reference.events
            for kind in kinds {
                for point in 1...max(1, kind.isOfWrites ? reference.writes : reference.events) {
                    // Counted over all scenarios and kinds, so that each has its turn.
                    enumeration.points += 1
                    guard (enumeration.points - 1) % max(1, stride) == offset % max(1, stride) else { continue }
                    var setting = Setting()
                    setting.instances = kind.instances
                    setting.rest = .seconds(900)
                    let plan = FaultPlan(faults: [kind.fault(at: point)])
                    enumeration.runs.append(Run(scenario, plan: plan, seed: UInt64(point), setting: setting))
                }
            }
        }
        return enumeration
    }

    /// Single faults, each in a run of its own.
    public struct Enumeration: Sendable, CustomStringConvertible {
        /// How many scenarios there are.
        public var scenarios: Int
        /// How many kinds of faults there are.
        public var kinds: Int
        /// The writes of all scenarios without faults.
        public var writes = 0
        /// The events of all scenarios without faults.
        public var events = 0
        /// The points where some fault can happen.
        public var points = 0
        /// The runs: for all points, or for some of them.
        public var runs: [Run] = []

        /// The figures in one line.
        public var description: String {
            "\(scenarios) paths with \(writes) writes and \(events) events, \(kinds) kinds of faults, \(runs.count) of \(points) fault points"
        }
    }

    /// Runs with faults at random, one for each seed; the seeds take turns with the scenarios.
    public static func seeds(_ seeds: some Sequence<UInt64>, scenarios: [Scenario] = Scenario.all) -> [Run] {
        seeds.map { seed in
            var setting = Setting()
            // Every tenth run is watched for a whole hour in the end; the others long enough for all timers but the longest backoff.
            if seed % 10 != 0 { setting.rest = .seconds(900) }
            // Every fourth has a standby, every sixteenth two.
            if (seed / 3) % 4 == 0 { setting.instances = (seed / 12) % 4 == 0 ? 3 : 2 }
            return Run(scenarios[Int(seed % UInt64(scenarios.count))], plan: nil, seed: seed, setting: setting)
        }
    }
}

extension Run {
    /// The command that repeats it.
    public var command: String {
        var parts = ["make simulate ARGS=\"--scenario \(scenario.name) --seed \(seed)"]
        if let plan { for fault in plan.faults { parts.append("--fault \(fault)") } }
        if plan == FaultPlan.none { parts.append("--no-faults") }
        if setting.instances > 1 { parts.append("--instances \(setting.instances)") }
        if let sabotage = setting.sabotage { parts.append("--sabotage \(sabotage.rawValue)") }
        return parts.joined(separator: " ") + "\""
    }
}
