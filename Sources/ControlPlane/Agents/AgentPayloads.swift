import Foundation
import HTTPOperations
import JSONValue
import Projection
import Schema

/// The state an agent is asked for with.
enum RequestedAgentStatus: String, Codable, Sendable, Hashable, CaseIterable {
    /// As usual.
    case provisioning
    /// As usual.
    case active
    /// It is made, and nobody wakes it.
    case paused
    /// Like ``paused``, for good.
    case retired
}

/// An order for an agent.
struct CreateAgentRequest: Codable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var boardID: UUID?
    var status: RequestedAgentStatus?
    var heartbeatConfig: JSON?
    var identityProfile: JSON?
    var identityTemplate: String?
    var soulTemplate: String?

    enum CodingKeys: String, CodingKey {
        case name
        case boardID = "board_id"
        case status
        case heartbeatConfig = "heartbeat_config"
        case identityProfile = "identity_profile"
        case identityTemplate = "identity_template"
        case soulTemplate = "soul_template"
    }

    static var schemaName: String? { "AgentCreate" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": AgentNotes.name,
        "board_id": SchemaNote("The board it is to be on. Required.", format: "uuid", nullable: true),
        "status": SchemaNote(
            "State to begin in; the platform owns it afterwards. paused and retired agents are not woken.",
            nullable: true
        ),
        "heartbeat_config": AgentNotes.heartbeat,
        "identity_profile": AgentNotes.profile,
        "identity_template": AgentNotes.template,
        "soul_template": AgentNotes.template,
    ]
}

/// What is said of members that several requests have.
enum AgentNotes {
    /// As much of a file as a gateway gives an agent to read.
    static let longestTemplate = 20_000

    static let name = SchemaNote("Name for people; 1 to 120 characters besides blanks at its ends.", minLength: 1, maxLength: 253)
    static let heartbeat = SchemaNote(
        "How it is woken: {interval_seconds, missing_tolerance}, or {every, target, includeReasoning, ackMaxChars}; null for not at all.",
        type: .object,
        nullable: true
    )
    static let profile = SchemaNote(
        "Who it is: texts by name, such as role, purpose or communication_style; lists become texts, blanks are left out.",
        type: .object,
        nullable: true
    )
    static let template = SchemaNote("Text for one of its files; blank for none.", maxLength: longestTemplate, nullable: true)
}

/// Changes of an agent; what is absent stays.
struct UpdateAgentRequest: Codable, Sendable, SchemaDescribing {
    var name: String?
    var status: String?
    var heartbeatConfig: Change<JSON>
    var identityProfile: Change<JSON>
    var identityTemplate: Change<String>
    var soulTemplate: Change<String>

    enum CodingKeys: String, CodingKey {
        case name, status
        case heartbeatConfig = "heartbeat_config"
        case identityProfile = "identity_profile"
        case identityTemplate = "identity_template"
        case soulTemplate = "soul_template"
    }

    static var schemaName: String? { "AgentUpdate" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": AgentNotes.name,
        "status": SchemaNote("Not to be set: agents say it themselves. Answered with 403.", maxLength: 64),
        "heartbeat_config": AgentNotes.heartbeat,
        "identity_profile": AgentNotes.profile,
        "identity_template": AgentNotes.template,
        "soul_template": AgentNotes.template,
    ]
}

/// A call of an agent that says how it is doing.
struct AgentHeartbeatRequest: Codable, Sendable, Hashable, SchemaDescribing {
    var status: String?

    static var schemaName: String? { "AgentHeartbeat" }
    static let schemaNotes: [String: SchemaNote] = [
        "status": SchemaNote(
            "How it is doing, in a word: idle when it has nothing to do; anything else counts as active.",
            pattern: "^[A-Za-z0-9][A-Za-z0-9 _-]*$",
            minLength: 1,
            maxLength: 64,
            nullable: true
        )
    ]
}

/// One agent.
struct AgentParameters: Decodable, Sendable, SchemaDescribing {
    var id: UUID

    static let schemaNotes: [String: SchemaNote] = ["id": SchemaNote("Id of the agent.", format: "uuid")]
}

/// One agent, and how it is to be changed.
struct AgentUpdateParameters: Decodable, Sendable, SchemaDescribing {
    var id: UUID
    var force: Bool

    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the agent.", format: "uuid"),
        "force": SchemaNote("Whether the gateway is brought up to date although nothing changed.", default: false),
    ]
}

/// Which agents are asked for.
struct AgentListParameters: Decodable, Sendable, SchemaDescribing {
    var boardID: UUID?
    var gatewayID: UUID?
    var status: AgentStatus?
    var isPlatformAgent: Bool?
    var limit: Int
    var offset: Int
    var cursor: String?

    enum CodingKeys: String, CodingKey {
        case boardID = "board_id"
        case gatewayID = "gateway_id"
        case status
        case isPlatformAgent = "is_mc_agent"
        case limit, offset, cursor
    }

    static let schemaNotes: [String: SchemaNote] = [
        "board_id": SchemaNote("Only agents on this board.", format: "uuid"),
        "gateway_id": SchemaNote("Only agents on this gateway.", format: "uuid"),
        "status": "Only agents in this state; those that are gone are listed only when deleted is asked for.",
        "is_mc_agent": "Only agents that the platform made, or only others, of which there are none here.",
        "limit": .pageLimit(default: 200), "offset": .pageOffset(), "cursor": .pageCursor,
    ]
}
