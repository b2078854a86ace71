import JSONValue
import Schema

/// A profile in an answer: texts by name, of which the usual ones are described.
struct IdentityProfileView: Codable, Sendable, Hashable, SchemaRepresentable {
    /// The texts.
    let json: JSON

    init(_ json: JSON) { self.json = json }

    init(from decoder: any Decoder) throws { json = try JSON(from: decoder) }

    func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

    /// The names that mean something to the platform or to whoever routes by profiles.
    private static let usual = [
        "role": "What the agent is for, in a word.", "specialty": "What it knows best.", "purpose": "Why there is such an agent.",
        "personality": "How it is.", "communication_style": "How it writes.", "emoji": "Its sign.",
        "autonomy_level": "How much it decides.",
        "verbosity": "How much it says.", "output_format": "What its answers look like.", "update_cadence": "How often it reports.",
        "custom_instructions": "What else it is told.",
    ]

    static var jsonSchema: JSONSchema {
        var schema = JSONSchema(type: .object)
        schema.properties = usual.mapValues { JSONSchema(type: .string, description: $0) }
        schema.additionalProperties = .schema(JSONSchema(type: .string))
        return schema
    }

    static var schemaSample: JSON { [:] }
}
