import Foundation
import Testing

@testable import Simulation

extension SimulationSuite {
    @Suite("Replay")
    struct ReplayTests {
        @Test("A seed gives the same run again", arguments: [1, 7, 19] as [UInt64])
        func sameSeed(_ seed: UInt64) throws {
            // Sets and dictionaries of the standard library are in another order in each process, and each instance, otherwise.
            try #require(ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] != nil, "Set SWIFT_DETERMINISTIC_HASHING=1")
            let run = try #require(Campaign.seeds([seed]).first)
            let first = try run.outcome(expected: nil)
            let second = try run.outcome(expected: nil)
            #expect(first.digest == second.digest)
            #expect(first.latestWrites == second.latestWrites)
        }

        @Test("So it does with several instances", arguments: [5, 12] as [UInt64])
        func sameSeedOfSeveral(_ seed: UInt64) throws {
            try #require(ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] != nil, "Set SWIFT_DETERMINISTIC_HASHING=1")
            let scenario = try #require(Scenario.named("everything"))
            var setting = Setting()
            setting.instances = 2
            let digests = try (1...2).map { _ in try Run(scenario, plan: nil, seed: seed, setting: setting).outcome(expected: nil).digest }
            #expect(digests[0] == digests[1])
        }

        @Test("Another seed gives another run")
        func otherSeed() throws {
            let scenario = try #require(Scenario.named("tenant"))
            let digests = try (1...3).map { try Run(scenario, plan: nil, seed: $0).outcome(expected: nil).digest }
            #expect(Set(digests).count == 3)
        }

        @Test("Faults read back as they are written", arguments: FaultKind.allCases)
        func faultNames(_ kind: FaultKind) {
            let fault = kind.fault(at: 12)
            #expect(Fault(fault.description) == fault)
        }
    }
}
