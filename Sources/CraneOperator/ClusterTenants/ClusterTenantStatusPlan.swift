import CraneAPI
import KubernetesModel

/// The status of a customer, as a function of what is there.
public struct ClusterTenantStatusPlan: Sendable {
    /// The customer.
    public var clusterTenant: ClusterTenant
    /// What keeps it from being provisioned or deleted.
    public var block: ClusterTenantBlock?
    /// The namespace; `nil` when it is not there.
    public var namespace: CoreV1.Namespace?
    /// Whether a quota is in place.
    public var hasQuota = false
    /// Whether the network policy is in place.
    public var hasDefaultDeny = false
    /// Whether certificates for the domains of customers are asked for.
    public var asksForCertificates = false
    /// How it is with the one for its domain; `nil` when that was not looked at.
    public var certificate: CertificateFinding?
    /// Number of Tenants that name it.
    public var tenants: Int

    /// Makes a plan for a customer of which nothing is there yet.
    public init(clusterTenant: ClusterTenant, tenants: Int) {
        self.clusterTenant = clusterTenant
        self.tenants = tenants
    }

    /// Name of whatever makes the namespaces.
    public static let provisioner = "namespace"

    /// The status.
    ///
    /// - Parameter now: time of transitions.
    public func status(now: Timestamp) -> ClusterTenantStatus {
        let previous = clusterTenant.status
        let plan = ClusterTenantPlan(clusterTenant)
        var status = previous ?? ClusterTenantStatus()
        var conditions = previous?.conditions ?? []
        let isThere = namespace.map { !$0.metadata.isBeingDeleted } ?? false
        let quotaInPlace = plan.quota == nil || hasQuota
        let isReady = block == nil && isThere && quotaInPlace && hasDefaultDeny && !clusterTenant.metadata.isBeingDeleted
        let (reason, message) = summary(isReady)
        func set(_ type: String, _ value: ConditionStatus, _ reason: ClusterTenantReason, _ message: String) {
            conditions.set(
                type,
                status: value,
                reason: reason.rawValue,
                message: message,
                observedGeneration: clusterTenant.metadata.generation,
                now: now
            )
        }
        func part(_ type: String, _ done: Bool, _ good: ClusterTenantReason, _ text: String) {
            if done { set(type, .true, good, text) } else { set(type, block == nil ? .false : .unknown, reason, message) }
        }
        part(ConditionType.namespaceReady, isThere, .provisioned, "Namespace \(plan.namespaceName) is in place")
        part(
            ConditionType.quotaApplied,
            isThere && quotaInPlace,
            plan.quota == nil ? .noQuota : .provisioned,
            plan.quota == nil ? "No quota is asked for" : "The quota is in place"
        )
        part(ConditionType.networkPolicyApplied, isThere && hasDefaultDeny, .provisioned, "The namespace is closed by default")
        if !asksForCertificates {
            conditions.removeAll { $0.type == ConditionType.certificateReady }
        } else if let certificate {
            let (value, reason, message) = certificate.condition(domain: clusterTenant.spec.baseDomain ?? "")
            conditions.set(
                ConditionType.certificateReady,
                status: value,
                reason: reason,
                message: message,
                observedGeneration: clusterTenant.metadata.generation,
                now: now
            )
        } else {
            set(ConditionType.certificateReady, .unknown, reason, message)
        }
        set(ConditionType.ready, isReady ? .true : .false, reason, message)
        set(ConditionType.reconciling, !isReady && block == nil ? .true : .false, reason, message)
        set(ConditionType.stalled, block == nil ? .false : .true, reason, message)
        status.conditions = conditions
        status.observedGeneration = clusterTenant.metadata.generation
        status.phase = phase(isReady)
        status.message = message
        status.boundNamespace = isThere && block?.reason != .namespaceConflict ? plan.namespaceName : previous?.boundNamespace
        status.provisioner = Self.provisioner
        status.tenants = tenants
        let wasReady = previous?.conditions?.condition(ConditionType.ready)?.status
        let changed = status.phase != previous?.phase || conditions.condition(ConditionType.ready)?.status != wasReady
        status.lastReconciled = changed ? now.wholeSeconds : previous?.lastReconciled
        return status
    }

    private func summary(_ isReady: Bool) -> (ClusterTenantReason, String) {
        if let block { return (block.reason, block.message) }
        if isReady { return (.provisioned, "The namespace is in place and fenced") }
        if clusterTenant.metadata.isBeingDeleted { return (.terminating, "The namespace is being deleted") }
        if namespace?.metadata.isBeingDeleted == true {
            return (.namespaceTerminating, "The namespace is being deleted and will be made again")
        }
        return (.provisioning, "The namespace is being made")
    }

    private func phase(_ isReady: Bool) -> ClusterTenantPhase {
        if clusterTenant.metadata.isBeingDeleted { return .terminating }
        if block != nil { return .failed }
        return isReady ? .ready : .provisioning
    }
}
