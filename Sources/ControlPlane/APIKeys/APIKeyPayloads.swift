import Foundation
import HTTPOperations
import JSONValue
import Schema

/// A key that is to be made.
struct APIKeyOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var role: APIKeyRole
    var scopes: [APIKeyScope]
    var customerID: String?
    var expiresAt: String?

    enum CodingKeys: String, CodingKey {
        case name, role, scopes
        case customerID = "customer_id"
        case expiresAt = "expires_at"
    }

    static var schemaName: String? { "APIKeyOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": SchemaNote("What the key is for, for people.", pattern: "\\S", minLength: 1, maxLength: 120),
        "role": SchemaNote(
            "admin: everything the scopes allow, for every customer of the organisation; member: without what administrators do, and for "
                + "its customer alone, if it has one.",
            default: "member"
        ),
        "scopes": SchemaNote("What the key may be used for.", minItems: 1, maxItems: 16, uniqueItems: true),
        "customer_id": SchemaNote("The customer of the organisation the key is for; members only.", minLength: 1, maxLength: 253),
        "expires_at": SchemaNote(
            "When the key ends (RFC 3339), at most when a key does that it is made with. Default: with that, or never.",
            format: "date-time",
            maxLength: 64
        ),
    ]
}

/// How a key is rotated.
struct APIKeyRotation: Decodable, Sendable, Hashable, SchemaDescribing {
    var graceSeconds: Int

    enum CodingKeys: String, CodingKey { case graceSeconds = "grace_seconds" }

    static var schemaName: String? { "APIKeyRotation" }
    static let schemaNotes: [String: SchemaNote] = [
        "grace_seconds": SchemaNote(
            "How long the secret before stays good; 0 ends it at once.",
            default: 0,
            minimum: 0,
            maximum: 604_800
        )
    ]
}

/// Which key is meant.
struct APIKeyPlace: Decodable, Sendable, SchemaDescribing {
    var id: UUID
    static let schemaNotes: [String: SchemaNote] = ["id": "Id of the key."]
}

/// Which keys are asked for.
struct APIKeySearch: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?
    var includeEnded: Bool

    enum CodingKeys: String, CodingKey {
        case limit, cursor
        case includeEnded = "include_ended"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "limit": .pageLimit(), "cursor": .pageCursor,
        "include_ended": SchemaNote("Whether keys that were revoked or are over are listed too.", default: false),
    ]
}

/// A key as it is shown: everything but the secret.
struct APIKeyView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var organization: String
    var customerID: Nullable<String>
    var name: String
    var role: APIKeyRole
    var scopes: [String]
    var createdBy: String
    var parentID: Nullable<String>
    var createdAt: String
    var expiresAt: Nullable<String>
    var rotatedAt: Nullable<String>
    var previousExpiresAt: Nullable<String>
    var lastUsedAt: Nullable<String>
    var revokedAt: Nullable<String>

    enum CodingKeys: String, CodingKey {
        case id, organization, name, role, scopes
        case customerID = "customer_id"
        case createdBy = "created_by"
        case parentID = "parent_id"
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case rotatedAt = "rotated_at"
        case previousExpiresAt = "previous_expires_at"
        case lastUsedAt = "last_used_at"
        case revokedAt = "revoked_at"
    }

    static var schemaName: String? { "APIKey" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the key.", format: "uuid"), "organization": "The organisation it is for.",
        "customer_id": "The customer of the organisation it is for.", "name": "What it is for, for people.",
        "scopes": "What it may be used for.", "created_by": "Who made it.",
        "parent_id": "The key it was made with, and ends with; null for none.", "created_at": "When it was made (RFC 3339, UTC).",
        "expires_at": "When it ends.", "rotated_at": "When its secret was last rotated.",
        "previous_expires_at": "Until when the secret before the last rotation is good.",
        "last_used_at": "When it was last used, to a minute.", "revoked_at": "When it was revoked.",
    ]

    init(_ record: APIKeyRecord) {
        id = record.id.uuidString.lowercased()
        organization = record.organization
        customerID = Nullable(record.customerID)
        name = record.name
        role = record.role
        scopes = record.scopes.sorted()
        createdBy = record.createdBy
        parentID = Nullable(record.parentID?.uuidString.lowercased())
        createdAt = RESTTimestamp.text(record.createdAt)
        func text(_ date: Date?) -> Nullable<String> { Nullable(date.map(RESTTimestamp.text)) }
        expiresAt = text(record.expiresAt)
        rotatedAt = text(record.rotatedAt)
        previousExpiresAt = text(record.previous?.expiresAt)
        lastUsedAt = text(record.lastUsedAt)
        revokedAt = text(record.revokedAt)
    }
}

/// A key with its secret, as it is shown once.
struct APIKeyAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var key: String
    var apiKey: APIKeyView

    enum CodingKeys: String, CodingKey {
        case key
        case apiKey = "api_key"
    }

    static var schemaName: String? { "APIKeyWithSecret" }
    static let schemaNotes: [String: SchemaNote] = [
        "key": "The key to send as X-Api-Key. It is shown here and never again.", "api_key": "Everything else about it.",
    ]
}
