import CraneAPI
import HTTPOperations
import HTTPTypes
import KubernetesModel
import Projection

/// One of the three kinds behind REST: where its objects live and how refusals about it are called.
public enum ResourceKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// An assistant or a fleet of agents.
    case tenant = "Tenant"
    /// What tenants may reach.
    case accessPolicy = "AccessPolicy"
    /// A customer.
    case clusterTenant = "ClusterTenant"

    /// Where the API server serves it.
    public var resourceType: ResourceType {
        switch self {
        case .tenant: Tenant.resourceType
        case .accessPolicy: AccessPolicy.resourceType
        case .clusterTenant: ClusterTenant.resourceType
        }
    }

    /// Its rows.
    var projected: ProjectedKind {
        switch self {
        case .tenant: .tenant
        case .accessPolicy: .accessPolicy
        case .clusterTenant: .clusterTenant
        }
    }

    /// The kind in a sentence.
    var noun: String {
        switch self {
        case .tenant: "tenant"
        case .accessPolicy: "access policy"
        case .clusterTenant: "cluster tenant"
        }
    }

    /// First part of this kind's codes, such as `TENANT` in `TENANT_NOT_FOUND`.
    var codePrefix: String {
        switch self {
        case .tenant: "TENANT"
        case .accessPolicy: "POLICY"
        case .clusterTenant: "CLUSTER_TENANT"
        }
    }

    /// The path of an object of this kind. Names are labels of DNS, which need no escapes.
    func location(of name: String) -> String {
        switch self {
        case .tenant: "/api/v1/tenants/\(name)"
        case .accessPolicy: "/api/v1/policies/\(name)"
        case .clusterTenant: "/api/v1/cluster-tenants/\(name)"
        }
    }

    /// 404 for an object of this kind.
    func notFound(_ name: String) -> OperationError {
        OperationError(.notFound, code: "\(codePrefix)_NOT_FOUND", message: "There is no \(noun) named \(name).")
    }

    /// 409 for a name that is taken.
    func alreadyExists(_ name: String) -> OperationError {
        OperationError(.conflict, code: "\(codePrefix)_ALREADY_EXISTS", message: "There is already a \(noun) named \(name).")
    }

    /// Names that are parts of paths and could not be read back over REST.
    static let reservedNames: Set<String> = ["drift", "repair"]
}
