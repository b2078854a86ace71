import Foundation
import Testing

@testable import Simulation

extension SimulationSuite {
    /// The operator under faults. `SEEDS` says how many random runs there are (2000), `SIMULATION_STRIDE` which points are enumerated (every
    /// so manieth). A failure is reported with the command that repeats it.
    @Suite("Under faults")
    struct CampaignTests {
        private static let environment = ProcessInfo.processInfo.environment
        private static let campaign = Campaign()

        @Test("Single faults at every point", arguments: FaultKind.allCases)
        func enumerated(_ kind: FaultKind) throws {
            let stride = Self.environment["SIMULATION_STRIDE"].flatMap(Int.init) ?? 12
            let report = try Self.campaign.run(Self.campaign.enumeration(kinds: [kind], stride: stride))
            print("\(kind.rawValue): \(report.description.prefix(4000))")
            #expect(report.runs >= Scenario.all.count)
            #expect(report.failures.map(\.description) == [])
        }

        @Test("Faults at random")
        func seeds() throws {
            let count = Self.environment["SEEDS"].flatMap(UInt64.init) ?? 2000
            let report = try Self.campaign.run(Campaign.seeds(1...count))
            print("seeds: \(report)")
            #expect(report.faults > Int(count) / 2)
            #expect(report.failures.map(\.description) == [])
        }
    }
}
