import Entitlements
import Foundation
import Postgres
import Schema

/// How an MCP server is spoken to.
enum MCPTransport: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
    /// Streamable HTTP.
    case streamableHTTP = "streamable-http"
    /// HTTP with server-sent events, as before streamable HTTP.
    case serverSentEvents = "sse"
    /// A WebSocket.
    case webSocket = "websocket"
}

/// Whether an MCP server is offered.
enum MCPServerStatus: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
    /// It is offered.
    case active
    /// It is offered, and does not work well.
    case degraded
    /// It is being prepared: the gateway is not told of it.
    case draft
}

/// How the gateway gets at the credential of an MCP server.
enum BrokeringMode: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
    /// From a Secret, the same for everybody.
    case `static`
    /// By exchanging the caller's own token (RFC 8693), without a Secret.
    case onBehalfOf = "obo"
}

/// An MCP server as the database has it.
struct MCPServerRecord: Sendable, Hashable {
    /// Its id.
    var id: UUID
    /// Place in the list.
    var number: Int64 = 0
    /// Its name, which no other has.
    var name: String
    /// What it does.
    var description: String
    /// Where it is.
    var endpoint: String
    /// How wide it reaches: the scope of its grants that name none.
    var scope: GrantScope
    /// How it is spoken to.
    var transport: MCPTransport
    /// Whether it is offered.
    var status: MCPServerStatus
    /// What it can do, in words.
    var capabilities: [String]
    /// The third-party source it came from; nil when somebody has entered it.
    var sourceID: UUID?
    /// When it was last brought up to date from its source.
    var lastSyncedAt: Date?
    /// When it was made.
    var createdAt: Date
    /// When it was last changed.
    var updatedAt: Date

    /// Whether the gateway is told of it.
    var isOffered: Bool { status != .draft }
}

/// A credential that the gateway uses with an MCP server: never the secret itself.
struct MCPCredentialRecord: Sendable, Hashable {
    /// Its id.
    var id: UUID
    /// Place in the list.
    var number: Int64 = 0
    /// The server.
    var serverID: UUID
    /// What it is for, for people.
    var displayName: String
    /// How the gateway gets at it.
    var brokeringMode: BrokeringMode
    /// Name of the Secret; nil unless the mode is `static`.
    var secretRef: String?
    /// When it was made.
    var createdAt: Date
}
