/// The types of the conditions in the status of the product's kinds.
public enum ConditionType {
    /// Sums the others up: the object does what it is for.
    public static let ready = "Ready"
    /// Work is under way (kstatus).
    public static let reconciling = "Reconciling"
    /// Work cannot go on by itself (kstatus).
    public static let stalled = "Stalled"
    /// A tenant's policy is known.
    public static let policyResolved = "PolicyResolved"
    /// A tenant's pod is ready.
    public static let workloadReady = "WorkloadReady"
    /// A tenant's virtual machine runs.
    public static let machineReady = "MachineReady"
    /// A tenant's gateway answered its handshake.
    public static let gatewayReady = "GatewayReady"
    /// A tenant's channels are connected.
    public static let channelsConnected = "ChannelsConnected"
    /// A customer's namespace is there.
    public static let namespaceReady = "NamespaceReady"
    /// A customer's quota is in force.
    public static let quotaApplied = "QuotaApplied"
    /// A customer's default policy is in force.
    public static let networkPolicyApplied = "NetworkPolicyApplied"
    /// The certificate for a customer's domain has been issued; only where such are asked for.
    public static let certificateReady = "CertificateReady"
    /// Every part of a policy is enforced.
    public static let enforced = "Enforced"
}

/// The reasons in those conditions: one word each, for programs.
public enum ConditionReason {
    /// Everything is as it should be.
    public static let allChecksPassed = "AllChecksPassed"
    /// Something else has to come first.
    public static let waiting = "Waiting"
    /// The object is as wanted.
    public static let applied = "Applied"
    /// Work is under way.
    public static let progressing = "Progressing"
    /// The spec says to stop.
    public static let suspended = "Suspended"
    /// The object is being deleted.
    public static let deleting = "Deleting"
    /// The spec breaks a rule.
    public static let invalidSpec = "InvalidSpec"
    /// The API server refused a write.
    public static let applyFailed = "ApplyFailed"
    /// The kind of thing is not asked for.
    public static let notRequired = "NotRequired"
    /// Nobody has looked yet.
    public static let notChecked = "NotChecked"

    /// The pod is ready.
    public static let podReady = "PodReady"
    /// The pod is not ready yet.
    public static let podNotReady = "PodNotReady"
    /// The Deployment gave up waiting for its pod.
    public static let progressDeadlineExceeded = "ProgressDeadlineExceeded"
    /// The gateway answered.
    public static let gatewayAnswered = "GatewayAnswered"
    /// The gateway does not answer.
    public static let gatewayUnreachable = "GatewayUnreachable"

    /// `clusterTenantRef` names none.
    public static let clusterTenantNotFound = "ClusterTenantNotFound"
    /// The customer has no namespace yet.
    public static let namespaceNotBound = "NamespaceNotBound"
    /// The namespace is there.
    public static let namespaceActive = "NamespaceActive"
    /// The namespace is being deleted.
    public static let namespaceTerminating = "NamespaceTerminating"
    /// The namespace belongs to somebody else.
    public static let namespaceConflict = "NamespaceConflict"
    /// Tenants still belong to the customer.
    public static let tenantsAttached = "TenantsAttached"
    /// No provisioner serves the tier.
    public static let tierUnavailable = "TierUnavailable"
    /// Another Tenant already has these names in the target namespace.
    public static let nameConflict = "NameConflict"

    /// There is exactly one policy.
    public static let resolved = "Resolved"
    /// No policy applies.
    public static let noPolicy = "NoPolicy"
    /// `policyRef` names none.
    public static let policyNotFound = "PolicyNotFound"
    /// Several policies select the tenant.
    public static let policyConflict = "PolicyConflict"
    /// The platform's default policy does not exist.
    public static let defaultPolicyNotFound = "DefaultPolicyNotFound"
    /// Every part of the policy is enforced.
    public static let fullyEnforced = "FullyEnforced"
    /// The cluster cannot enforce a part of the policy.
    public static let partlyEnforced = "PartlyEnforced"
}
