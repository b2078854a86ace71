import JSONValue
import Schema

/// Turns the texts of path and query into the value of a parameter type, after its schema.
struct ParameterDecoder<Value: Decodable & Sendable>: Sendable {
    private let schema: JSONSchema
    private let validator: SchemaValidator
    private let pathNames: Set<String>

    /// Derives the schema.
    ///
    /// - Parameter path: the operation's path; its parameters have to be properties of the type.
    init(path: PathTemplate) throws {
        schema = Value.self == NoParameters.self ? JSONSchema(type: .object) : try JSONSchema.derived(from: Value.self)
        validator = try SchemaValidator(schema)
        pathNames = Set(path.parameterNames)
        if let missing = pathNames.sorted().first(where: { schema.properties[$0] == nil }) {
            throw DeclarationError(message: "\(Value.self) has no property for the path parameter {\(missing)} of \(path)")
        }
    }

    /// The parameters for the document: those of the path, then those of the query, by name.
    var declarations: [ParameterDeclaration] {
        schema.properties.map { name, property in
            let inPath = pathNames.contains(name)
            return ParameterDeclaration(
                location: inPath ? .path : .query,
                name: name,
                isRequired: inPath || schema.required.contains(name),
                schema: property
            )
        }.sorted { ($0.location == .path ? 0 : 1, $0.name) < ($1.location == .path ? 0 : 1, $1.name) }
    }

    /// The query items that are declared.
    func known(_ query: [(name: String, value: String)]) -> [(name: String, value: String)] {
        query.filter { schema.properties[$0.name] != nil && !pathNames.contains($0.name) }
    }

    /// Decodes parameters.
    ///
    /// - Parameters:
    ///   - path: values of the path parameters.
    ///   - query: query items.
    /// - Throws: ``OperationError`` 422 for unknown, repeated, missing or wrong values.
    func decode(path: [String: String], query: [(name: String, value: String)]) throws -> Value {
        var texts: [String: [String]] = path.mapValues { [$0] }
        var problems: [FieldViolation] = []
        for (name, value) in query {
            if schema.properties[name] == nil || pathNames.contains(name) {
                problems.append(
                    FieldViolation(
                        field: name,
                        message: "is not a parameter of this operation",
                        in: .query,
                        kind: .extraForbidden
                    )
                )
            } else {
                texts[name, default: []].append(value)
            }
        }
        var members: [String: JSON] = [:]
        for (name, values) in texts {
            guard let property = schema.properties[name] else { continue }
            if property.type == .array {
                members[name] = .array(values.map { Self.value(of: $0, type: property.items?.type) })
            } else if let first = values.first, values.count == 1 {
                members[name] = Self.value(of: first, type: property.type)
            } else {
                problems.append(FieldViolation(field: name, message: "is given more than once", in: .query))
            }
        }
        let filled = validator.defaulting(.object(members))
        problems += validator.violations(in: filled).map { FieldViolation($0, in: location(of: $0.path)) }
        guard problems.isEmpty else { throw OperationError.invalid(problems) }
        return try filled.decode(Value.self)
    }

    /// Which part of the request has the parameter that a path begins with.
    private func location(of path: [PathElement]) -> FieldViolation.Location {
        if case .key(let name) = path.first, pathNames.contains(name) { .path } else { .query }
    }

    /// The value a text stands for; the text itself when it does not stand for one of that type, which the validator then says.
    private static func value(of text: String, type: JSONSchema.TypeName?) -> JSON {
        switch type {
        case .integer: Int64(text).map { .integer($0) } ?? .string(text)
        case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .string(text)
        case .boolean: text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
        default: .string(text)
        }
    }
}

/// An operation's declaration contradicts itself; found when a responder or document is built.
struct DeclarationError: Error, CustomStringConvertible {
    let code = "DECLARATION_ERROR"
    let message: String
    var description: String { message }
}
