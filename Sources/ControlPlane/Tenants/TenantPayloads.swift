import CraneAPI
import JSONValue
import Schema

extension TenantSpec: RESTSpec {
    /// Suspending has operations of its own.
    static var hiddenMembers: Set<String> { ["suspended"] }

    static var documentName: String { "Tenant" }

    static var createExample: JSON {
        [
            "name": "mia", "displayName": "Mia", "email": "mia@corp.example", "team": "ops", "monthlyBudgetUsd": 40,
            "resources": ["cpu": "500m", "memory": "2Gi"], "skillAllowlist": ["triage"], "policyRef": "base",
        ]
    }
}

/// A tenant as REST shows it.
struct TenantView: Codable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var displayName: String
    var email: String
    var team: String?
    var clusterTenantRef: String?
    var policyRef: String?
    var monthlyBudgetUsd: Double?
    var suspended: Bool
    var phase: String
    var message: String?
    var ingressHost: String?
    var createdAt: String

    static var schemaName: String? { "Tenant" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": "Name of the tenant.",
        "displayName": "Name for people.",
        "email": "Address of the owner.",
        "team": "Team the tenant belongs to.",
        "clusterTenantRef": "Customer the tenant belongs to.",
        "policyRef": "Access policy the tenant names.",
        "monthlyBudgetUsd": "Spend allowed per month, in US dollars.",
        "suspended": "Whether the tenant is to be suspended.",
        "phase": "Where the tenant is in its life: Pending, Provisioning, Running, Suspended, Terminating or Error.",
        "message": "What stands in the way, if anything does.",
        "ingressHost": "Host name the tenant is reached at.",
        "createdAt": SchemaNote("When it was created (RFC 3339, UTC).", format: "date-time"),
    ]
}

/// What a list of tenants is asked for.
struct TenantListParameters: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?
    var clusterTenantRef: String?
    var team: String?
    var phase: String?

    static let schemaNotes: [String: SchemaNote] = [
        "limit": ListNotes.limit, "cursor": ListNotes.cursor,
        "clusterTenantRef": SchemaNote("Only tenants of this customer.", maxLength: 253),
        "team": SchemaNote("Only tenants of this team.", maxLength: 253),
        "phase": SchemaNote("Only tenants in this phase.", maxLength: 63),
    ]
}

/// The notes every list shares.
enum ListNotes {
    static let limit = SchemaNote("Most items of a page.", default: 500, minimum: 1, maximum: 1000)
    static let cursor = SchemaNote(
        "Where the page starts: the cursor of the previous page's Link header.",
        pattern: "^[A-Za-z0-9_-]+$",
        maxLength: 2048
    )
}
