import CraneAPI
import KubernetesModel

/// What is to be done with a tenant.
public struct TenantVerdict: Sendable {
    /// Where the workload goes, if that is known.
    public var placement: TenantPlacement?
    /// Its policy, if that could be looked for.
    public var resolution: PolicyResolution?
    /// What keeps the workload from being started or changed.
    public var block: TenantBlock?
    /// The desired objects; `nil` when blocked.
    public var plan: TenantPlan?
    /// The network policy that closes a running workload while it is blocked.
    public var fence: NetworkingV1.NetworkPolicy?

    /// Decides on a tenant.
    public init(_ situation: TenantSituation) {
        let tenant = situation.tenant
        do throws(TenantBlock) {
            try TenantChecks.specification(tenant)
            let placement = try TenantPlacement.resolve(
                tenant,
                parent: situation.parent,
                allowedByDefault: situation.configuration.placingNamespaces
            )
            self.placement = placement
            let resolution = PolicyResolution.resolve(
                tenant,
                targetNamespace: placement.namespace,
                policies: situation.policies,
                defaultPolicy: situation.configuration.defaultPolicy
            )
            self.resolution = resolution
            try TenantChecks.namesakes(situation, placement)
            try TenantChecks.credentials(situation, placement)
            try TenantChecks.observation(situation.observation)
            let plan = TenantPlan(
                tenant: tenant,
                placement: placement,
                resolution: resolution,
                configuration: situation.configuration,
                hasNamePolicies: situation.hasNamePolicies,
                existingClaim: situation.observation.claim
            )
            guard resolution.permitsWorkload else {
                if situation.observation.deployment != nil { fence = plan.fence }
                throw TenantBlock(TenantReason(resolution.state), resolution.message, isStalled: true)
            }
            self.plan = plan
        } catch {
            block = error
        }
    }

    /// Namespace where a tenant's workload belongs, whether or not it can be there now.
    static func expectedNamespace(_ tenant: Tenant) -> String {
        if let name = tenant.spec.clusterTenantRef, !name.isEmpty { return BoundNamespace.name(clusterTenant: name) }
        return tenant.metadata.namespace ?? "default"
    }
}

extension TenantReason {
    /// The reason that belongs to an outcome of policy resolution.
    init(_ state: PolicyResolutionState) {
        switch state {
        case .resolved: self = .resolved
        case .noPolicy: self = .noPolicy
        case .policyNotFound: self = .policyNotFound
        case .policyConflict: self = .policyConflict
        case .defaultPolicyNotFound: self = .defaultPolicyNotFound
        }
    }
}
