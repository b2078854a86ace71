import Foundation
import Testing

@testable import Simulation

extension SimulationSuite {
    /// The operator under faults. `SEEDS` says how many random runs there are (160), `SIMULATION_STRIDE` which points are enumerated (every
    /// so manieth, 25), `SIMULATION_KINDS=all` that every kind of fault is. A failure is reported with the command that repeats it.
    @Suite("Under faults")
    struct CampaignTests {
        private static let environment = ProcessInfo.processInfo.environment
        private static let campaign = Campaign()
        /// What is tried with every change; `make simulate` and `SIMULATION_KINDS=all` try the rest.
        private static let kinds: [FaultKind] =
            environment["SIMULATION_KINDS"] == "all"
            ? FaultKind.allCases : [.crash, .crashStale, .conflict, .tooManyRequests, .internalError]

        @Test("Single faults at every point", arguments: kinds)
        func enumerated(_ kind: FaultKind) throws {
            let stride = Self.environment["SIMULATION_STRIDE"].flatMap(Int.init) ?? 25
            let report = try Self.campaign.run(Self.campaign.enumeration(kinds: [kind], stride: stride))
            print("\(kind.rawValue): \(report.description.prefix(4000))")
            #expect(report.runs >= Scenario.all.count)
            #expect(report.failures.map(\.description) == [])
        }

        @Test("Faults at random")
        func seeds() throws {
            let count = Self.environment["SEEDS"].flatMap(UInt64.init) ?? 160
            let report = try Self.campaign.run(Campaign.seeds(1...count))
            print("seeds: \(report)")
            #expect(report.faults > Int(count) / 2)
            #expect(report.failures.map(\.description) == [])
        }
    }
}
