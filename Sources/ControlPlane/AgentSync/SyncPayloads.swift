import Foundation
import HTTPOperations
import JSONValue
import Schema

/// What is asked of a sync.
struct SyncParameters: Decodable, Sendable, Hashable, SchemaDescribing {
    var id: UUID
    var includeMain: Bool
    var leadOnly: Bool
    var resetSessions: Bool
    var rotateTokens: Bool
    var forceBootstrap: Bool
    var overwrite: Bool
    var boardID: UUID?

    enum CodingKeys: String, CodingKey {
        case id
        case includeMain = "include_main"
        case leadOnly = "lead_only"
        case resetSessions = "reset_sessions"
        case rotateTokens = "rotate_tokens"
        case forceBootstrap = "force_bootstrap"
        case overwrite
        case boardID = "board_id"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("The gateway.", format: "uuid"),
        "include_main": SchemaNote("Also the agents that the tenant's template gave the gateway.", default: true),
        "lead_only": SchemaNote("Only agents that lead: a board, or the tenant's fleet.", default: false),
        "reset_sessions": SchemaNote("Empty the agents' main sessions.", default: false),
        "rotate_tokens": SchemaNote("Give the agents new tokens, also where the present one cannot be read.", default: false),
        "force_bootstrap": SchemaNote("Write BOOTSTRAP.md again.", default: false),
        "overwrite": SchemaNote("Write USER.md and MEMORY.md anew although they are there.", default: false),
        "board_id": SchemaNote("Only the agents of this board.", format: "uuid"),
    ]
}

/// Why one agent was passed over.
struct SyncFailureView: Codable, Sendable, Hashable, SchemaDescribing {
    var agentID: Nullable<String>
    var agentName: String
    var boardID: Nullable<String>
    var message: String

    enum CodingKeys: String, CodingKey {
        case agentID = "agent_id"
        case agentName = "agent_name"
        case boardID = "board_id"
        case message
    }

    static var schemaName: String? { "TemplateSyncError" }
    static let schemaNotes: [String: SchemaNote] = [
        "agent_id": SchemaNote("The agent; null for one of the tenant's template.", format: "uuid"),
        "agent_name": "The agent's name.",
        "board_id": SchemaNote("Its board; null for one of the tenant's template.", format: "uuid"),
        "message": "What is in the way, for people.",
    ]
}

/// What a sync came to.
struct SyncAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var gatewayID: String
    var includeMain: Bool
    var resetSessions: Bool
    var agentsUpdated: Int
    var agentsSkipped: Int
    var mainUpdated: Bool
    var errors: [SyncFailureView]

    enum CodingKeys: String, CodingKey {
        case gatewayID = "gateway_id"
        case includeMain = "include_main"
        case resetSessions = "reset_sessions"
        case agentsUpdated = "agents_updated"
        case agentsSkipped = "agents_skipped"
        case mainUpdated = "main_updated"
        case errors
    }

    static var schemaName: String? { "TemplateSyncResult" }
    static let schemaNotes: [String: SchemaNote] = [
        "gateway_id": SchemaNote("The gateway.", format: "uuid"),
        "include_main": "Whether the agents of the tenant's template were wanted too.",
        "reset_sessions": "Whether sessions were to be emptied.",
        "agents_updated": SchemaNote("How many agents are up to date now.", minimum: 0),
        "agents_skipped": SchemaNote("How many agents are not; `errors` says why.", minimum: 0),
        "main_updated": "Whether the agents of the tenant's template are all up to date now.",
        "errors": "Why agents were passed over.",
    ]
}
