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
    /// Whether it is a volume claim or an encryption key: what no operator can make again.
    var holdsState: Bool
    /// Whether a Tenant owns it, with which the collection of garbage takes it away.
    var isOwned: Bool
    /// Whether it has the labels of a tenant's object, by which it is watched.
    var isMarked: Bool
    /// Whether it is where its labels say that it belongs.
    private var isInPlace: Bool

    /// Value of the annotation with which a Tenant asks that its state outlives it.
    static let retain = "retain"

    /// Kind and name, for people.
    var title: String { "\(kind) \(key.name)" }

    /// Describes an object.
    init<T: KubernetesResource>(_ object: T) {
        kind = T.resourceType.kind
        key = object.key
        tenant = OperatorInformers.tenantKey(of: object)
        ownerUID = object.metadata.controller?.uid ?? object.metadata.annotations[CraneAnnotations.tenantUID]
        isRetained = object.metadata.annotations[CraneAnnotations.retention] == Self.retain
        // What a machine is born with is made anew for each run.
        let isBootstrap = tenant.map { TenantNames(tenant: $0.name).bootstrapSecret } == key.name
        holdsState = T.self == CoreV1.PersistentVolumeClaim.self || T.self == CoreV1.Secret.self && !isBootstrap
        isOwned = object.metadata.controller?.kind == Tenant.resourceType.kind
        isMarked = object.metadata.labels[CraneLabels.managedBy] == FieldManagers.operator && tenant != nil
        let customer = object.metadata.labels[CraneLabels.clusterTenant].map { BoundNamespace.name(clusterTenant: $0) }
        isInPlace = key.namespace == tenant?.namespace || key.namespace == customer
    }

    /// Whether a Tenant that is gone left it behind, one of the same name perhaps. It must not be taken over, and may be deleted: it holds no
    /// state, or its owner's end takes it away anyhow.
    func isRemains(before tenant: Tenant) -> Bool {
        !isRetained && !isWithheld(from: tenant) && ownerUID != nil && ownerUID != tenant.metadata.uid
    }

    /// Whether it is state of an earlier Tenant of the same name as far as can be told. It is neither taken over nor deleted: a backup brings
    /// state back with its marks but without its owner, before its Tenant or for one of another identity.
    func isWithheld(from tenant: Tenant) -> Bool {
        holdsState && !isOwned && ownerUID != nil && ownerUID != tenant.metadata.uid
    }

    /// What becomes of it when a Tenant leaves the place, or goes. State is deleted only when it says itself that it is this Tenant's.
    func fate(leftBy tenant: Tenant, retaining: Bool = false) -> ChildFate {
        guard holdsState, !isRemains(before: tenant) else { return .delete }
        if isWithheld(from: tenant) { return .withhold }
        if retaining { return .retain }
        return ownerUID == tenant.metadata.uid ? .delete : .withhold
    }

    /// What becomes of it when its Tenant does not exist and was not cleaned up: nobody can tell it from what a backup has brought back.
    var fateWithoutTenant: ChildFate { holdsState && !isOwned ? .withhold : .delete }

    /// Whether it belongs to another Tenant, although it stands where a tenant's own would be.
    ///
    /// Labels of an object that is not where they say tell no more than that it was copied from there.
    func isForeign(to tenant: Tenant) -> Bool {
        guard let other = self.tenant, isInPlace else { return false }
        return other != tenant.key
    }
}

/// What becomes of a child that has no place any more.
enum ChildFate: Sendable, Hashable {
    case delete
    /// State stays, for whoever comes next.
    case retain
    /// State stays, and goes on to say whose it was: nobody gets it who is not given it.
    case withhold
}
