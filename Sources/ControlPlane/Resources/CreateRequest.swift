import JSONValue
import Schema

/// A spec that REST creates and updates: the custom resource's own type, so that REST and `kubectl` accept the same.
protocol RESTSpec: Codable, Sendable {
    /// Members of the spec that a request may not set.
    static var hiddenMembers: Set<String> { get }
    /// Name of the kind in names of the document's components.
    static var documentName: String { get }
    /// Example of a request to create, for the document.
    static var createExample: JSON { get }
}

/// A body that creates an object: `name`, and the members of the spec beside it.
///
/// Its schema is the spec's own, plus the name.
struct CreateRequest<Spec: RESTSpec>: SchemaRepresentable, SchemaDescribing, Sendable {
    /// Name of the object.
    let name: String
    /// Its spec.
    let spec: JSON

    init(from decoder: any Decoder) throws {
        var members = try JSON(from: decoder)
        guard let name = members["name"]?.stringValue else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "name is required"))
        }
        self.name = name
        members["name"] = nil
        spec = members
    }

    static var jsonSchema: JSONSchema {
        var schema = SpecSchema.clearable(SpecSchema.writable(Spec.self))
        schema.nullable = false
        var name = JSONSchema(type: .string)
        name.description = "Name of the object: lower case letters, digits and dashes."
        name.minLength = 1
        name.maxLength = 63
        name.pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
        schema.properties["name"] = name
        schema.required = (schema.required + ["name"]).sorted()
        schema.example = Spec.createExample
        return schema
    }

    static var schemaSample: JSON { ["name": "sample"] }
    static var schemaName: String? { "Create\(Spec.documentName)Request" }
}

/// A body that changes an object: a JSON merge patch (RFC 7386) of its spec. Absent members stay, `null` clears, lists are replaced whole.
struct UpdateRequest<Spec: RESTSpec>: SchemaRepresentable, SchemaDescribing, Sendable {
    /// The merge patch.
    let patch: JSON

    init(from decoder: any Decoder) throws { patch = try JSON(from: decoder) }

    static var jsonSchema: JSONSchema {
        var schema = SpecSchema.partial(SpecSchema.writable(Spec.self))
        schema.description = "A JSON merge patch: absent members stay as they are, null clears a member, a list replaces the whole list."
        schema.nullable = false
        return schema
    }

    static var schemaSample: JSON { [:] }
    static var schemaName: String? { "Update\(Spec.documentName)Request" }
}

/// Schemas of specs as requests have them.
enum SpecSchema {
    /// The spec's schema without the members a request may not set and without what only the API server evaluates.
    static func writable<Spec: RESTSpec>(_ type: Spec.Type) -> JSONSchema {
        // A spec type without a schema is found by the generator of the custom resource definitions; here anything is let through.
        guard var schema = try? JSONSchema.derived(from: type) else { return JSONSchema(type: .object) }
        schema = plain(schema)
        for name in type.hiddenMembers { schema.properties[name] = nil }
        schema.required.removeAll { type.hiddenMembers.contains($0) }
        return schema
    }

    /// Every member optional and, where it was optional before, clearable by `null`; at every depth.
    static func partial(_ schema: JSONSchema) -> JSONSchema {
        mapMembers(schema) { member, isRequired in
            var member = partial(member)
            member.nullable = !isRequired
            return member
        } required: { _ in
            []
        }
    }

    /// Optional members may be `null`, which says the same as leaving them out; at every depth.
    static func clearable(_ schema: JSONSchema) -> JSONSchema {
        mapMembers(schema) { member, isRequired in
            var member = clearable(member)
            member.nullable = !isRequired
            return member
        } required: {
            $0
        }
    }

    private static func mapMembers(
        _ schema: JSONSchema,
        change: (JSONSchema, Bool) -> JSONSchema,
        required: ([String]) -> [String]
    ) -> JSONSchema {
        guard schema.type == .object, !schema.properties.isEmpty else { return schema }
        var changed = schema
        changed.required = required(schema.required)
        for (name, member) in schema.properties { changed.properties[name] = change(member, schema.required.contains(name)) }
        return changed
    }

    /// A schema without CEL rules and defaults, which the API server applies, and without room for unknown members.
    private static func plain(_ schema: JSONSchema) -> JSONSchema {
        var schema = schema
        if schema.type == .object, !schema.properties.isEmpty, !schema.preserveUnknownFields { schema.additionalProperties = .forbidden }
        schema.validations = []
        schema.defaultValue = nil
        schema.properties = schema.properties.mapValues(plain)
        schema.items = schema.items.map(plain)
        if case .schema(let values) = schema.additionalProperties { schema.additionalProperties = .schema(plain(values)) }
        return schema
    }
}
