import CraneAPI
import KubernetesModel

/// A kind of resource that has rows in PostgreSQL.
public enum ProjectedKind: String, Sendable, Hashable, CaseIterable, Codable {
    /// An assistant or a fleet of agents.
    case tenant = "Tenant"
    /// What tenants may reach.
    case accessPolicy = "AccessPolicy"
    /// A customer.
    case clusterTenant = "ClusterTenant"

    /// The table with the rows.
    public var table: String {
        switch self {
        case .tenant: "tenants"
        case .accessPolicy: "access_policies"
        case .clusterTenant: "cluster_tenants"
        }
    }

    /// The resource the API server serves.
    public var resourceType: ResourceType {
        switch self {
        case .tenant: Tenant.resourceType
        case .accessPolicy: AccessPolicy.resourceType
        case .clusterTenant: ClusterTenant.resourceType
        }
    }

    /// Whether objects live in namespaces.
    public var isNamespaced: Bool { self != .clusterTenant }

    /// The members of `spec` that have columns of their own and are compared one by one.
    public var comparedFields: [String] {
        switch self {
        case .tenant: ["displayName", "email", "team", "clusterTenantRef"]
        case .accessPolicy: ["description", "tenantSelector", "domains", "egressRules", "mcpServers"]
        case .clusterTenant: ["displayName", "baseDomain", "isolationTier", "compute", "resources"]
        }
    }
}
