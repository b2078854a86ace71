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

        /// What is cancelled while nothing runs wakes up in the next run, and not at its own pace on a thread of the process.
        @Test("A process killed between two runs makes no difference to the order")
        func killedBetweenRuns() throws {
            try #require(ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] != nil, "Set SWIFT_DETERMINISTIC_HASHING=1")
            var rates = FaultRates.none
            rates.latency = .milliseconds(400)
            func numbers(pause: Double) throws -> [UInt64] {
                let world = try World(setting: Setting(), seed: 3) { [rates] _ in FaultPlan(rates: rates) }
                try world.start()
                let user = User(client: try world.client(agent: "user", transport: world.transport(agent: "user")))
                for step in try #require(Scenario.named("tenant")).steps.prefix(1) {
                    world.scheduler.start { try? await step.act(user) }
                }
                var numbers: [UInt64] = []
                for _ in 0..<8 {
                    world.startOperators()
                    try world.scheduler.run(atMost: world.clock.elapsed + .milliseconds(1700))
                    world.stopOperators()
                    Thread.sleep(forTimeInterval: pause)  // wait: for threads that must have nothing to do
                    try world.scheduler.run(atMost: world.clock.elapsed + .seconds(1))
                    numbers += [world.random.bits(), world.ledger.digest]
                }
                try world.end()
                return numbers
            }
            let unhurried = try numbers(pause: 0.02)
            for _ in 0..<3 { #expect(try numbers(pause: 0) == unhurried) }
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
