import JSONValue
import Schema

/// The schemas of request bodies in a document: in-line ones that have a name become components, and what a body is made of is closed,
/// because unknown members of requests are refused.
struct RequestSchemas {
    private var named: [String: JSONSchema] = [:]
    private var used: Set<String> = []

    /// A shape whose body refers to a component, if it has a name.
    ///
    /// - Throws: ``DeclarationError`` when two different bodies have one name.
    mutating func naming(_ shape: OperationShape) throws -> OperationShape {
        guard let body = shape.body else { return shape }
        if let name = body.ref { used.insert(name) }
        guard body.ref == nil, let name = shape.bodyName else { return shape }
        guard named.updateValue(body, forKey: name).map({ $0 == body }) ?? true else {
            throw DeclarationError(message: "two request bodies have the name \(name)")
        }
        var shape = shape
        shape.body = .reference(name)
        return shape
    }

    /// The components of a document: the derived ones, those that requests use closed, and the named bodies.
    ///
    /// - Throws: ``DeclarationError`` when a named body has the name of a type.
    func closing(_ components: [String: JSONSchema]) throws -> [String: JSONSchema] {
        var components = components
        var open = Array(used)
        var seen: Set<String> = []
        while let name = open.popLast() {
            guard seen.insert(name).inserted, var schema = components[name] else { continue }
            if schema.type == .object, schema.additionalProperties == nil, !schema.preserveUnknownFields {
                schema.additionalProperties = .forbidden
                components[name] = schema
            }
            open += Self.references(in: schema)
        }
        for (name, schema) in named where components.updateValue(schema, forKey: name) != nil {
            throw DeclarationError(message: "a request body has the name of the type \(name)")
        }
        return components
    }

    private static func references(in schema: JSONSchema) -> [String] {
        var found = schema.ref.map { [$0] } ?? []
        for part in Array(schema.properties.values) + schema.oneOf + schema.anyOf + schema.allOf + [schema.items].compactMap({ $0 }) {
            found += references(in: part)
        }
        if case .schema(let values) = schema.additionalProperties { found += references(in: values) }
        return found
    }
}
