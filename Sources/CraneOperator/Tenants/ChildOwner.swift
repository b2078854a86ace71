import CraneAPI
import KubernetesModel

/// A tenant as the owner of children.
///
/// Labels are public: whoever may make an object in some namespace can give it a tenant's. So children count only where the operator puts
/// any, and pods only as those of the tenant's Deployment; what else carries the labels neither holds the tenant up nor is touched.
struct ChildOwner: Sendable, Hashable {
    /// Namespace and name of the Tenant.
    let key: ObjectKey
    /// Namespaces where it has, or had, its children; those of customers left out.
    let namespaces: Set<String>
    /// Namespaces where its workload belongs, and where its status says that it is.
    let places: Set<String>

    /// A Tenant: in its own namespace, where its workload belongs, and where its status says that it is.
    init(_ tenant: Tenant) {
        key = tenant.key
        var places: Set = [TenantVerdict.expectedNamespace(tenant)]
        if let recorded = tenant.status?.targetNamespace { places.insert(recorded) }
        self.places = places
        namespaces = places.union([tenant.metadata.namespace ?? "default"])
    }

    /// A Tenant that does not exist any more.
    init(gone key: ObjectKey) {
        self.key = key
        namespaces = [key.namespace ?? "default"]
        places = namespaces
    }

    /// Whether objects in a namespace may be its children.
    ///
    /// - Parameter isBound: whether a namespace was made for a customer. The tenant may have been there before it moved.
    func mayHaveChildren(in namespace: String?, where isBound: (String) -> Bool) -> Bool {
        guard let namespace else { return false }
        return namespaces.contains(namespace) || isBound(namespace)
    }

    /// Whether a pod comes from the tenant's Deployment, through a ReplicaSet, which is named after it.
    func isPodOfDeployment(_ pod: CoreV1.Pod) -> Bool {
        guard let owner = pod.metadata.controller, owner.kind == "ReplicaSet" else { return false }
        return owner.name.hasPrefix(TenantNames(tenant: key.name).deployment + "-")
    }
}
