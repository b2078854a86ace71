import Foundation
import HTTPOperations
import JSONValue
import Schema

/// A token that is to be made.
struct AccessTokenOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var owner: String?
    var expiresAt: String?
    var scopes: [AccessTokenScope]?
    var roles: [AccessTokenRole]?
    var organization: String?

    static var schemaName: String? { "AccessTokenOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": SchemaNote("What the token is for, for people.", pattern: "\\S", default: "default", minLength: 1, maxLength: 120),
        "owner": SchemaNote(
            "Whom the token stands for. Default: the caller. Only administrators of the platform may name somebody else.",
            maxLength: 512
        ),
        "expiresAt": SchemaNote(
            "When the token ends (RFC 3339), at most in a year and not after a token it is made with. Default: 90 days from now. Both can be "
                + "configured otherwise.",
            format: "date-time",
            maxLength: 64
        ),
        "scopes": SchemaNote(
            "What the token may be used for: read for requests that change nothing, write for all. Default: what the caller may do.",
            minItems: 1,
            maxItems: 2,
            uniqueItems: true
        ),
        "roles": SchemaNote(
            "What the bearer is, at most what the caller is. Default: all that the caller is; for somebody else: owner.",
            minItems: 1,
            maxItems: 6,
            uniqueItems: true
        ),
        "organization": SchemaNote(
            "The organisation the bearer acts in; for a customer's administrator, the customer. Default: the caller's. Only administrators of the "
                + "platform may name another.",
            pattern: "^[A-Za-z0-9._-]+$",
            minLength: 1,
            maxLength: 253
        ),
    ]
}

/// Which token is meant.
struct AccessTokenPlace: Decodable, Sendable, SchemaDescribing {
    var id: UUID
    static let schemaNotes: [String: SchemaNote] = ["id": "Id of the token."]
}

/// Which tokens are asked for.
struct AccessTokenSearch: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = ["limit": .pageLimit(), "cursor": .pageCursor]
}

/// A token as it is shown: everything but the token.
struct AccessTokenView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var name: String
    var owner: String
    var createdAt: String
    var expiresAt: String
    var lastUsedAt: String?
    var createdBy: String
    var roles: [String]
    var scopes: [String]
    var organization: String?

    static var schemaName: String? { "AccessToken" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the token.", format: "uuid"), "name": "What it is for, for people.", "owner": "Whom it stands for.",
        "createdAt": "When it was made (RFC 3339, UTC).", "expiresAt": "When it ends.",
        "lastUsedAt": "When it was last used, to a minute; absent when it never was.", "createdBy": "Who made it.",
        "roles": "What its bearer is.", "scopes": "What it may be used for: read, write.",
        "organization": "The organisation its bearer acts in; absent for none.",
    ]

    init(_ record: AccessTokenRecord) {
        id = record.id.uuidString.lowercased()
        name = record.name
        owner = record.owner
        createdAt = RESTTimestamp.text(record.createdAt)
        expiresAt = RESTTimestamp.text(record.expiresAt)
        lastUsedAt = record.lastUsedAt.map(RESTTimestamp.text)
        createdBy = record.createdBy
        roles = record.roles.names
        scopes = record.scopes.sorted()
        organization = record.organization
    }
}

/// A token as it is shown once.
struct AccessTokenAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var plainTextToken: String
    var expiresAt: String

    static var schemaName: String? { "AccessTokenWithSecret" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the token.", format: "uuid"),
        "plainTextToken": "The token to send as Authorization: Bearer. It is shown here and never again.",
        "expiresAt": "When it ends (RFC 3339, UTC).",
    ]
}
