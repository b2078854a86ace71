import ArgumentParser
import Foundation
import Simulation

/// Runs the operator under simulated faults.
@main
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run the operator against an API server in one thread, under faults that a seed chooses.",
        discussion: """
            Without options it runs 2000 seeds. Each failure is printed with the command that repeats it.

            Examples:
              simulate --seeds 10000 --from 50000
              simulate --all-faults
              simulate --all-faults --kind freeze --stride 3 --offset 1
              simulate --scenario move --seed 4711
              simulate --scenario move --fault crash@12 --seed 12
              simulate --compressed-day
            """
    )

    @Option(help: "How many seeds to run. 2000, unless something else is asked for.") var seeds: Int?
    @Option(help: "The first seed.") var from: UInt64 = 1
    @Flag(help: "Try every kind of single fault at every write and every event.") var allFaults = false
    @Option(help: "With --all-faults: only every so manieth point.") var stride = 1
    @Option(help: "With --all-faults: how many points to leave out before the first.") var offset = 0
    @Option(help: "With --all-faults: only this kind of fault; may be repeated.") var kind: [String] = []
    @Option(help: "Only this scenario; may be repeated.") var scenario: [String] = []
    @Option(help: "Run one seed of one scenario.") var seed: UInt64?
    @Option(help: "With --seed: a single fault, such as crash@3; may be repeated. Without, faults are random.") var fault: [String] = []
    @Flag(help: "With --seed: no faults.") var noFaults = false
    @Option(help: "With --seed: how many instances of the operator.") var instances = 1
    @Flag(help: "Live a day in virtual time with two instances, and watch the memory.") var compressedDay = false
    @Option(help: "With --compressed-day: how many hours it has.") var hours = 24
    @Option(help: "Break the operator on purpose, to see that it is noticed: \(Sabotage.allCases.map(\.rawValue).joined(separator: ", ")).")
    var sabotage: String?
    @Option(help: "How many runs at once.") var threads = 2
    @Flag(help: "List the scenarios.") var list = false
    @Flag(help: "Print the operator's last writes of each failure.") var verbose = false

    func run() throws {
        if list {
            for scenario in Scenario.all { print("\(scenario.name): \(scenario.steps.map(\.name).joined(separator: "; "))") }
            return
        }
        try Self.repeatWithFixedHashes()
        if compressedDay { return try liveADay() }
        let campaign = Campaign()
        let scenarios = try chosenScenarios()
        var failed = false
        if let seed {
            failed = try report("seed \(seed)", campaign, single(seed, scenarios))
        } else {
            if allFaults {
                let enumeration = try campaign.enumeration(scenarios, kinds: try chosenKinds(), stride: stride, offset: offset)
                failed = try report("\(enumeration)", campaign, enumeration.runs)
            }
            if let seeds = seeds ?? (allFaults ? nil : 2000) {
                let range = from..<from + UInt64(max(0, seeds))
                failed = try report("seeds \(range)", campaign, Campaign.seeds(range, scenarios: scenarios)) || failed
            }
        }
        if failed { throw ExitCode.failure }
    }

    /// - Returns: whether something went wrong.
    private func report(_ title: String, _ campaign: Campaign, _ runs: [Run]) throws -> Bool {
        let start = ContinuousClock.now
        let report = try campaign.run(broken(runs), threads: threads)
        print("\(title):\n\(report)")
        if verbose { for failure in report.failures { print(failure.latestWrites.joined(separator: "\n")) } }
        print("took \(ContinuousClock.now - start)")
        fflush(nil)
        return !report.failures.isEmpty
    }

    private func broken(_ runs: [Run]) throws -> [Run] {
        guard let name = sabotage else { return runs }
        guard let sabotage = Sabotage(rawValue: name) else { throw ValidationError("There is no sabotage \(name)") }
        return runs.map { run in
            var run = run
            run.setting.sabotage = sabotage
            return run
        }
    }

    private func liveADay() throws {
        let start = ContinuousClock.now
        let report = try Day(seed: seed ?? 1, hours: hours).run {
            print($0)
            fflush(nil)
        }
        print("\(report)\ntook \(ContinuousClock.now - start)")
        for violation in report.violations { print("    \(violation)") }
        if !report.violations.isEmpty || report.slope > Day.bound { throw ExitCode.failure }
    }

    private func chosenScenarios() throws -> [Scenario] {
        guard !scenario.isEmpty else { return Scenario.all }
        return try scenario.map { name in
            guard let scenario = Scenario.named(name) else { throw ValidationError("There is no scenario \(name); see --list") }
            return scenario
        }
    }

    private func chosenKinds() throws -> [FaultKind] {
        guard !kind.isEmpty else { return FaultKind.allCases }
        return try kind.map { name in
            guard let kind = FaultKind(rawValue: name) else { throw ValidationError("There is no kind of fault \(name)") }
            return kind
        }
    }

    private func single(_ seed: UInt64, _ scenarios: [Scenario]) throws -> [Run] {
        let faults = try fault.map { text in
            guard let fault = Fault(text) else { throw ValidationError("There is no fault \(text)") }
            return fault
        }
        var setting = Setting()
        setting.instances = max(1, instances)
        return scenarios.map { Run($0, plan: faults.isEmpty && !noFaults ? nil : FaultPlan(faults: faults), seed: seed, setting: setting) }
    }

    /// Sets and dictionaries are in the same order in each process only when the runtime is told so before it starts.
    private static func repeatWithFixedHashes() throws {
        let name = "SWIFT_DETERMINISTIC_HASHING"
        guard ProcessInfo.processInfo.environment[name] == nil else { return }
        setenv(name, "1", 1)
        let arguments = CommandLine.arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        execv("/proc/self/exe", pointers)
        throw ValidationError("The program cannot start itself again with \(name)=1")
    }
}
