import JSONValue
import Schema

/// The answer to a write: what was written, and what became of it.
struct WriteAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    /// Name of the object.
    var name: String
    /// What happened: `created`, `updated`, `deleted`, `suspended` or `resumed`.
    var status: String

    static let schemaNotes: [String: SchemaNote] = [
        "name": "Name of the object.",
        "status": SchemaNote("What happened.", enum: ["created", "updated", "deleted", "suspended", "resumed"]),
    ]
}

/// The name of an object in the path.
struct NamedObject: Decodable, Sendable, SchemaDescribing {
    var name: String

    static let schemaNotes: [String: SchemaNote] = [
        "name": SchemaNote("Name of the object.", minLength: 1, maxLength: 253)
    ]
}
