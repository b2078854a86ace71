import CraneAPI
import KubernetesModel
import OperatorRuntime

/// Gives the control plane its role in the namespaces of customers, and there only: it has none in the whole cluster that could do the same.
struct CustomerAccess: Sendable {
    let access: ControlPlaneAccess
    let bindings: Informer<RBACV1.RoleBinding>
    let applier: Applier
    let writer: ChildWriter

    /// Brings the binding of a customer's namespace to what it should be.
    ///
    /// - Throws: ``ChildRefusal`` when the API server does not accept it, as when the operator may not bind the role.
    func settle(_ plan: ClusterTenantPlan) async throws {
        let desired = plan.controlPlaneBinding(access)
        // The role of a binding never changes: one with another role makes room.
        if let live = bindings.store[desired.key], live.roleRef != desired.roleRef { try await applier.delete(live) }
        try await writer.apply(desired, bindings)
    }
}

extension ClusterTenantPlan {
    /// Gives the control plane's account its role in the namespace.
    public func controlPlaneBinding(_ access: ControlPlaneAccess) -> RBACV1.RoleBinding {
        RBACV1.RoleBinding(
            metadata: ObjectMeta(name: BoundNamespace.controlPlaneBindingName, namespace: namespaceName, labels: labels),
            subjects: [RBACV1.Subject(kind: "ServiceAccount", name: access.account, namespace: access.namespace)],
            roleRef: RBACV1.RoleRef(kind: "ClusterRole", name: access.role)
        )
    }
}
