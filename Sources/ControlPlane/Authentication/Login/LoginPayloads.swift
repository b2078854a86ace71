import HTTPOperations
import Schema

/// Where a browser goes after the login.
struct LoginStart: Decodable, Sendable, SchemaDescribing {
    var returnTo: String?
    static let schemaNotes: [String: SchemaNote] = [
        "returnTo": SchemaNote("Path to redirect back to after a successful login; anything else counts as /.", maxLength: 4096)
    ]
}

/// What the provider sends a browser back with.
struct LoginReturn: Decodable, Sendable, SchemaDescribing {
    var code: String?
    var state: String?
    /// Printable ASCII (RFC 6749 appendices A.5 and A.11).
    private static let printable = "^[\\x20-\\x7E]*$"
    static let schemaNotes: [String: SchemaNote] = [
        "code": SchemaNote("The provider's code, to be exchanged once.", pattern: printable, maxLength: 4096),
        "state": SchemaNote("Names the login that this browser began.", pattern: printable, maxLength: 4096),
    ]
}

/// Who asks.
struct AuthenticationStatus: Codable, Sendable, Hashable, SchemaDescribing {
    var mode: String
    var authenticated: Bool
    var user: User?
    var csrfToken: String?

    /// Somebody who is let in.
    struct User: Codable, Sendable, Hashable, SchemaDescribing {
        var sub: String
        var email: String?
        var name: String?
        var issuer: String?
        var roles: [String]
        var groups: [String]
        var organization: String?
        var method: String
        var expiresAt: String?

        static var schemaName: String? { "AuthenticatedUser" }
        static let schemaNotes: [String: SchemaNote] = [
            "sub": "The provider's name for the person; for tokens the name of whom they stand for.", "email": "The verified address.",
            "name": "A name to show.", "issuer": "The provider that vouches; absent for tokens.", "roles": "What the caller is here.",
            "groups": "The groups that the provider names; none for tokens.",
            "organization": "The organisation the caller acts in; absent for none.",
            "method": "How the caller proved it: session, access-token, static-token.",
            "expiresAt": "When the session ends whatever happens (RFC 3339, UTC); absent for tokens.",
        ]
    }

    static var schemaName: String? { "AuthenticationStatus" }
    static let schemaNotes: [String: SchemaNote] = [
        "mode": "How people come in: oidc, or token when no identity provider is configured.",
        "authenticated": "Whether the request is somebody's.", "user": "Who it is; absent for nobody.",
        "csrfToken": "For sessions: what requests that change something repeat in the header X-CSRF-Token.",
    ]
}
