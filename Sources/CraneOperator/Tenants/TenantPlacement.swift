import CraneAPI
import KubernetesModel

/// Where a tenant's workload goes.
public struct TenantPlacement: Sendable, Hashable {
    /// Namespace of the workload.
    public var namespace: String
    /// The customer; `nil` when the workload stays next to the Tenant.
    public var clusterTenant: String?
    /// Domain of the customer, if it has one.
    public var baseDomain: String?
    /// Node pool that is kept for the customer.
    public var nodePool: String?

    /// Finds the place of a tenant's workload.
    ///
    /// - Parameters:
    ///   - tenant: the tenant.
    ///   - parent: the ClusterTenant that `spec.clusterTenantRef` names, if it exists.
    ///   - allowedByDefault: namespaces whose Tenants a ClusterTenant takes that names none.
    /// - Throws: ``TenantBlock`` when there is no such place now.
    public static func resolve(
        _ tenant: Tenant,
        parent: ClusterTenant?,
        allowedByDefault: Set<String>
    ) throws(TenantBlock) -> TenantPlacement {
        guard let name = tenant.spec.clusterTenantRef, !name.isEmpty else {
            return TenantPlacement(namespace: home(tenant))
        }
        guard let parent else {
            throw TenantBlock(
                .clusterTenantNotFound,
                "ClusterTenant \(name) named by spec.clusterTenantRef does not exist",
                isStalled: true
            )
        }
        guard permits(tenant, parent: parent, byDefault: allowedByDefault) else {
            throw TenantBlock(
                .namespaceNotAllowed,
                "ClusterTenant \(name) takes no Tenants of namespace \(home(tenant)): its spec.allowedNamespaces must name the namespace. "
                    + "No pod runs until then",
                isStalled: true
            )
        }
        let bound = BoundNamespace.name(clusterTenant: name)
        if parent.metadata.isBeingDeleted, tenant.status?.targetNamespace != bound {
            throw TenantBlock(.clusterTenantTerminating, "ClusterTenant \(name) is being deleted", isStalled: true)
        }
        if parent.status?.phase == .failed {
            throw TenantBlock(.clusterTenantFailed, "ClusterTenant \(name) cannot be provisioned", isStalled: true)
        }
        guard let namespace = parent.status?.boundNamespace, namespace == bound else {
            throw TenantBlock(.namespaceNotBound, "ClusterTenant \(name) has no namespace yet", isStalled: false)
        }
        let compute = parent.spec.compute
        return TenantPlacement(
            namespace: namespace,
            clusterTenant: name,
            baseDomain: parent.spec.baseDomain,
            nodePool: compute?.mode == .dedicated ? compute?.nodePool : nil
        )
    }

    /// Whether a customer takes a tenant: one of its own namespace, of those it names, or of the platform's when it names none.
    static func permits(_ tenant: Tenant, parent: ClusterTenant, byDefault: Set<String>) -> Bool {
        let home = home(tenant)
        if home == BoundNamespace.name(clusterTenant: parent.metadata.name) { return true }
        return parent.spec.allowedNamespaces?.contains(home) ?? byDefault.contains(home)
    }

    private static func home(_ tenant: Tenant) -> String { tenant.metadata.namespace ?? "default" }
}

/// Why a tenant's workload cannot be started or changed now.
public struct TenantBlock: Error, Sendable, Hashable {
    /// Reason of the conditions.
    public var reason: TenantReason
    /// Stable sentence for people.
    public var message: String
    /// Whether somebody has to change something; else it passes by itself.
    public var isStalled: Bool

    /// Makes a block.
    public init(_ reason: TenantReason, _ message: String, isStalled: Bool) {
        self.reason = reason
        self.message = message
        self.isStalled = isStalled
    }
}
