import CraneAPI
import JSONValue
import Schema

extension AccessPolicySpec: RESTSpec {
    static var hiddenMembers: Set<String> { [] }

    static var documentName: String { "Policy" }

    static var createExample: JSON {
        [
            "name": "base", "description": "What everybody may reach.", "tenantSelector": ["matchTeam": "ops"],
            "domains": ["allow": ["api.example.com", "*.corp.example"], "deny": ["bad.example"], "defaultDeny": true],
            "egressRules": [["cidr": "10.0.0.0/8", "ports": [443], "protocol": "TCP"]], "mcpServers": ["allow": ["jira"], "deny": []],
        ]
    }
}

/// An access policy as REST shows it.
///
/// `domains` is the list of allowed names, as the documented shape has it; the whole rule set is in `domainRules`.
struct PolicyView: Codable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var namespace: String
    var description: String?
    var tenantSelector: TenantSelector?
    var domains: [String]
    var domainRules: DomainRules?
    var egressRules: [EgressRule]
    var mcpServers: AccessList?
    var createdAt: String

    static var schemaName: String? { "AccessPolicy" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": "Name of the policy.",
        "namespace": "Namespace it lives in.",
        "description": "What it is for.",
        "tenantSelector": "Tenants it applies to.",
        "domains": "Names that may be reached; * makes one a pattern.",
        "domainRules": "The whole rule set on names: allow, deny, defaultDeny.",
        "egressRules": "Address blocks that may be reached.",
        "mcpServers": "MCP servers that may and may not be used.",
        "createdAt": SchemaNote("When it was created (RFC 3339, UTC).", format: "date-time"),
    ]
}

/// What a list of policies is asked for.
struct PolicyListParameters: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = ["limit": ListNotes.limit, "cursor": ListNotes.cursor]
}
