import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import Schema

/// An MCP server that is to be made.
struct MCPServerOrder: Decodable, Sendable, SchemaDescribing {
    var name: String
    var endpoint: String
    var transport: MCPTransport
    var scope: GrantScope
    var description: String
    var status: MCPServerStatus
    var capabilities: [String]
    var grants: [GrantOrder]
    var credentials: [MCPCredentialOrder]

    static var schemaName: String? { "McpServerOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": MCPServerNotes.name,
        "endpoint": MCPServerNotes.endpoint,
        "transport": SchemaNote(MCPServerNotes.transport),
        "scope": SchemaNote(MCPServerNotes.scope, default: "org"),
        "description": SchemaNote(MCPServerNotes.description, default: "", maxLength: 2000),
        "status": SchemaNote(MCPServerNotes.status, default: "draft"),
        "capabilities": SchemaNote(MCPServerNotes.capabilities, default: [], maxItems: 100, items: MCPServerNotes.capability),
        "grants": SchemaNote("Who may use it, and who must not.", default: [], maxItems: GrantOrder.limit),
        "credentials": SchemaNote("What the gateway uses with it.", default: [], maxItems: MCPServerNotes.mostCredentials),
    ]
}

/// Changes of an MCP server; what is absent stays.
struct MCPServerUpdate: Decodable, Sendable, SchemaDescribing {
    var name: String?
    var endpoint: String?
    var transport: MCPTransport?
    var scope: GrantScope?
    var description: String?
    var status: MCPServerStatus?
    var capabilities: [String]?
    var grants: [GrantOrder]?
    var credentials: [MCPCredentialOrder]?

    static var schemaName: String? { "McpServerUpdate" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": MCPServerNotes.name,
        "endpoint": MCPServerNotes.endpoint,
        "transport": SchemaNote(MCPServerNotes.transport),
        "scope": SchemaNote(MCPServerNotes.scope),
        "description": SchemaNote(MCPServerNotes.description, maxLength: 2000),
        "status": SchemaNote(MCPServerNotes.status),
        "capabilities": SchemaNote(MCPServerNotes.capabilities, maxItems: 100, items: MCPServerNotes.capability),
        "grants": SchemaNote("Who may use it, and who must not.", maxItems: GrantOrder.limit),
        "credentials": SchemaNote("What the gateway uses with it.", maxItems: MCPServerNotes.mostCredentials),
    ]
}

/// A credential as it is asked for. What answers show can be sent back as it is.
struct MCPCredentialOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var id: String?
    var displayName: String
    var brokeringMode: BrokeringMode
    var secretRef: String?

    static var schemaName: String? { "McpServerCredentialOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of a credential there is, which is changed then; without it the credential is a new one.", format: "uuid"),
        "displayName": SchemaNote("What it is for, for people.", pattern: "\\S", minLength: 1, maxLength: 120),
        "brokeringMode": SchemaNote(
            "static: the gateway takes it from a Secret, the same for everybody, and secretRef is needed. obo: it exchanges the caller's own "
                + "token, and there must be no secretRef.",
            default: "static"
        ),
        "secretRef": SchemaNote(
            "Name of a Secret in the gateway's namespace. The secret itself is never sent here.",
            pattern: MCPServerNotes.secretName,
            minLength: 1,
            maxLength: 253,
            nullable: true
        ),
    ]
}

/// A new credential of a server there is; its id is given by the control plane.
struct MCPCredentialCreation: Decodable, Sendable, SchemaDescribing {
    var displayName: String
    var brokeringMode: BrokeringMode
    var secretRef: String?

    static var schemaName: String? { "McpServerCredentialCreate" }
    static let schemaNotes = MCPCredentialOrder.schemaNotes.filter { $0.key != "id" }

    /// The same as one of several.
    var order: MCPCredentialOrder {
        MCPCredentialOrder(id: nil, displayName: displayName, brokeringMode: brokeringMode, secretRef: secretRef)
    }
}

/// Which credential is meant.
struct MCPCredentialPlace: Decodable, Sendable, SchemaDescribing {
    var id: String
    var credentialID: String

    enum CodingKeys: String, CodingKey {
        case id
        case credentialID = "credentialId"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the server.", minLength: 1, maxLength: 253),
        "credentialId": SchemaNote("Id of the credential.", minLength: 1, maxLength: 253),
    ]
}

/// Which page of a server's credentials is asked for.
struct MCPCredentialSearch: Decodable, Sendable, SchemaDescribing {
    var id: String
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the server.", minLength: 1, maxLength: 253), "limit": .pageLimit(maximum: 1000), "cursor": .pageCursor,
    ]
}

/// What orders and changes of MCP servers have in common.
enum MCPServerNotes {
    static let mostCredentials = 50
    static let name = SchemaNote("Name of the server, which no other has.", pattern: "^\\S(.*\\S)?$", minLength: 1, maxLength: 120)
    static let endpoint = SchemaNote(
        "Where the server is: a URL with http, https, ws or wss, without user, password and fragment.",
        pattern: "^(https?|wss?)://" + host + port + "([/?][A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?$",
        minLength: 8,
        maxLength: 2048
    )
    static let transport = "How the server is spoken to."
    static let scope = "How wide its grants reach that name no scope of their own."
    static let description = "What the server does."
    static let status = "Whether it is offered: a draft is not told to the gateway."
    static let capabilities = "What it can do, in words. Blanks around a word and repetitions are left out."
    static let capability = SchemaNote(pattern: "\\S", maxLength: 100)
    /// A DNS subdomain name (RFC 1123), as names of Secrets are.
    static let secretName = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
    private static let host =
        "([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,8}(\\.[0-9]{1,3}){0,3}\\])"
    private static let port = "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"

    /// Capabilities as they are kept: trimmed, each once, in the order they came in.
    static func normalised(_ capabilities: [String]) -> [String] {
        var seen: Set<String> = [""]
        return capabilities.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { seen.insert($0).inserted }
    }
}

/// An MCP server as it is shown.
struct MCPServerView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var name: String
    var description: String
    var endpoint: String
    var scope: GrantScope
    var transport: MCPTransport
    var status: MCPServerStatus
    var capabilities: [String]
    var sourceID: String?
    var lastSyncedAt: String?
    var grants: [GrantView]
    var credentials: [MCPCredentialView]
    var createdAt: String
    var updatedAt: String

    enum CodingKeys: String, CodingKey {
        case id, name, description, endpoint, scope, transport, status, capabilities, lastSyncedAt, grants, credentials, createdAt,
            updatedAt
        case sourceID = "sourceId"
    }

    static var schemaName: String? { "McpServer" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the server.", format: "uuid"),
        "name": "Name of the server, which no other has.",
        "description": "What the server does.",
        "endpoint": "Where the server is.",
        "scope": "How wide its grants reach that name no scope of their own.",
        "transport": "How the server is spoken to.",
        "status": "Whether it is offered.",
        "capabilities": "What it can do, in words.",
        "sourceId": SchemaNote("The third-party source it came from.", format: "uuid"),
        "lastSyncedAt": SchemaNote("When it was last brought up to date from its source (RFC 3339, UTC).", format: "date-time"),
        "grants": "Who may use it, and who must not. Callers who act for a customer see those for everyone alone.",
        "credentials": "What the gateway uses with it. Callers who act for a customer see none.",
        "createdAt": SchemaNote("When it was made (RFC 3339, UTC).", format: "date-time"),
        "updatedAt": SchemaNote("When it was last changed (RFC 3339, UTC).", format: "date-time"),
    ]

    init(_ state: MCPServerState, sight: CatalogueSight = .everything) {
        let server = state.server
        id = server.id.text
        name = server.name
        description = server.description
        endpoint = server.endpoint
        scope = server.scope
        transport = server.transport
        status = server.status
        capabilities = server.capabilities
        sourceID = server.sourceID?.text
        lastSyncedAt = server.lastSyncedAt.map(RESTTimestamp.text)
        grants = state.grants.filter { sight == .everything || $0.subject == .everyone }.map(GrantView.init)
        credentials = sight == .everything ? state.credentials.map(MCPCredentialView.init) : []
        createdAt = RESTTimestamp.text(server.createdAt)
        updatedAt = RESTTimestamp.text(server.updatedAt)
    }
}

/// A credential as it is shown: never the secret.
struct MCPCredentialView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var displayName: String
    var brokeringMode: BrokeringMode
    var secretRef: Nullable<String>

    static var schemaName: String? { "McpServerCredential" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the credential.", format: "uuid"),
        "displayName": "What it is for, for people.",
        "brokeringMode": "How the gateway gets at it.",
        "secretRef": "Name of the Secret; null unless the mode is static.",
    ]

    init(_ record: MCPCredentialRecord) {
        id = record.id.text
        displayName = record.displayName
        brokeringMode = record.brokeringMode
        secretRef = Nullable(record.secretRef)
    }
}

/// A server with all that belongs to it.
struct MCPServerState: Sendable, Hashable {
    var server: MCPServerRecord
    var grants: [GrantRecord]
    var credentials: [MCPCredentialRecord]
}
