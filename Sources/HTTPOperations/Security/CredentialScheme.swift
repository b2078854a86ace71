import JSONValue

/// How callers of a surface prove who they are, as the document says it (OpenAPI 3.1 section 4.8.27).
public struct CredentialScheme: Sendable, Hashable {
    /// Name among the document's components.
    public let name: String
    /// The security scheme object.
    public let json: JSON

    /// Declares a scheme.
    ///
    /// - Parameters:
    ///   - name: name among the document's components.
    ///   - json: the security scheme object.
    public init(name: String, json: JSON) {
        self.name = name
        self.json = json
    }

    /// A bearer token (RFC 6750).
    public static let bearer = CredentialScheme(
        name: "bearerAuth",
        json: [
            "type": "http", "scheme": "bearer",
            "description": "A bearer token in the Authorization header: Authorization: Bearer TOKEN.",
        ]
    )

    /// A token in a header of its own.
    ///
    /// - Parameters:
    ///   - name: name among the document's components.
    ///   - header: the header.
    ///   - description: what it is.
    public static func header(_ name: String, header: String, description: String) -> CredentialScheme {
        CredentialScheme(
            name: name,
            json: ["type": "apiKey", "in": "header", "name": .string(header), "description": .string(description)]
        )
    }
    /// Whether it is a token in the `Authorization` header.
    var isBearer: Bool { json["scheme"]?.stringValue?.lowercased() == "bearer" }

    /// What callers have to send, in a sentence.
    var noun: String { isBearer ? "bearer token" : json["name"]?.stringValue ?? name }
}
