import JSONValue

/// A type that says more about its properties than their Swift types do.
///
/// All requirements have defaults: state what is worth stating.
public protocol SchemaDescribing {
    /// What to add to the schemas of the properties, by coding key. A key that the type does not decode is an error.
    static var schemaNotes: [String: SchemaNote] { get }
    /// What to add to the schema of the type itself: a description, rules, whether it is closed.
    static var schemaNote: SchemaNote { get }
    /// The name of the type's component in an OpenAPI document; by default the type's own name.
    static var schemaName: String? { get }
}

extension SchemaDescribing {
    /// Nothing to add.
    public static var schemaNotes: [String: SchemaNote] { [:] }
    /// Nothing to add.
    public static var schemaNote: SchemaNote { SchemaNote() }
    /// The type's own name.
    public static var schemaName: String? { nil }
}

/// A type that states its whole schema instead of being probed: a wrapper that refuses some texts, a union, a type of another module.
public protocol SchemaRepresentable: Decodable {
    /// The schema.
    static var jsonSchema: JSONSchema { get }
    /// A valid value: it is decoded wherever probing needs a placeholder of this type.
    static var schemaSample: JSON { get }
}

/// An enumeration of texts. Any `CaseIterable` type with raw values of type `String` or `Int` is described by its cases; conforming says
/// that this is meant.
public protocol SchemaEnum: CaseIterable, RawRepresentable, Codable, Sendable, Hashable where RawValue == String {}
