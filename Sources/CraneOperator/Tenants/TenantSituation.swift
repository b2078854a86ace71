import CraneAPI
import KubernetesModel

/// What is known when a tenant is decided on: resources as the informers see them.
public struct TenantSituation: Sendable {
    /// The tenant.
    public var tenant: Tenant
    /// The ClusterTenant it names, if that exists.
    public var parent: ClusterTenant?
    /// AccessPolicies of the tenant's and of the workload's namespace.
    public var policies: [AccessPolicy] = []
    /// Other Tenants of the same name, in other namespaces.
    public var namesakes: [Tenant] = []
    /// Names of the Secrets in the workload's namespace that its channels name and that it may have.
    public var credentials: Set<String> = []
    /// Its workload as it is now.
    public var observation = TenantObservation()
    /// The operator's settings.
    public var configuration: OperatorConfiguration
    /// Whether the cluster serves CiliumNetworkPolicy.
    public var hasNamePolicies = false

    /// Describes a situation with nothing but the tenant.
    public init(tenant: Tenant, configuration: OperatorConfiguration) {
        self.tenant = tenant
        self.configuration = configuration
    }
}
