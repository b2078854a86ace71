import Testing

@testable import Simulation

extension SimulationSuite {
    @Suite("Without faults")
    struct SmokeTests {
        @Test("Every scenario ends well when nothing goes wrong", arguments: Scenario.all.map(\.name))
        func faultFree(_ name: String) throws {
            let scenario = try #require(Scenario.named(name))
            let clock = ContinuousClock()
            let start = clock.now
            let outcome = try Run(scenario).outcome(expected: nil)
            print(name, outcome.writes, outcome.events, outcome.reconciles, clock.now - start)
            #expect(outcome.violations == [])
        }
    }
}
