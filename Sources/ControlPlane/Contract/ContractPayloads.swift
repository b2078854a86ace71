import Entitlements
import HTTPOperations
import JSONValue
import Schema

/// The effective contract, as it is shown. Its id is the SHA-256 of the canonical text of everything else.
struct ContractView: Codable, Sendable, Hashable, SchemaDescribing {
    var contractVersion: String
    var contractID: String
    var tenant: Tenant
    var awareness: Awareness
    var mcp: Servers
    var skills: Skills

    enum CodingKeys: String, CodingKey {
        case contractVersion, tenant, awareness, mcp, skills
        case contractID = "contractId"
    }

    static var schemaName: String? { "EffectiveContract" }
    static let schemaNotes: [String: SchemaNote] = [
        "contractVersion": "Version of the document's form.",
        "contractId": SchemaNote(
            "SHA-256 of the canonical text of all other members: sorted keys, no blanks. Also the ETag.",
            pattern: "^[0-9a-f]{64}$"
        ), "tenant": "Whose contract it is.", "awareness": "What the tenant knows.", "mcp": "The MCP servers it may call.",
        "skills": "The skills it may fetch.",
    ]

    struct Tenant: Codable, Sendable, Hashable, SchemaDescribing {
        var name: String
        var team: Nullable<String>
        var policyRef: Nullable<String>

        static var schemaName: String? { "ContractTenant" }
        static let schemaNotes: [String: SchemaNote] = [
            "name": "Name of the tenant.", "team": "Its team.", "policyRef": "The AccessPolicy in force.",
        ]
    }

    struct Awareness: Codable, Sendable, Hashable, SchemaDescribing {
        var citationFormat: String
        var memberships: DatasetsView
        var grants: [Grant]
        var version: String
        var wave: String
        var promoted: Bool
        var shadow: Bool

        static var schemaName: String? { "ContractAwareness" }
        static let schemaNotes: [String: SchemaNote] = [
            "citationFormat": "How sources are cited.", "memberships": "The datasets it is a member of.",
            "grants": "What is allowed and denied, by payload.", "version": "Version of the awareness contract it runs.",
            "wave": "The tenant's wave of the rollout.", "promoted": "Whether that wave is promoted.",
            "shadow": "Whether it tries the target version on the side.",
        ]
    }

    struct Grant: Codable, Sendable, Hashable, SchemaDescribing {
        var payloadID: String
        var access: GrantAccess
        var scope: GrantScope

        enum CodingKeys: String, CodingKey {
            case access, scope
            case payloadID = "payloadId"
        }

        static var schemaName: String? { "ContractGrant" }
        static let schemaNotes: [String: SchemaNote] = [
            "payloadId": "What it is about.", "access": "Whether it may be used.", "scope": "How wide the grant reaches that decides.",
        ]
    }

    struct Servers: Codable, Sendable, Hashable, SchemaDescribing {
        var gateway: Nullable<String>
        var servers: [Server]
        var denied: [Reference]

        static var schemaName: String? { "ContractServers" }
        static let schemaNotes: [String: SchemaNote] = [
            "gateway": "Where they are reached.", "servers": "Those that may be called, by name.",
            "denied": "Those that must not be called, whatever else allows them.",
        ]
    }

    struct Server: Codable, Sendable, Hashable, SchemaDescribing {
        var id: String
        var name: String
        var transport: String
        var endpoint: String

        static var schemaName: String? { "ContractServer" }
        static let schemaNotes: [String: SchemaNote] = [
            "id": "Id of the server.", "name": "Its name.", "transport": "How it is spoken to.", "endpoint": "Where it is.",
        ]
    }

    struct Reference: Codable, Sendable, Hashable, SchemaDescribing {
        var id: String
        var name: String

        static var schemaName: String? { "ContractReference" }
        static let schemaNotes: [String: SchemaNote] = ["id": "Its id; its name when it is known by that alone.", "name": "Its name."]
    }

    struct Skills: Codable, Sendable, Hashable, SchemaDescribing {
        var registry: Nullable<String>
        var entitled: [Skill]

        static var schemaName: String? { "ContractSkills" }
        static let schemaNotes: [String: SchemaNote] = [
            "registry": "Where they are fetched.", "entitled": "Those that may be fetched, by name.",
        ]
    }

    struct Skill: Codable, Sendable, Hashable, SchemaDescribing {
        var id: String
        var name: String
        var scope: String
        var version: String
        var digest: String

        static var schemaName: String? { "ContractSkill" }
        static let schemaNotes: [String: SchemaNote] = [
            "id": "Id of the bundle.", "name": "Its name.", "scope": "How wide it reaches.", "version": "Its version.",
            "digest": "SHA-256 of its content.",
        ]
    }
}

/// How a pod asks for its contract.
struct ContractWait: Decodable, Sendable, SchemaDescribing {
    var wait: Int

    static let schemaNotes: [String: SchemaNote] = [
        "wait": SchemaNote(
            "With If-None-Match: how many seconds to wait for another contract before the answer is 304.",
            default: 0,
            minimum: 0,
            maximum: 30
        )
    ]
}
