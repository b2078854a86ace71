import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import Projection
import Schema

/// A gateway as callers see it.
struct GatewayView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var boardID: String
    var organizationID: Nullable<String>
    var name: String
    var url: Nullable<String>
    var version: Nullable<String>
    var protocolVersion: Nullable<Int>
    var state: FleetGateway.State
    var message: Nullable<String>
    var createdAt: String
    var updatedAt: String

    enum CodingKeys: String, CodingKey {
        case id
        case boardID = "board_id"
        case organizationID = "organization_id"
        case name, url, version
        case protocolVersion = "protocol"
        case state, message
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// A gateway.
    init(_ gateway: FleetGateway) {
        id = gateway.id.text
        boardID = Board.id(ofTenant: gateway.uid).text
        organizationID = Nullable(gateway.organization)
        name = gateway.tenant.displayName
        url = Nullable(gateway.status.url)
        version = Nullable(gateway.status.version)
        protocolVersion = Nullable(gateway.status.protocol)
        state = gateway.state
        message = Nullable(gateway.tenant.message)
        createdAt = RESTTimestamp.text(gateway.tenant.metadata.createdAt)
        updatedAt = RESTTimestamp.text(gateway.updatedAt)
    }

    static var schemaName: String? { "GatewayRead" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Its id: that of the tenant whose gateway it is.", format: "uuid"),
        "board_id": SchemaNote("The board of its agents.", format: "uuid"),
        "organization_id": "The organisation it belongs to; null for a person's own.",
        "name": "Name for people.",
        "url": "Where it listens; null until it does.",
        "version": "The release it runs; null until it answered once.",
        "protocol": "The protocol version agreed on; null until it answered once.",
        "state": "How it is doing.",
        "message": "What is in the way, for people; null for nothing.",
        "created_at": SchemaNote("When it was ordered (RFC 3339, UTC).", format: "date-time"),
        "updated_at": SchemaNote("When something about it last changed (RFC 3339, UTC).", format: "date-time"),
    ]
}

/// A board as callers see it.
struct BoardView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var organizationID: Nullable<String>
    var gatewayID: String
    var name: String
    var slug: String
    var maxAgents: Int
    var agentCount: Int
    var createdAt: String
    var updatedAt: String
    /// Its gateway; only where one board is shown.
    var gateway: GatewayView?

    enum CodingKeys: String, CodingKey {
        case id
        case organizationID = "organization_id"
        case gatewayID = "gateway_id"
        case name, slug
        case maxAgents = "max_agents"
        case agentCount = "agent_count"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case gateway
    }

    /// A board.
    ///
    /// - Parameters:
    ///   - board: the board.
    ///   - agentCount: how many agents it has.
    init(_ board: Board, agentCount: Int) {
        let tenant = board.gateway.tenant
        id = board.id.text
        organizationID = Nullable(board.gateway.organization)
        gatewayID = board.gateway.id.text
        name = tenant.displayName
        slug = tenant.name
        maxAgents = board.maxAgents
        self.agentCount = agentCount
        createdAt = RESTTimestamp.text(tenant.metadata.createdAt)
        updatedAt = RESTTimestamp.text(board.gateway.updatedAt)
    }

    static var schemaName: String? { "BoardRead" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Its id.", format: "uuid"),
        "organization_id": "The organisation it belongs to; null for a person's own.",
        "gateway_id": SchemaNote("The gateway its agents live on.", format: "uuid"),
        "name": "Name for people.",
        "slug": "The tenant's name.",
        "max_agents": SchemaNote("The most agents there may be.", minimum: 1),
        "agent_count": SchemaNote("How many agents there are; one that is being deleted counts until it is gone.", minimum: 0),
        "created_at": SchemaNote("When it was ordered (RFC 3339, UTC).", format: "date-time"),
        "updated_at": SchemaNote("When something about it last changed (RFC 3339, UTC).", format: "date-time"),
        "gateway": "Its gateway; left out in lists.",
    ]
}

/// A page of boards.
struct BoardList: Codable, Sendable, Hashable, SchemaDescribing {
    var items: [BoardView]
    var total: Int
    var limit: Int
    var offset: Int

    static let schemaNotes: [String: SchemaNote] = [
        "items": "The boards, newest first.", "total": "How many there are on all pages.", "limit": "Most boards of a page.",
        "offset": "How many were passed over; 0 with a cursor.",
    ]
}

/// A page of gateways.
struct GatewayList: Codable, Sendable, Hashable, SchemaDescribing {
    var items: [GatewayView]
    var total: Int
    var limit: Int
    var offset: Int

    static let schemaNotes: [String: SchemaNote] = [
        "items": "The gateways, newest first.", "total": "How many there are on all pages.", "limit": "Most gateways of a page.",
        "offset": "How many were passed over; 0 with a cursor.",
    ]
}

/// Which page of boards or gateways is asked for.
struct BoardListParameters: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var offset: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = [
        "limit": .pageLimit(default: 200), "offset": .pageOffset(), "cursor": .pageCursor,
    ]
}

/// One board or gateway.
struct BoardParameters: Decodable, Sendable, SchemaDescribing {
    var id: UUID

    static let schemaNotes: [String: SchemaNote] = ["id": SchemaNote("The id.", format: "uuid")]
}
