import HTTPOperations
import Schema

/// A token for the pod of the caller's tenant.
struct PodTokenAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var token: String
    var expiresAt: String
    var tenant: String
    var ingressHost: String
    var audience: String

    static var schemaName: String? { "PodToken" }
    static let schemaNotes: [String: SchemaNote] = [
        "token": "The token, a JSON Web Token of the cluster.", "expiresAt": "When it ends (RFC 3339, UTC); ask again before.",
        "tenant": "The caller's tenant.", "ingressHost": "The host the pod is reached under.", "audience": "Whom the token is for.",
    ]
}
