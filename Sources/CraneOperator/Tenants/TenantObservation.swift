import KubernetesModel

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
