import JSONValue
import Schema

/// One path, query or header parameter as the document shows it.
public struct ParameterDeclaration: Sendable, Hashable {
    /// Where a parameter stands (OpenAPI 3.1, "in").
    public enum Location: String, Sendable, Hashable {
        /// In the path.
        case path
        /// In the query.
        case query
        /// In a header.
        case header
    }

    /// Where it stands.
    public let location: Location
    /// Its name; header names in their usual spelling.
    public let name: String
    /// Whether a request without it is refused.
    public let isRequired: Bool
    /// Schema of its value; its description is the parameter's.
    public let schema: JSONSchema

    /// Makes a parameter.
    public init(location: Location, name: String, isRequired: Bool, schema: JSONSchema) {
        self.location = location
        self.name = name
        self.isRequired = isRequired
        self.schema = schema
    }
}

/// A request header an operation takes note of.
public struct HeaderDeclaration: Sendable, Hashable {
    /// Its name in its usual spelling.
    public let name: String
    /// What it means.
    public let description: String
    /// Longest value, in bytes.
    public let maximumLength: Int

    /// Declares a header.
    public init(name: String, description: String, maximumLength: Int = 255) {
        self.name = name
        self.description = description
        self.maximumLength = maximumLength
    }

    /// `Idempotency-Key`: a repeated write with the same key has one effect and one answer.
    public static let idempotencyKey = HeaderDeclaration(
        name: "Idempotency-Key",
        description: "A key of the caller's choice. "
            + "A repeated request with the same key and content gets the first one's answer and has no second effect."
    )

    /// `If-Match`: the write happens only when the object still has this ETag.
    public static let ifMatch = HeaderDeclaration(
        name: "If-Match",
        description: "ETag the object must still have, else 412.",
        maximumLength: 1024
    )

    var parameter: ParameterDeclaration {
        var schema = JSONSchema(type: .string)
        schema.minLength = 1
        schema.maxLength = maximumLength
        schema.description = description
        return ParameterDeclaration(location: .header, name: name, isRequired: false, schema: schema)
    }
}
