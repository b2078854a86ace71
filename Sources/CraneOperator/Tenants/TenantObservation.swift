import CraneAPI
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
    /// An object of another Tenant that stands where one of this tenant's would be.
    public var occupant: TenantOccupant?
    /// Kind and name of what holds state of an earlier Tenant of the same name, as far as can be told.
    public var withheld: String?
    /// Kind and name of what stands where the tenant's state would be, and says of no tenant that it is its.
    public var unmarked: String?

    /// Whether each object is there that every tenant has.
    public var isComplete = false

    /// Nothing is there.
    public init() {}

    /// Takes note of an object that stands where one of a tenant's would be.
    mutating func note(_ child: ChildReference, of tenant: Tenant) {
        if child.isForeign(to: tenant), let owner = child.tenant {
            occupant = TenantOccupant(kind: child.kind, name: child.key.name, owner: owner, isRetained: child.isRetained)
        } else if child.isRemains(before: tenant) {
            hasRemains = true
        } else if child.isWithheld(from: tenant) {
            withheld = child.title
        }
    }
}

extension TenantObservation {
    /// Takes note of an object that only the API server was known to have: the informers see those alone that are marked.
    mutating func noteUnseen(_ child: ChildReference, of tenant: Tenant) {
        if child.isMarked {
            note(child, of: tenant)
        } else {
            unmarked = child.title
        }
    }
}

/// An object of one Tenant in the way of another Tenant of the same name.
public struct TenantOccupant: Sendable, Hashable {
    /// Kind of the object.
    public var kind: String
    /// Name of the object.
    public var name: String
    /// Namespace and name of the Tenant it belongs to.
    public var owner: ObjectKey
    /// Whether it outlives that Tenant.
    public var isRetained: Bool

    /// Names an object.
    public init(kind: String, name: String, owner: ObjectKey, isRetained: Bool) {
        self.kind = kind
        self.name = name
        self.owner = owner
        self.isRetained = isRetained
    }
}
