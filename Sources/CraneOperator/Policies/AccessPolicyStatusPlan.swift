import CraneAPI
import KubernetesModel

/// The status of an AccessPolicy: whether it is valid, and whether all of it can be enforced here.
public struct AccessPolicyStatusPlan: Sendable {
    /// The policy.
    public var policy: AccessPolicy
    /// What it comes to.
    public var compilation: EgressCompilation
    /// Number of tenants it holds for.
    public var matchedTenants: Int

    /// Makes a plan.
    public init(policy: AccessPolicy, compilation: EgressCompilation, matchedTenants: Int) {
        self.policy = policy
        self.compilation = compilation
        self.matchedTenants = matchedTenants
    }

    /// The status.
    ///
    /// A policy of which something cannot be enforced is `Ready`, because the rest holds and that stays closed; `Enforced` says so.
    ///
    /// - Parameter now: time of transitions.
    public func status(now: Timestamp) -> AccessPolicyStatus {
        let previous = policy.status
        var status = previous ?? AccessPolicyStatus()
        var conditions = previous?.conditions ?? []
        let problem = policy.problems().first.map { "\($0.field): \($0.message)" }
        let unenforced = compilation.unenforced
        func set(_ type: String, _ value: Bool, _ reason: String, _ message: String) {
            conditions.set(
                type,
                status: value ? .true : .false,
                reason: reason,
                message: message,
                observedGeneration: policy.metadata.generation,
                now: now
            )
        }
        let accepted = problem ?? "The policy is valid"
        set(ConditionType.ready, problem == nil, problem == nil ? ConditionReason.applied : ConditionReason.invalidSpec, accepted)
        set(
            ConditionType.enforced,
            problem == nil && unenforced.isEmpty,
            problem != nil
                ? ConditionReason.invalidSpec : unenforced.isEmpty ? ConditionReason.fullyEnforced : ConditionReason.partlyEnforced,
            problem ?? (unenforced.isEmpty ? "Every rule is enforced" : unenforced.joined(separator: "; "))
        )
        set(ConditionType.reconciling, false, problem == nil ? ConditionReason.applied : ConditionReason.invalidSpec, accepted)
        set(ConditionType.stalled, problem != nil, problem == nil ? ConditionReason.applied : ConditionReason.invalidSpec, accepted)
        status.conditions = conditions
        status.observedGeneration = policy.metadata.generation
        status.matchedTenants = matchedTenants
        status.message = problem ?? (unenforced.isEmpty ? accepted : "Not enforced: " + unenforced.joined(separator: "; "))
        let changed = conditions.map(\.status) != previous?.conditions?.map(\.status)
        status.lastReconciled = changed ? now.wholeSeconds : previous?.lastReconciled
        return status
    }
}
