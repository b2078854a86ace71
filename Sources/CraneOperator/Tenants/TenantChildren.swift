import CraneAPI
import KubernetesModel

/// The objects that a tenant's workload is made of.
public struct TenantChildren: Sendable, Hashable {
    /// Who may talk to the pod, and to whom it may talk.
    public var networkPolicy: NetworkingV1.NetworkPolicy
    /// DNS names it may talk to; only where Cilium is installed.
    public var namePolicy: CiliumV2.CiliumNetworkPolicy?
    /// The pod's identity.
    public var serviceAccount: CoreV1.ServiceAccount
    /// Key that the state is encrypted with, without the key itself: that is made when the Secret is created, and never again.
    public var encryptionKey: CoreV1.Secret
    /// Configuration and workspace files.
    public var configMap: CoreV1.ConfigMap
    /// State that outlives the pod.
    public var stateClaim: CoreV1.PersistentVolumeClaim
    /// The pod.
    public var deployment: AppsV1.Deployment
    /// The pod's address in the cluster.
    public var service: CoreV1.Service
    /// The pod's address from outside.
    public var ingress: NetworkingV1.Ingress
}

/// Kind and key of a child.
struct ChildIdentity: Hashable {
    let kind: String
    let key: ObjectKey
}

extension TenantChildren {
    /// Kinds and keys of all of them.
    var identities: Set<ChildIdentity> {
        func identity<T: KubernetesResource>(_ object: T) -> ChildIdentity {
            ChildIdentity(kind: T.resourceType.kind, key: object.key)
        }
        var result: Set = [
            identity(networkPolicy), identity(serviceAccount), identity(encryptionKey), identity(configMap), identity(stateClaim),
            identity(deployment), identity(service), identity(ingress),
        ]
        if let namePolicy { result.insert(identity(namePolicy)) }
        return result
    }
}
