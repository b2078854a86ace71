import Foundation
import HTTPOperations
import JSONValue
import Projection
import Schema

/// An agent as callers see it. Members are in snake case, as its callers know them; there is never a token among them.
struct AgentView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var gatewayID: String
    var boardID: String
    var name: String
    var status: String
    var gatewayAgentID: Nullable<String>
    var workspacePath: Nullable<String>
    var isPlatformAgent: Bool
    var isBoardLead: Bool
    var isGatewayMain: Bool
    var sessionID: String
    var createdAt: String
    var updatedAt: String
    var identityProfile: IdentityProfileView?
    var heartbeatConfig: JSON?
    var lastSeenAt: String?
    var lastProvisionError: String?
    var attempts: Int?
    var nextAttemptAt: String?

    enum CodingKeys: String, CodingKey {
        case id
        case gatewayID = "gateway_id"
        case boardID = "board_id"
        case name, status
        case gatewayAgentID = "gateway_agent_id"
        case workspacePath = "workspace_path"
        case isPlatformAgent = "is_mc_agent"
        case isBoardLead = "is_board_lead"
        case isGatewayMain = "is_gateway_main"
        case sessionID = "openclaw_session_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case identityProfile = "identity_profile"
        case heartbeatConfig = "heartbeat_config"
        case lastSeenAt = "last_seen_at"
        case lastProvisionError = "last_provision_error"
        case attempts
        case nextAttemptAt = "next_attempt_at"
    }

    /// An agent.
    ///
    /// - Parameters:
    ///   - row: the agent.
    ///   - now: the time, after which who has not called for too long is offline.
    init(_ row: AgentRow, now: Date) {
        id = row.id.text
        gatewayID = row.gatewayID
        boardID = row.boardID.text
        name = row.name
        status = row.status(at: now).rawValue
        gatewayAgentID = Nullable(row.gatewayAgentID)
        workspacePath = Nullable(row.workspacePath)
        isPlatformAgent = true
        isBoardLead = row.isBoardLead
        isGatewayMain = row.isGatewayMain
        sessionID = row.sessionID
        createdAt = Self.text(row.createdAt)
        updatedAt = Self.text(row.updatedAt)
        identityProfile = row.identityProfile.map(IdentityProfileView.init)
        heartbeatConfig = row.heartbeatConfig
        lastSeenAt = row.lastSeenAt.map(Self.text)
        lastProvisionError = row.lastProvisionError
        attempts = row.attempts > 0 ? row.attempts : nil
        // While somebody is at it, the row says when somebody else would go on.
        nextAttemptAt = row.leaseHolder == nil && !row.isSettled ? row.nextAttemptAt.map(Self.text) : nil
    }

    /// RFC 3339 in UTC with whole seconds, as callers of agents know it.
    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }

    static var schemaName: String? { "AgentRead" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Its id.", format: "uuid"),
        "gateway_id": "The gateway it lives on.",
        "board_id": SchemaNote("The board it is on.", format: "uuid"),
        "name": "Name for people.",
        "status": SchemaNote(
            "Where it is in its life.",
            enum: AgentStatus.allCases.map { .string($0.rawValue) }
        ),
        "gateway_agent_id": "What the gateway calls it; null until it is made there.",
        "workspace_path": "Where its files are on the gateway's machine; null until that is known.",
        "is_mc_agent": "Whether the platform made it; always true here.",
        "is_board_lead": "Whether it leads its board.",
        "is_gateway_main": "Whether it is the gateway's own.",
        "openclaw_session_id": "Its main session on the gateway.",
        "created_at": SchemaNote("When it was asked for (RFC 3339, UTC).", format: "date-time"),
        "updated_at": SchemaNote("When something about it last changed, besides its being seen (RFC 3339, UTC).", format: "date-time"),
        "identity_profile": "Who it is: texts by name; left out when nothing was said.",
        "heartbeat_config": SchemaNote("How it is woken, as it was asked for; left out when nothing was said.", type: .object),
        "last_seen_at": SchemaNote("When it called last; left out when it never did (RFC 3339, UTC).", format: "date-time"),
        "last_provision_error": "Why it could not be provisioned last; left out when nothing is in the way.",
        "attempts": SchemaNote("How often what was asked for last was tried; left out when it was not, or is done.", minimum: 1),
        "next_attempt_at": SchemaNote(
            "When what failed is tried again by itself; left out when nothing is to be, or somebody is at it (RFC 3339, UTC).",
            format: "date-time"
        ),
    ]
}

/// A page of agents.
struct AgentList: Codable, Sendable, Hashable, SchemaDescribing {
    var items: [AgentView]
    var total: Int
    var limit: Int
    var offset: Int

    static let schemaNotes: [String: SchemaNote] = [
        "items": "The agents, newest first.", "total": "How many there are on all pages.", "limit": "Most agents of a page.",
        "offset": "How many were passed over; 0 with a cursor.",
    ]
}

/// The answer to a deletion.
struct AgentDeletion: Codable, Sendable, Hashable, SchemaDescribing {
    var ok: Bool

    static let schemaNotes: [String: SchemaNote] = ["ok": "Always true."]
}
