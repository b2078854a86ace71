import CraneAPI
import KubernetesModel

/// One existing child object of a tenant.
struct ChildReference: Sendable, Hashable {
    /// Kind of the child.
    var kind: String
    /// Namespace and name.
    var key: ObjectKey
    /// The Tenant that it belongs to by its labels.
    var tenant: ObjectKey?
    /// Identity of the Tenant it was made for: its controller's, or what is recorded where owners cannot be; `nil` when neither says.
    var ownerUID: String?
    /// Whether it is to outlive the tenant.
    var isRetained: Bool
    /// Whether it is where its labels say that it belongs.
    private var isInPlace: Bool

    /// Value of the annotation with which a Tenant asks that its state outlives it.
    static let retain = "retain"

    /// Describes an object.
    init<T: KubernetesResource>(_ object: T) {
        kind = T.resourceType.kind
        key = object.key
        tenant = OperatorInformers.tenantKey(of: object)
        ownerUID = object.metadata.controller?.uid ?? object.metadata.annotations[CraneAnnotations.tenantUID]
        isRetained = object.metadata.annotations[CraneAnnotations.retention] == Self.retain
        let customer = object.metadata.labels[CraneLabels.clusterTenant].map { BoundNamespace.name(clusterTenant: $0) }
        isInPlace = key.namespace == tenant?.namespace || key.namespace == customer
    }

    /// Whether a Tenant that is gone left it behind, one of the same name perhaps. It must not be taken over: its owner's end takes it away.
    /// What was retained is for whoever comes next.
    func isRemains(before tenant: Tenant) -> Bool {
        !isRetained && ownerUID != nil && ownerUID != tenant.metadata.uid
    }

    /// Whether it belongs to another Tenant, although it stands where a tenant's own would be.
    ///
    /// Labels of an object that is not where they say tell no more than that it was copied from there.
    func isForeign(to tenant: Tenant) -> Bool {
        guard let other = self.tenant, isInPlace else { return false }
        return other != tenant.key
    }
}
