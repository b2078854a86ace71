import Testing

@testable import Simulation

extension SimulationSuite {
    /// The checks of a run must be able to fail: each of these operators is broken in one way.
    @Suite("The checks notice a broken operator")
    struct SabotageTests {
        private func violations(_ sabotage: Sabotage?, _ name: String, instances: Int = 1, plan: FaultPlan = .none) throws -> [String] {
            let scenario = try #require(Scenario.named(name))
            let expected = try Run(scenario).outcome(expected: nil).snapshot
            var setting = Setting()
            setting.sabotage = sabotage
            setting.instances = instances
            return try Run(scenario, plan: plan, seed: 1, setting: setting).outcome(expected: expected).violations
        }

        @Test("A child that is not written")
        func forgetsServices() throws {
            #expect(try violations(.forgetsServices, "tenant").contains { $0.contains("services team-a/openclaw-mia is missing") })
        }

        @Test("An object without its tenant")
        func leavesOrphans() throws {
            #expect(try violations(.leavesOrphans, "tenant-of-customer").contains { $0.contains("is an orphan") })
        }

        @Test("An object in a foreign namespace")
        func writesElsewhere() throws {
            #expect(try violations(.writesElsewhere, "tenant").contains { $0.contains("never belonged") })
        }

        @Test("An encryption key that changes")
        func replacesKeys() throws {
            #expect(try violations(.replacesKeys, "tenant").contains { $0.contains("encryption key") })
        }

        @Test("Writes at rest")
        func neverRests() throws {
            #expect(try violations(.neverRests, "tenant").contains { $0.contains("writes at rest") })
        }

        @Test("Rows that outlive their objects")
        func forgetsRows() throws {
            #expect(try violations(.forgetsRows, "delete-tenants").contains { $0.contains("The projection still has") })
        }

        @Test("A leader that does not know that its time ran out while it stood still")
        func ignoresFencing() throws {
            let plans = (1...12).map { FaultPlan.single(.freeze(write: $0)) }
            let found = try plans.flatMap { try violations(.ignoresFencing, "everything", instances: 2, plan: $0) }
            #expect(found.contains { $0.contains("while the Lease names operator-") })
        }

        @Test("A sound leader knows", arguments: [2, 6, 11])
        func fences(write: Int) throws {
            #expect(try violations(nil, "everything", instances: 2, plan: .single(.freeze(write: write))) == [])
        }

        @Test("Two instances that work at once")
        func ignoresLeader() throws {
            #expect(try violations(.ignoresLeader, "everything", instances: 2).contains { $0.contains("at once") })
        }
    }
}
