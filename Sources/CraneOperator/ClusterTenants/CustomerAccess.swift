import CraneAPI
import KubernetesClient
import KubernetesModel
import OperatorRuntime

/// Gives the control plane its role in the namespaces of customers, and there only: it has none in the whole cluster that could do the same.
struct CustomerAccess: Sendable {
    let access: ControlPlaneAccess
    let client: KubernetesClient
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
        do {
            try await writer.apply(desired, bindings)
        } catch let refusal as ChildRefusal where refusal.cause.isInvalid {
            // One without the operator's labels is in no cache.
            guard let other = try await unseen(desired), other.roleRef != desired.roleRef else { throw refusal }
            try await applier.delete(other)
            try await writer.apply(desired, bindings)
        }
    }

    /// The binding of a name as the API server has it, whosever it is.
    private func unseen(_ desired: RBACV1.RoleBinding) async throws -> RBACV1.RoleBinding? {
        let api = client.resource(RBACV1.RoleBinding.self, namespace: desired.metadata.namespace)
        return try await api.list(ListOptions(fieldSelector: "metadata.name=\(desired.metadata.name)", limit: 1)).items.first
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
