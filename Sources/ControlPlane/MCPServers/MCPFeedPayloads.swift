import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import Schema

/// What the registry feed is asked for.
struct MCPFeedSearch: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?
    var search: String?
    var version: String?
    var updatedSince: Date?

    enum CodingKeys: String, CodingKey {
        case limit, cursor, search, version
        case updatedSince = "updated_since"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "limit": .pageLimit(default: 30, maximum: 100),
        "cursor": SchemaNote("Where the page before ended: its nextCursor.", pattern: "^[A-Za-z0-9_-]+$", maxLength: 2048),
        "search": SchemaNote("Only servers with this in their name, in either case.", minLength: 1, maxLength: 120),
        "version": SchemaNote("Of every server there is one version, the latest.", enum: ["latest"]),
        "updated_since": "Only servers that were changed after this time (RFC 3339).",
    ]
}

/// A page of the registry feed, as registries of MCP servers answer (registry API v0.1).
struct MCPFeedPage: Codable, Sendable, Hashable, SchemaDescribing {
    /// Where it ends.
    struct Metadata: Codable, Sendable, Hashable, SchemaDescribing {
        var count: Int
        var nextCursor: String?

        static var schemaName: String? { "McpRegistryMetadata" }
        static let schemaNotes: [String: SchemaNote] = [
            "count": "How many servers the page has.", "nextCursor": "What to ask the next page with; absent on the last.",
        ]
    }

    var servers: [MCPFeedEntry]
    var metadata: Metadata

    static var schemaName: String? { "McpFeedPage" }
    static let schemaNotes: [String: SchemaNote] = ["servers": "The servers, by name.", "metadata": "Where the page ends."]
}

/// A server of the registry feed.
struct MCPFeedEntry: Codable, Sendable, Hashable, SchemaDescribing {
    /// What is said of the server.
    struct Server: Codable, Sendable, Hashable, SchemaDescribing {
        var name: String
        var title: String
        var description: String
        var version: String
        var remotes: [Remote]

        static var schemaName: String? { "McpRegistryServer" }
        static let schemaNotes: [String: SchemaNote] = [
            "name": "Stable name: io.opencrane/ and the server's id.", "title": "The server's name in the catalogue.",
            "description": "What it does, in 100 characters at most.", "version": "1.0. and the second of its last change.",
            "remotes": "Where it is.",
        ]
    }

    /// Where a server is.
    struct Remote: Codable, Sendable, Hashable, SchemaDescribing {
        var type: MCPTransport
        var url: String

        static var schemaName: String? { "McpRegistryRemote" }
        static let schemaNotes: [String: SchemaNote] = ["type": "How it is spoken to.", "url": "Its endpoint."]
    }

    /// What registries say of their entries.
    struct Publication: Codable, Sendable, Hashable, SchemaDescribing {
        var status: String
        var publishedAt: String
        var updatedAt: String
        var isLatest: Bool

        static var schemaName: String? { "McpRegistryPublication" }
        static let schemaNotes: [String: SchemaNote] = [
            "status": SchemaNote("Always active: what is not offered is not listed.", enum: ["active"]),
            "publishedAt": SchemaNote("When the server was made.", format: "date-time"),
            "updatedAt": SchemaNote("When it was last changed.", format: "date-time"), "isLatest": "Always true.",
        ]
    }

    /// What this platform adds.
    struct Catalogue: Codable, Sendable, Hashable, SchemaDescribing {
        var id: String
        var scope: GrantScope
        var status: MCPServerStatus
        var capabilities: [String]

        static var schemaName: String? { "McpRegistryCatalogueEntry" }
        static let schemaNotes: [String: SchemaNote] = [
            "id": SchemaNote("Id of the server.", format: "uuid"), "scope": "How wide it reaches.",
            "status": "Whether it works well.", "capabilities": "What it can do, in words.",
        ]
    }

    /// What is said of the entry.
    struct Metadata: Codable, Sendable, Hashable, SchemaDescribing {
        var publication: Publication
        var catalogue: Catalogue

        enum CodingKeys: String, CodingKey {
            case publication = "io.modelcontextprotocol.registry/official"
            case catalogue = "io.opencrane/catalogue"
        }

        static var schemaName: String? { "McpRegistryEntryMetadata" }
        static let schemaNotes: [String: SchemaNote] = [
            "io.modelcontextprotocol.registry/official": "What registries say of their entries.",
            "io.opencrane/catalogue": "What this platform adds.",
        ]
    }

    var server: Server
    var metadata: Metadata

    enum CodingKeys: String, CodingKey {
        case server
        case metadata = "_meta"
    }

    static var schemaName: String? { "McpFeedEntry" }
    static let schemaNotes: [String: SchemaNote] = ["server": "What is said of the server.", "_meta": "What is said of the entry."]

    init(_ record: MCPServerRecord) {
        server = Server(
            name: "io.opencrane/\(record.id.text)",
            title: record.name,
            description: String(record.description.unicodeScalars.prefix(100).map(Character.init)),
            version: "1.0.\(Int64(record.updatedAt.timeIntervalSince1970))",
            remotes: [Remote(type: record.transport, url: record.endpoint)]
        )
        metadata = Metadata(
            publication: Publication(
                status: "active",
                publishedAt: RESTTimestamp.text(record.createdAt),
                updatedAt: RESTTimestamp.text(record.updatedAt),
                isLatest: true
            ),
            catalogue: Catalogue(id: record.id.text, scope: record.scope, status: record.status, capabilities: record.capabilities)
        )
    }
}
