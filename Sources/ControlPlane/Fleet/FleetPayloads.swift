import HTTPOperations
import JSONValue
import Schema

/// An order for a fleet.
struct CreateFleetRequest: Codable, Sendable, Hashable, SchemaDescribing {
    var tenantId: String
    var name: String
    var plan: String?
    var clerkOrgId: String?
    var templateId: String?
    var email: String?

    static let schemaNotes: [String: SchemaNote] = [
        "tenantId": SchemaNote(
            "Id of the fleet, in snake case, unique everywhere.",
            pattern: "^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
            minLength: 3,
            maxLength: 63
        ),
        "name": SchemaNote("Name for people; 1 to 120 characters besides blanks at its ends.", minLength: 1, maxLength: 253),
        "plan": SchemaNote("Plan that was bought; free unless said otherwise.", minLength: 1, maxLength: 63, nullable: true),
        "clerkOrgId": SchemaNote(
            "Organisation the fleet is for; without one it is a person's own.",
            pattern: "^org_[A-Za-z0-9_-]+$",
            maxLength: 128,
            nullable: true
        ),
        "templateId": SchemaNote(
            "Template of the fleet; standard-7-agent unless said otherwise.",
            minLength: 1,
            maxLength: 253,
            nullable: true
        ),
        "email": SchemaNote(
            "Address of the owner; a fleet without an organisation is found by it.",
            pattern: "^[^ @]+@[^ @]+$",
            maxLength: 254,
            nullable: true
        ),
    ]
}

/// One agent of a fleet, as answers show it.
struct FleetAgentView: Codable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var role: String

    static var schemaName: String? { "FleetAgent" }
    static let schemaNotes: [String: SchemaNote] = ["name": "Name of the agent.", "role": "What it is for."]
}

/// A tenant in the provision flow. Members are in snake case, as its callers know them.
struct FleetTenantView: Codable, Sendable, Hashable, SchemaDescribing {
    var tenantID: String
    var name: String
    var plan: String
    var status: FleetStatus
    var templateID: String
    var organization: Nullable<String>
    var repositories: [String]
    var agents: [FleetAgentView]
    var createdAt: String
    var updatedAt: String

    enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case name, plan, status
        case templateID = "template_id"
        case organization = "clerk_org_id"
        case repositories = "repos"
        case agents = "agent_specs"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    static var schemaName: String? { "FleetTenant" }
    static let schemaNotes: [String: SchemaNote] = [
        "tenant_id": "Id of the fleet.",
        "name": "Name for people.",
        "plan": "Plan that was bought.",
        "status": "How the fleet is doing.",
        "template_id": "Template of the fleet.",
        "clerk_org_id": "Organisation the fleet is for; null for a person's own.",
        "repos": "Repositories in the workspace.",
        "agent_specs": "The agents; empty until provisioning begins.",
        "created_at": SchemaNote("When it was ordered (RFC 3339, UTC).", format: "date-time"),
        "updated_at": SchemaNote("When something about it last changed (RFC 3339, UTC).", format: "date-time"),
    ]
}

/// The answer to an order.
struct FleetTenantAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var ok: Bool
    var tenant: FleetTenantView

    static let schemaNotes: [String: SchemaNote] = ["ok": "Always true.", "tenant": "The tenant."]
}

/// A page of tenants in the provision flow.
struct FleetTenantList: Codable, Sendable, Hashable, SchemaDescribing {
    var ok: Bool
    var tenants: [FleetTenantView]
    var total: Int
    var limit: Int
    var offset: Int

    static let schemaNotes: [String: SchemaNote] = [
        "ok": "Always true.", "tenants": "The tenants, newest first.", "total": "How many there are on all pages.",
        "limit": "Most tenants of a page.", "offset": "How many were passed over; 0 with a cursor.",
    ]
}

/// What a list of fleets is asked for.
struct FleetListParameters: Decodable, Sendable, SchemaDescribing {
    var status: FleetStatus?
    var plan: String?
    var clerkOrgId: String?
    var limit: Int
    var offset: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = [
        "status": "Only fleets in this state.",
        "plan": SchemaNote("Only fleets of this plan.", minLength: 1, maxLength: 63),
        "clerkOrgId": SchemaNote("Only the fleet of this organisation.", minLength: 1, maxLength: 253),
        "limit": .pageLimit(default: 50), "offset": .pageOffset(), "cursor": .pageCursor,
    ]
}

/// The machine of a fleet.
struct FleetMachineView: Codable, Sendable, Hashable, SchemaDescribing {
    var vmName: String
    var zone: Nullable<String>
    var ip: Nullable<String>

    static var schemaName: String? { "FleetMachine" }
    static let schemaNotes: [String: SchemaNote] = [
        "vmName": "Name of the machine at its provider.", "zone": "Zone it is in; null where its provider has none.",
        "ip": "Address it is reached under.",
    ]
}

/// A finished step of provisioning.
struct FleetLogView: Codable, Sendable, Hashable, SchemaDescribing {
    var step: String
    var status: String
    var message: String
    var durationMs: Int64
    var createdAt: String

    static var schemaName: String? { "FleetLogEntry" }
    static let schemaNotes: [String: SchemaNote] = [
        "step": "Name of the step.", "status": SchemaNote("How it ended.", enum: ["complete", "failed"]),
        "message": "What it came to, for people.", "durationMs": SchemaNote("How long it took, in milliseconds.", minimum: 0),
        "createdAt": SchemaNote("When it ended (RFC 3339, UTC).", format: "date-time"),
    ]
}

/// A fleet as its people see it.
struct FleetView: Codable, Sendable, Hashable, SchemaDescribing {
    var status: FleetStatus
    var templateId: String
    var dashboardUrl: Nullable<String>
    var agentSpecs: [FleetAgentView]
    var repos: [String]
    var gcpResources: Nullable<FleetMachineView>
    var provisionLog: [FleetLogView]
    var createdAt: String
    var updatedAt: String

    static var schemaName: String? { "Fleet" }
    static let schemaNotes: [String: SchemaNote] = [
        "status": "How the fleet is doing.",
        "templateId": "Template of the fleet.",
        "dashboardUrl": "Where people reach it; null until the last step is done.",
        "agentSpecs": "The agents; empty until provisioning begins.",
        "repos": "Repositories in the workspace.",
        "gcpResources": "The machine, of whatever provider; null until it is made.",
        "provisionLog": "Finished steps of all runs, oldest first.",
        "createdAt": SchemaNote("When it was ordered (RFC 3339, UTC).", format: "date-time"),
        "updatedAt": SchemaNote("When something about it last changed (RFC 3339, UTC).", format: "date-time"),
    ]
}

/// The answer about the caller's fleet.
struct FleetAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var ok: Bool
    var fleet: Nullable<FleetView>

    static let schemaNotes: [String: SchemaNote] = ["ok": "Always true.", "fleet": "The fleet; null when the caller has none."]
}
