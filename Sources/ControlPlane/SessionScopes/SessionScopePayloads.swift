import Entitlements
import HTTPOperations
import JSONValue
import Schema

/// A session in the path.
struct SessionPlace: Decodable, Sendable, SchemaDescribing {
    var sessionKey: String

    static let schemaNotes: [String: SchemaNote] = [
        "sessionKey": SchemaNote("Key of the session.", pattern: "^[^\\x00-\\x1F\\x7F]+$", minLength: 1, maxLength: 253)
    ]
}

/// Whose binding of a session is meant.
struct SessionBindingPlace: Decodable, Sendable, SchemaDescribing {
    var sessionKey: String
    var principal: String?

    static let schemaNotes: [String: SchemaNote] = SessionPlace.schemaNotes.merging([
        "principal": SchemaNote(
            "Whose binding, as answers write it: tenant:… or user:…. Default: the caller's own; for administrators, who see everybody's, the "
                + "only one there is.",
            pattern: "^[^\\s\\x00-\\x1F\\x7F]+$",
            minLength: 1,
            maxLength: 320
        )
    ]) { first, _ in first }
}

/// One payload at a scope.
struct SelectorView: Codable, Sendable, Hashable, SchemaDescribing {
    var scope: GrantScope
    var payloadID: String

    enum CodingKeys: String, CodingKey {
        case scope
        case payloadID = "payloadId"
    }

    static var schemaName: String? { "ScopeSelector" }
    static let schemaNotes: [String: SchemaNote] = [
        "scope": "How wide.", "payloadId": SchemaNote("Which payload.", pattern: "^\\S+$", minLength: 1, maxLength: 253),
    ]

    init(_ selector: ScopeSelector) { (scope, payloadID) = (selector.scope, selector.payloadID) }

    /// The selector.
    var selector: ScopeSelector { ScopeSelector(scope: scope, payloadID: payloadID) }
}

/// What a session is to be narrowed to.
struct SessionScopeOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var principal: String
    var scopes: [SelectorView]

    static var schemaName: String? { "SessionScopeOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "principal": SchemaNote(
            "For whom: the caller, by subject or address; administrators name anybody: tenant:…, user:…, or a bare name, which is a tenant "
                + "if there is one.",
            pattern: "^[^\\s\\x00-\\x1F\\x7F]+$",
            minLength: 1,
            maxLength: 320
        ), "scopes": SchemaNote("What the session is to reach; of a payload named twice the last counts.", minItems: 1, maxItems: 500),
    ]
}

/// What a session reaches.
struct SessionScopeView: Codable, Sendable, Hashable, SchemaDescribing {
    var sessionKey: String
    var principal: String
    var scopes: [SelectorView]
    var createdAt: String
    var updatedAt: String

    static var schemaName: String? { "SessionScope" }
    static let schemaNotes: [String: SchemaNote] = [
        "sessionKey": "Key of the session.", "principal": "For whom it is bound.",
        "scopes": "What it reaches: what was bound, as far as the principal is entitled to it still.",
        "createdAt": SchemaNote("When it was bound first (RFC 3339, UTC).", format: "date-time"),
        "updatedAt": SchemaNote("When it was bound last.", format: "date-time"),
    ]
}

/// What a session reaches, and what it was not given.
struct SessionScopeAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var sessionKey: String
    var principal: String
    var scopes: [SelectorView]
    var createdAt: String
    var updatedAt: String
    var rejected: [SelectorView]

    static var schemaName: String? { "SessionScopeBinding" }
    static let schemaNotes: [String: SchemaNote] = SessionScopeView.schemaNotes.merging([
        "rejected": "What the principal is not entitled to."
    ]) { first, _ in first }

    init(_ view: SessionScopeView, rejected: [ScopeSelector]) {
        (sessionKey, principal, scopes) = (view.sessionKey, view.principal, view.scopes)
        (createdAt, updatedAt, self.rejected) = (view.createdAt, view.updatedAt, rejected.map(SelectorView.init))
    }
}

/// The answer to clearing a session's binding.
struct SessionScopeRemoval: Codable, Sendable, Hashable, SchemaDescribing {
    var sessionKey: String
    var cleared = true

    static var schemaName: String? { "SessionScopeRemoval" }
    static let schemaNotes: [String: SchemaNote] = ["sessionKey": "Key of the session.", "cleared": "True: there was a binding."]
}
