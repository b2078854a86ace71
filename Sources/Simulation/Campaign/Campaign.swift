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
    /// - Throws: when there is no cluster to run on.
    public func enumeration(_ scenarios: [Scenario] = Scenario.all, kinds: [FaultKind] = FaultKind.allCases, stride: Int = 1) throws
        -> [Run]
    {
        try scenarios.flatMap { scenario -> [Run] in
            let reference = try references.outcome(of: scenario)
            return kinds.flatMap { kind -> [Run] in
                Swift.stride(from: 1, through: kind.isOfWrites ? reference.writes : reference.events, by: max(1, stride)).map { point in
                    var setting = Setting()
                    if kind == .depose { setting.instances = 2 }
                    return Run(scenario, plan: FaultPlan(faults: [kind.fault(at: point)]), seed: UInt64(point), setting: setting)
                }
            }
        }
    }

    /// Runs with faults at random, one for each seed; the seeds take turns with the scenarios.
    public static func seeds(_ seeds: some Sequence<UInt64>, scenarios: [Scenario] = Scenario.all) -> [Run] {
        seeds.map { seed in
            var setting = Setting()
            // Every tenth run is watched for a whole hour in the end; the others long enough for all timers but the longest backoff.
            if seed % 10 != 0 { setting.rest = .seconds(900) }
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
        return parts.joined(separator: " ") + "\""
    }
}

/// A kind of single fault that can be tried at every point.
public enum FaultKind: String, Sendable, Hashable, CaseIterable {
    /// Killed after a write.
    case crash
    /// Killed after a write; the next one begins with old lists.
    case crashStale = "crash-stale"
    /// Refused with 409.
    case conflict
    /// Refused with 429.
    case tooManyRequests = "too-many-requests"
    /// Refused with 500.
    case internalError = "internal-error"
    /// Refused with 503.
    case unavailable
    /// Not sent.
    case loseRequest = "lose-request"
    /// Done, but the answer is lost.
    case loseAnswer = "lose-answer"
    /// Done, but the answer takes too long.
    case hang
    /// Done, and answered late.
    case slow
    /// The watch breaks before an event.
    case cut
    /// An event is lost, and a list makes up for it.
    case forget
    /// An event is lost, and the list that follows is old.
    case forgetStale = "forget-stale"
    /// The watch is silent from an event on.
    case stall
    /// Of two instances the leader is deposed after a write.
    case depose

    /// Whether it happens to writes; else to events.
    public var isOfWrites: Bool {
        switch self {
        case .cut, .forget, .forgetStale, .stall: false
        default: true
        }
    }

    func fault(at point: Int) -> Fault {
        switch self {
        case .crash: .crash(write: point)
        case .crashStale: .crashStale(write: point, revisions: 1 + point % 24)
        case .conflict: .refuse(write: point, code: 409)
        case .tooManyRequests: .refuse(write: point, code: 429)
        case .internalError: .refuse(write: point, code: 500)
        case .unavailable: .refuse(write: point, code: 503)
        case .loseRequest: .loseRequest(write: point)
        case .loseAnswer: .loseAnswer(write: point)
        case .hang: .hang(write: point)
        case .slow: .slow(write: point)
        case .cut: .cut(event: point)
        case .forget: .forget(event: point)
        case .forgetStale: .forgetStale(event: point, revisions: 1 + point % 16)
        case .stall: .stall(event: point)
        case .depose: .depose(write: point)
        }
    }
}
