import NIOConcurrencyHelpers

/// The states in which scenarios end when nothing goes wrong, each computed once.
final class References: Sendable {
    private let known = NIOLockedValueBox<[String: Run.Outcome]>([:])

    /// The fault-free run of a scenario.
    func outcome(of scenario: Scenario, setting: Setting = Setting()) throws -> Run.Outcome {
        if let outcome = known.withLockedValue({ $0[scenario.name] }) { return outcome }
        var setting = setting
        setting.sabotage = nil
        setting.instances = 1
        let outcome = try Run(scenario, plan: FaultPlan.none, seed: 0, setting: setting).outcome(expected: nil)
        known.withLockedValue { $0[scenario.name] = outcome }
        return outcome
    }
}
