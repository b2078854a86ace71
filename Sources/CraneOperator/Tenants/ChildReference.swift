import KubernetesModel

/// One existing child object of a tenant.
struct ChildReference: Sendable, Hashable {
    /// Kind of the child.
    var kind: String
    /// Namespace and name.
    var key: ObjectKey
    /// Identity of its controller, if it has one.
    var ownerUID: String?
    /// Whether it is to outlive the tenant.
    var isRetained = false

    /// Value of the annotation with which a Tenant asks that its state outlives it.
    static let retain = "retain"
}
