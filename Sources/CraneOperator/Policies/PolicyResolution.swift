import CraneAPI
import KubernetesModel

/// Which AccessPolicy holds for a tenant, and why.
public struct PolicyResolution: Sendable, Hashable {
    /// One of the five outcomes.
    public var state: PolicyResolutionState
    /// How the policy was found, or looked for.
    public var source: PolicyResolutionSource
    /// The policy; `nil` unless the state is `Resolved`.
    public var policy: AccessPolicy?
    /// Stable sentence for people.
    public var message: String

    /// Whether a workload may be started: a missing or ambiguous policy stops it.
    public var permitsWorkload: Bool { state == .resolved || state == .noPolicy }

    /// Finds the policy of a tenant: the one it names, else the only one whose selector matches, else the operator's default, else none.
    ///
    /// - Parameters:
    ///   - tenant: the tenant.
    ///   - targetNamespace: namespace of its workload. A policy there goes before one of the same name next to the Tenant.
    ///   - policies: all known policies; those of other namespaces and those being deleted are left out of account.
    ///   - defaultPolicy: name of the operator's default policy.
    public static func resolve(
        _ tenant: Tenant,
        targetNamespace: String,
        policies: [AccessPolicy],
        defaultPolicy: String?
    ) -> PolicyResolution {
        let home = tenant.metadata.namespace ?? "default"
        let candidates = policies.filter {
            !$0.metadata.isBeingDeleted && ($0.metadata.namespace == targetNamespace || $0.metadata.namespace == home)
        }
        func named(_ name: String) -> AccessPolicy? {
            let found = candidates.filter { $0.metadata.name == name }
            return found.first { $0.metadata.namespace == targetNamespace } ?? found.first
        }
        if let name = tenant.spec.policyRef, !name.isEmpty {
            guard let policy = named(name) else {
                return .init(
                    state: .policyNotFound,
                    source: .policyRef,
                    message: "AccessPolicy \(name) named by spec.policyRef does not exist"
                )
            }
            return .init(state: .resolved, source: .policyRef, policy: policy, message: "AccessPolicy \(name) is named by spec.policyRef")
        }
        let labels = selectable(tenant)
        let matching = candidates.filter { $0.spec.tenantSelector?.selects(labels, team: tenant.spec.team) ?? false }
        if matching.count > 1 {
            let names = matching.map { name(of: $0, seenFrom: targetNamespace) }.sorted().joined(separator: ", ")
            return .init(state: .policyConflict, source: .selector, message: "More than one AccessPolicy selects this tenant: \(names)")
        }
        if let policy = matching.first {
            return .init(
                state: .resolved,
                source: .selector,
                policy: policy,
                message: "AccessPolicy \(policy.metadata.name) selects this tenant"
            )
        }
        if let name = defaultPolicy {
            guard let policy = named(name) else {
                return .init(state: .defaultPolicyNotFound, source: .default, message: "The default AccessPolicy \(name) does not exist")
            }
            return .init(state: .resolved, source: .default, policy: policy, message: "AccessPolicy \(name) is the default")
        }
        return .init(state: .noPolicy, source: .none, message: "No AccessPolicy selects this tenant: only the platform can be reached")
    }

    /// Labels a selector sees: those of the Tenant, with the tenant's name and team, which nobody can set by hand.
    static func selectable(_ tenant: Tenant) -> [String: String] {
        var labels = tenant.metadata.labels
        labels[CraneLabels.tenant] = tenant.metadata.name
        labels[CraneLabels.team] = tenant.spec.team
        return labels
    }

    private static func name(of policy: AccessPolicy, seenFrom namespace: String) -> String {
        policy.metadata.namespace == namespace ? policy.metadata.name : policy.key.description
    }
}

extension TenantSelector {
    /// Whether the selector matches. One with neither labels nor a team matches nobody.
    func selects(_ labels: [String: String], team wanted: String?) -> Bool {
        let required = matchLabels ?? [:]
        guard !required.isEmpty || matchTeam != nil else { return false }
        return (matchTeam == nil || matchTeam == wanted) && required.allSatisfy { labels[$0.key] == $0.value }
    }
}
