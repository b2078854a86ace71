/// Reasons of a Tenant's conditions: one word for programs.
public enum TenantReason: String, Sendable, Hashable, CaseIterable {
    /// All checks passed.
    case allChecksPassed = "AllChecksPassed"
    /// The pod is ready.
    case podReady = "PodReady"
    /// The workload is on its way.
    case workloadNotReady = "PodNotReady"
    /// The image cannot be fetched.
    case imagePullBackOff = "ImagePullBackOff"
    /// The container ends again and again.
    case crashLoopBackOff = "CrashLoopBackOff"
    /// The container's configuration refers to something that is missing.
    case containerConfigError = "CreateContainerConfigError"
    /// No node takes the pod.
    case unschedulable = "Unschedulable"
    /// The roll-out took longer than its deadline.
    case progressDeadlineExceeded = "ProgressDeadlineExceeded"
    /// `spec.suspended` is true.
    case suspended = "Suspended"
    /// `spec.suspended` is true and the pod is ending.
    case suspending = "Suspending"
    /// The Tenant is being deleted.
    case terminating = "Deleting"
    /// The former workload in another namespace is ending.
    case moving = "Moving"
    /// The specification is not valid.
    case invalidSpec = "InvalidSpec"
    /// The kind of runtime is not available.
    case runtimeNotSupported = "RuntimeNotSupported"
    /// The ClusterTenant does not exist.
    case clusterTenantNotFound = "ClusterTenantNotFound"
    /// The ClusterTenant is being deleted.
    case clusterTenantTerminating = "ClusterTenantTerminating"
    /// The ClusterTenant has failed.
    case clusterTenantFailed = "ClusterTenantFailed"
    /// The ClusterTenant has no namespace yet.
    case namespaceNotBound = "NamespaceNotBound"
    /// The ClusterTenant does not take Tenants of this namespace.
    case namespaceNotAllowed = "NamespaceNotAllowed"
    /// A Secret named by a channel is missing, or is not marked as one that tenants may have.
    case credentialsNotAllowed = "CredentialsNotAllowed"
    /// Another Tenant of this name has its workload in the same namespace.
    case nameTaken = "NameConflict"
    /// What stands where the tenant's state would be is not known to be its.
    case stateNotOwned = "StateNotOwned"
    /// The key that the tenant's state is encrypted with is gone.
    case encryptionKeyMissing = "EncryptionKeyMissing"
    /// The Secret that a machine was made with is gone, or cannot be read.
    case bootstrapSecretMissing = "BootstrapSecretMissing"
    /// The API server refused a child object.
    case childRefused = "ApplyFailed"
    /// An AccessPolicy was found.
    case resolved = "Resolved"
    /// No AccessPolicy selects the tenant.
    case noPolicy = "NoPolicy"
    /// The named AccessPolicy does not exist.
    case policyNotFound = "PolicyNotFound"
    /// More than one AccessPolicy selects the tenant.
    case policyConflict = "PolicyConflict"
    /// The operator's default AccessPolicy does not exist.
    case defaultPolicyNotFound = "DefaultPolicyNotFound"

    /// Whether somebody has taken back what the workload runs with, or in, so that it is stopped.
    var isWithdrawal: Bool { self == .namespaceNotAllowed || self == .credentialsNotAllowed }
}
