import CraneAPI
import JSONValue
import Schema

extension ClusterTenantSpec: RESTSpec {
    static var hiddenMembers: Set<String> { [] }

    static var documentName: String { "ClusterTenant" }

    static var createExample: JSON {
        [
            "name": "corp", "displayName": "Corp", "baseDomain": "ai.corp.example", "isolationTier": "dedicatedNodes",
            "compute": ["mode": "dedicated", "nodePool": "p1"],
            "resources": ["quota": ["cpu": "8", "memory": "16Gi", "pods": 40, "storage": "100Gi", "gpu": 1]],
        ]
    }
}

/// A cluster tenant as REST shows it.
struct ClusterTenantView: Codable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var displayName: String
    var baseDomain: String?
    var isolationTier: String
    var compute: ClusterCompute
    var resources: ClusterResources
    var allowedNamespaces: [String]?
    var status: ClusterTenantStatusView
    var createdAt: String

    static var schemaName: String? { "ClusterTenant" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": "Name of the customer.",
        "displayName": "Name for people.",
        "baseDomain": "Domain below which its tenants are reached.",
        "isolationTier": SchemaNote("How far it is kept apart from others.", enum: ["shared", "dedicatedNodes", "dedicatedCluster"]),
        "compute": "Where its workloads run.",
        "resources": "What it may use.",
        "allowedNamespaces": "Namespaces whose tenants may be placed with it; absent means those of the platform.",
        "status": "What was observed.",
        "createdAt": SchemaNote("When it was created (RFC 3339, UTC).", format: "date-time"),
    ]
}

/// What was observed of a cluster tenant.
struct ClusterTenantStatusView: Codable, Sendable, Hashable, SchemaDescribing {
    var phase: String
    var message: String?
    var boundNamespace: String?
    var provisioner: String?

    static var schemaName: String? { "ClusterTenantStatus" }
    static let schemaNotes: [String: SchemaNote] = [
        "phase": "Where it is in its life: pending, provisioning, ready, failed or terminating.",
        "message": "What stands in the way, if anything does.",
        "boundNamespace": "Namespace its tenants run in.",
        "provisioner": "Who provides the isolation.",
    ]
}

/// What a list of cluster tenants is asked for.
struct ClusterTenantListParameters: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = ["limit": ListNotes.limit, "cursor": ListNotes.cursor]
}
