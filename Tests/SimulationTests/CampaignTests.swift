import Testing

@testable import Simulation

extension SimulationSuite {
    /// A quick look at the operator under faults; `make test-simulation` is the real one. A failure is reported with the command that
    /// repeats it.
    @Suite("Under faults")
    struct CampaignTests {
        private static let campaign = Campaign()

        @Test("Single faults at some points")
        func enumerated() throws {
            let enumeration = try Self.campaign.enumeration(stride: 199)
            let report = try Self.campaign.run(enumeration.runs)
            print("\(enumeration): \(report.description.prefix(4000))")
            #expect(enumeration.points > enumeration.kinds * enumeration.scenarios * 10)
            #expect(enumeration.runs.count == (enumeration.points + 198) / 199)
            #expect(report.faults > report.runs / 2)
            #expect(report.failures.map(\.description) == [])
        }

        @Test("The shares of an enumeration are the whole of it")
        func shares() throws {
            let scenarios = try [#require(Scenario.named("tenant"))]
            let commands = try (0..<3).map { try Self.campaign.enumeration(scenarios, stride: 3, offset: $0).runs.map(\.command) }
            let whole = try Self.campaign.enumeration(scenarios).runs.map(\.command)
            #expect(commands.joined().sorted() == whole.sorted())
            #expect(commands.allSatisfy { !$0.isEmpty })
        }

        @Test("Faults at random")
        func seeds() throws {
            let report = try Self.campaign.run(Campaign.seeds(1...48))
            print("seeds: \(report)")
            #expect(report.faults > report.runs / 2)
            #expect(report.failures.map(\.description) == [])
        }

        @Test("Some random runs have a standby, and some two")
        func instances() {
            let instances = Campaign.seeds(1...160).map(\.setting.instances)
            #expect(Set(instances) == [1, 2, 3])
            #expect(instances.count { $0 > 1 } >= 30)
        }
    }
}
