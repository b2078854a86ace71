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
              simulate --enumerate
              simulate --scenario move --seed 4711
              simulate --scenario move --fault crash@12 --seed 12
            """
    )

    @Option(help: "How many seeds to run.") var seeds = 2000
    @Option(help: "The first seed.") var from: UInt64 = 1
    @Flag(help: "Try every kind of single fault at every write and every event.") var enumerate = false
    @Option(help: "With --enumerate: only every so manieth point.") var stride = 1
    @Option(help: "With --enumerate: only this kind of fault; may be repeated.") var kind: [String] = []
    @Option(help: "Only this scenario; may be repeated.") var scenario: [String] = []
    @Option(help: "Run one seed of one scenario.") var seed: UInt64?
    @Option(help: "With --seed: a single fault, such as crash@3; may be repeated. Without, faults are random.") var fault: [String] = []
    @Flag(help: "With --seed: no faults.") var noFaults = false
    @Option(help: "With --seed: how many instances of the operator.") var instances = 1
    @Option(help: "How many runs at once.") var threads = 2
    @Flag(help: "List the scenarios.") var list = false
    @Flag(help: "Print the operator's last writes of each failure.") var verbose = false

    func run() throws {
        if list {
            for scenario in Scenario.all { print("\(scenario.name): \(scenario.steps.map(\.name).joined(separator: "; "))") }
            return
        }
        try Self.repeatWithFixedHashes()
        let campaign = Campaign()
        let start = ContinuousClock.now
        let runs = try runs(campaign)
        let report = try campaign.run(runs, threads: threads)
        print(report)
        if verbose { for failure in report.failures { print(failure.latestWrites.joined(separator: "\n")) } }
        print("took \(ContinuousClock.now - start)")
        if !report.failures.isEmpty { throw ExitCode.failure }
    }

    private func runs(_ campaign: Campaign) throws -> [Run] {
        let scenarios =
            try scenario.isEmpty
            ? Scenario.all
            : scenario.map { name in
                guard let scenario = Scenario.named(name) else { throw ValidationError("There is no scenario \(name); see --list") }
                return scenario
            }
        if enumerate {
            let kinds =
                try kind.isEmpty
                ? FaultKind.allCases
                : kind.map { name in
                    guard let kind = FaultKind(rawValue: name) else { throw ValidationError("There is no kind of fault \(name)") }
                    return kind
                }
            return try campaign.enumeration(scenarios, kinds: kinds, stride: stride)
        }
        guard let seed else { return Campaign.seeds(from..<from + UInt64(max(0, seeds)), scenarios: scenarios) }
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
