import JSONValue
import KubernetesModel
import Schema

/// What the status of every kind says about conditions.
enum ConditionNotes {
    static let observedGeneration = SchemaNote("The generation of the spec that this status describes.", minimum: 0)
    static let list = SchemaNote("How it is doing, in detail.", maxItems: 16, listType: .map, listMapKeys: ["type"])
}

extension Timestamp: SchemaRepresentable {
    /// A string in RFC 3339.
    public static var jsonSchema: JSONSchema { .string(format: "date-time") }
    /// The beginning of 1970.
    public static var schemaSample: JSON { "1970-01-01T00:00:00Z" }
}

extension Condition: SchemaDescribing {
    /// The bounds of `metav1.Condition`.
    public static var schemaNotes: [String: SchemaNote] {
        [
            "type": SchemaNote("Which aspect, in PascalCase.", minLength: 1, maxLength: 316),
            "status": "True, False or Unknown.",
            "observedGeneration": ConditionNotes.observedGeneration,
            "lastTransitionTime": "When the status last changed.",
            "reason": SchemaNote(
                "Why, in one word.",
                pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
                minLength: 1,
                maxLength: 1024
            ),
            "message": SchemaNote("Why, for people.", maxLength: 32_768),
        ]
    }
}
