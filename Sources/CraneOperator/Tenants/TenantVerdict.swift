import CraneAPI
import KubernetesModel

/// What is known when a tenant is decided on: resources as the informers see them.
public struct TenantSituation: Sendable {
    /// The tenant.
    public var tenant: Tenant
    /// The ClusterTenant it names, if that exists.
    public var parent: ClusterTenant?
    /// AccessPolicies of the tenant's and of the workload's namespace.
    public var policies: [AccessPolicy] = []
    /// Other Tenants of the same name, in other namespaces.
    public var namesakes: [Tenant] = []
    /// Its workload as it is now.
    public var observation = TenantObservation()
    /// The operator's settings.
    public var configuration: OperatorConfiguration
    /// Whether the cluster serves CiliumNetworkPolicy.
    public var hasNamePolicies = false

    /// Describes a situation with nothing but the tenant.
    public init(tenant: Tenant, configuration: OperatorConfiguration) {
        self.tenant = tenant
        self.configuration = configuration
    }
}

/// A tenant's workload as the informers see it, in the namespace where it belongs now.
public struct TenantObservation: Sendable {
    /// The Deployment.
    public var deployment: AppsV1.Deployment?
    /// Its pods.
    public var pods: [CoreV1.Pod] = []
    /// The claim of the state volume.
    public var claim: CoreV1.PersistentVolumeClaim?
    /// Whether the Secret with the encryption key is there.
    public var hasEncryptionKey = false
    /// Other namespaces that still hold objects of the tenant, sorted.
    public var formerNamespaces: [String] = []
    /// Whether objects of a deleted Tenant of the same name are still there.
    public var hasRemains = false

    /// Nothing is there.
    public init() {}
}

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
            try Self.checkSpecification(tenant)
            let placement = try TenantPlacement.resolve(tenant, parent: situation.parent)
            self.placement = placement
            let resolution = PolicyResolution.resolve(
                tenant, targetNamespace: placement.namespace, policies: situation.policies,
                defaultPolicy: situation.configuration.defaultPolicy)
            self.resolution = resolution
            try Self.checkNamesakes(tenant, placement, situation.namesakes)
            try Self.checkObservation(situation.observation)
            let plan = TenantPlan(
                tenant: tenant, placement: placement, resolution: resolution, configuration: situation.configuration,
                hasNamePolicies: situation.hasNamePolicies, existingClaim: situation.observation.claim)
            guard resolution.permitsWorkload else {
                if situation.observation.deployment != nil { fence = plan.fence }
                throw TenantBlock(TenantReason(resolution.state), resolution.message, isStalled: true)
            }
            self.plan = plan
        } catch {
            block = error
        }
    }

    private static func checkSpecification(_ tenant: Tenant) throws(TenantBlock) {
        let problems = tenant.problems()
        if let first = problems.first {
            throw TenantBlock(.invalidSpec, "\(first.field): \(first.message)", isStalled: true)
        }
        let platform = (tenant.spec.channels ?? []).compactMap(\.credentialsSecretName).first {
            $0.hasPrefix("openclaw-") || $0.hasPrefix("opencrane-")
        }
        if let platform {
            throw TenantBlock(
                .invalidSpec, "spec.channels: credentialsSecretName \(platform) belongs to the platform and cannot be handed to a tenant",
                isStalled: true)
        }
        if tenant.spec.runtimeType == .virtualMachine {
            throw TenantBlock(
                .runtimeNotSupported, "runtime.type VirtualMachine is not supported by this operator; use Pod", isStalled: true)
        }
    }

    /// Objects are named after the tenant alone, so one namespace holds one tenant of a name: the one that is there, else the oldest.
    private static func checkNamesakes(
        _ tenant: Tenant, _ placement: TenantPlacement, _ namesakes: [Tenant]
    ) throws(TenantBlock) {
        func rank(_ candidate: Tenant) -> (Int, Timestamp, ObjectKey) {
            (
                candidate.status?.targetNamespace == placement.namespace ? 0 : 1,
                candidate.metadata.creationTimestamp ?? Timestamp(microseconds: 0), candidate.key
            )
        }
        let rivals = namesakes.filter { $0.key != tenant.key && expectedNamespace($0) == placement.namespace }
        guard let rival = rivals.min(by: { rank($0) < rank($1) }), rank(rival) < rank(tenant) else { return }
        throw TenantBlock(
            .nameTaken, "Tenant \(rival.key) already has its workload in namespace \(placement.namespace) under this name", isStalled: true)
    }

    private static func checkObservation(_ observation: TenantObservation) throws(TenantBlock) {
        if observation.hasRemains {
            throw TenantBlock(.moving, "Objects of a deleted Tenant of this name are still ending", isStalled: false)
        }
        if !observation.formerNamespaces.isEmpty {
            throw TenantBlock(
                .moving, "The former workload in \(observation.formerNamespaces.joined(separator: ", ")) is ending", isStalled: false)
        }
        if observation.claim != nil, !observation.hasEncryptionKey {
            throw TenantBlock(
                .encryptionKeyMissing,
                "The Secret with the encryption key is gone but the state volume is not: restore the Secret, or delete the claim to start anew",
                isStalled: true)
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
