import CraneAPI
import KubernetesModel

/// The namespace of a customer and what fences it: Pod Security, quota, default limits and a network policy that closes everything.
public struct ClusterTenantPlan: Sendable {
    /// The customer.
    public var clusterTenant: ClusterTenant

    /// Makes a plan.
    public init(_ clusterTenant: ClusterTenant) { self.clusterTenant = clusterTenant }

    /// Name of the namespace.
    public var namespaceName: String { BoundNamespace.name(clusterTenant: clusterTenant.metadata.name) }

    /// Labels of everything that belongs to the customer.
    public var labels: [String: String] { CraneLabels.clusterTenantObject(clusterTenant.metadata.name) }

    /// Why the customer cannot be provisioned; `nil` when it can.
    public var block: ClusterTenantBlock? {
        if let problem = clusterTenant.problems().first {
            return ClusterTenantBlock(.invalidSpec, "\(problem.field): \(problem.message)")
        }
        switch clusterTenant.spec.isolationTier {
        case .shared: return nil
        case .dedicatedNodes:
            let compute = clusterTenant.spec.compute
            if compute?.mode == .dedicated, compute?.nodePool?.isEmpty == false { return nil }
            return ClusterTenantBlock(
                .nodePoolMissing,
                "isolationTier dedicatedNodes needs compute.mode dedicated and compute.nodePool"
            )
        case .dedicatedCluster:
            return ClusterTenantBlock(
                .isolationTierNotSupported,
                "isolationTier dedicatedCluster is not supported by this operator; use shared or dedicatedNodes"
            )
        }
    }

    /// The namespace, with the strictest Pod Security level.
    public var namespace: CoreV1.Namespace {
        var labels = labels
        for mode in ["enforce", "warn", "audit"] {
            labels["pod-security.kubernetes.io/\(mode)"] = "restricted"
            labels["pod-security.kubernetes.io/\(mode)-version"] = "latest"
        }
        let annotations = clusterTenant.metadata.uid.map { [CraneAnnotations.clusterTenantUID: $0] } ?? [:]
        return CoreV1.Namespace(metadata: ObjectMeta(name: namespaceName, labels: labels, annotations: annotations))
    }

    /// Whether a namespace is the customer's own.
    func owns(_ namespace: CoreV1.Namespace) -> Bool {
        if let recorded = namespace.metadata.annotations[CraneAnnotations.clusterTenantUID] {
            return recorded == clusterTenant.metadata.uid
        }
        return namespace.metadata.labels[CraneLabels.clusterTenant] == clusterTenant.metadata.name
    }

    /// Whether a namespace was made for an earlier ClusterTenant of the same name. It may hold what was that one's, so it is not taken over.
    func isRemains(_ namespace: CoreV1.Namespace) -> Bool {
        guard let recorded = namespace.metadata.annotations[CraneAnnotations.clusterTenantUID] else { return false }
        return recorded != clusterTenant.metadata.uid
    }

    /// What keeps an existing namespace from being the customer's.
    ///
    /// - Parameters:
    ///   - namespace: a namespace of that name.
    ///   - isManaged: whether the operator made it, so that its label is made right.
    func conflict(with namespace: CoreV1.Namespace, isManaged: Bool) -> ClusterTenantBlock? {
        if isRemains(namespace) {
            return ClusterTenantBlock(
                .namespaceConflict,
                "Namespace \(namespaceName) is left of an earlier ClusterTenant of this name: delete it, or remove its annotation "
                    + "\(CraneAnnotations.clusterTenantUID) to hand it over"
            )
        }
        guard !isManaged, !owns(namespace) else { return nil }
        let label = "\(CraneLabels.clusterTenant)=\(clusterTenant.metadata.name)"
        return ClusterTenantBlock(
            .namespaceConflict,
            "Namespace \(namespaceName) exists and belongs to somebody else: delete it, or label it \(label)"
        )
    }

    /// Bounds on what the customer may use; `nil` without a quota, an empty one included.
    public var quota: CoreV1.ResourceQuota? {
        let hard = hardLimits
        guard !hard.isEmpty else { return nil }
        return CoreV1.ResourceQuota(metadata: metadata(BoundNamespace.quotaName), spec: .init(hard: hard))
    }

    /// Defaults for containers that name no resources, which a quota would refuse; `nil` without a quota.
    public var limits: CoreV1.LimitRange? {
        guard !hardLimits.isEmpty else { return nil }
        return CoreV1.LimitRange(
            metadata: metadata(BoundNamespace.limitsName),
            spec: .init(limits: [
                .init(
                    type: "Container",
                    default: ["cpu": Quantity(1), "memory": Quantity(1 << 30, format: .binary)],
                    defaultRequest: ["cpu": Quantity(milli: 100), "memory": Quantity(128 << 20, format: .binary)]
                )
            ])
        )
    }

    /// Closes every pod of the namespace in both directions; the policies of the tenants open what they need. The empty lists of rules are
    /// named, so that they are the operator's own: rules that somebody adds are taken away.
    public var defaultDeny: NetworkingV1.NetworkPolicy {
        NetworkingV1.NetworkPolicy(
            metadata: metadata(BoundNamespace.defaultDenyName),
            spec: .init(podSelector: LabelSelector(), policyTypes: ["Ingress", "Egress"], ingress: [], egress: [])
        )
    }

    /// Whether a policy closes every pod in both directions, as ``defaultDeny`` is meant to.
    static func deniesEverything(_ policy: NetworkingV1.NetworkPolicy) -> Bool {
        guard let spec = policy.spec, !policy.metadata.isBeingDeleted, Set(spec.policyTypes ?? []) == ["Ingress", "Egress"] else {
            return false
        }
        let selector = spec.podSelector
        let selectsAll = (selector?.matchLabels ?? [:]).isEmpty && (selector?.matchExpressions ?? []).isEmpty
        return selectsAll && (spec.ingress ?? []).isEmpty && (spec.egress ?? []).isEmpty
    }

    private func metadata(_ name: String) -> ObjectMeta { ObjectMeta(name: name, namespace: namespaceName, labels: labels) }

    private var hardLimits: [String: Quantity] {
        guard let quota = clusterTenant.spec.resources?.quota else { return [:] }
        var hard: [String: Quantity] = [:]
        func set(_ key: String, _ text: String?) { hard[key] = text.flatMap { try? Quantity(parsing: $0) } }
        set("requests.cpu", quota.cpu)
        set("requests.memory", quota.memory)
        set("requests.storage", quota.storage)
        hard["pods"] = quota.pods.map { Quantity(Int64($0)) }
        hard["requests.nvidia.com/gpu"] = quota.gpu.map { Quantity(Int64($0)) }
        return hard
    }
}

/// Why a customer cannot be provisioned, or deleted.
public struct ClusterTenantBlock: Error, Sendable, Hashable {
    /// Reason of the conditions.
    public var reason: ClusterTenantReason
    /// Stable sentence for people.
    public var message: String

    /// Makes a block.
    public init(_ reason: ClusterTenantReason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}

/// Reasons of a ClusterTenant's conditions: one word for programs.
public enum ClusterTenantReason: String, Sendable, Hashable, CaseIterable {
    /// Everything is in place.
    case provisioned = "AllChecksPassed"
    /// No quota is asked for.
    case noQuota = "NotRequired"
    /// Something is on its way.
    case provisioning = "Progressing"
    /// The specification is not valid.
    case invalidSpec = "InvalidSpec"
    /// The isolation tier is not available.
    case isolationTierNotSupported = "TierUnavailable"
    /// Dedicated nodes without a pool.
    case nodePoolMissing = "NodePoolMissing"
    /// A namespace of that name belongs to somebody else.
    case namespaceConflict = "NamespaceConflict"
    /// The namespace is ending.
    case namespaceTerminating = "NamespaceTerminating"
    /// The API server refused a child object.
    case childRefused = "ApplyFailed"
    /// Deletion waits for tenants.
    case tenantsAttached = "TenantsAttached"
    /// The ClusterTenant is being deleted.
    case terminating = "Deleting"
}
