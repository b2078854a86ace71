import JSONValue

/// A schema prepared for use: references are resolved to places in a table, patterns are compiled, names are sorted.
final class SchemaNode: Sendable {
    let schema: JSONSchema
    let pattern: RegularExpression?
    /// The places of the properties' schemas, sorted by name, so that reports come in a stable order.
    let properties: [(name: String, node: Int)]
    let propertyNodes: [String: Int]
    let items: Int?
    let additional: Int?
    let oneOf: [Int]
    let anyOf: [Int]
    let allOf: [Int]
    let not: Int?

    fileprivate init(_ schema: JSONSchema, compiler: inout SchemaCompiler) throws(SchemaError) {
        pattern = try schema.pattern.map { pattern throws(SchemaError) in try compiler.regularExpression(pattern) }
        var nodes: [(name: String, node: Int)] = []
        for (name, property) in schema.properties.sorted(by: { $0.key < $1.key }) {
            nodes.append((name, try compiler.compile(property)))
        }
        properties = nodes
        propertyNodes = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.node) })
        if let itemSchema = schema.items { items = try compiler.compile(itemSchema) } else { items = nil }
        if case .schema(let values)? = schema.additionalProperties {
            additional = try compiler.compile(values)
        } else {
            additional = nil
        }
        oneOf = try compiler.compile(schema.oneOf)
        anyOf = try compiler.compile(schema.anyOf)
        allOf = try compiler.compile(schema.allOf)
        if let notSchema = schema.not { not = try compiler.compile(notSchema) } else { not = nil }
        self.schema = schema
    }
}

/// Turns a schema and its components into a table of nodes; a component that contains itself becomes a cycle of places.
struct SchemaCompiler {
    private let components: [String: JSONSchema]
    private var nodes: [SchemaNode?] = []
    private var references: [String: Int] = [:]
    private var patterns: [String: RegularExpression] = [:]

    /// The table; the schema itself is at the returned place.
    static func table(for schema: JSONSchema, components: [String: JSONSchema]) throws(SchemaError) -> (nodes: [SchemaNode], root: Int) {
        var compiler = SchemaCompiler(components: components)
        let root = try compiler.compile(schema)
        return (compiler.nodes.compactMap { $0 }, root)
    }

    private init(components: [String: JSONSchema]) { self.components = components }

    mutating func compile(_ schemas: [JSONSchema]) throws(SchemaError) -> [Int] {
        var places: [Int] = []
        for schema in schemas { places.append(try compile(schema)) }
        return places
    }

    mutating func compile(_ schema: JSONSchema) throws(SchemaError) -> Int {
        guard let name = schema.ref else { return try add(schema) }
        guard let component = components[name] else { throw SchemaError(.unknownReference, "There is no component \(name)") }
        guard schema == .reference(name) else { return try compile(component.overridden(by: schema)) }
        if let place = references[name] { return place }
        references[name] = nodes.count
        return try compile(component)
    }

    private mutating func add(_ schema: JSONSchema) throws(SchemaError) -> Int {
        let place = nodes.count
        nodes.append(nil)
        nodes[place] = try SchemaNode(schema, compiler: &self)
        return place
    }

    mutating func regularExpression(_ pattern: String) throws(SchemaError) -> RegularExpression {
        if let known = patterns[pattern] { return known }
        do throws(RegularExpressionError) {
            let expression = try RegularExpression(pattern)
            patterns[pattern] = expression
            return expression
        } catch {
            throw SchemaError(.badPattern, "The pattern \(pattern) is no RE2 expression: \(error.message)")
        }
    }
}
