import JSONValue

extension JSONSchema {
    /// Reads a schema in the dialect of Kubernetes (OpenAPI 3.0) or of OpenAPI 3.1 (`type: [string, "null"]`, numeric exclusive bounds).
    ///
    /// Keywords outside the shared vocabulary are ignored.
    /// - Throws: ``SchemaError`` naming the member that is malformed.
    public init(parsing json: JSON) throws(SchemaError) {
        var reader = SchemaReader(json: json, location: "schema")
        self = try reader.read()
    }
}

/// Reads one schema object; `location` is for messages.
private struct SchemaReader {
    let json: JSON
    let location: String

    private func fail(_ key: String, _ expected: String) -> SchemaError {
        SchemaError(.malformed, "\(location).\(key) must be \(expected)")
    }

    mutating func read() throws(SchemaError) -> JSONSchema {
        var schema = JSONSchema()
        if case .bool(let allowed) = json {
            if !allowed { schema.not = JSONSchema() }
            return schema
        }
        guard json.objectValue != nil else { throw SchemaError(.malformed, "\(location) must be an object") }
        schema.ref = try text("$ref").map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        try readType(into: &schema)
        schema.nullable = try flag("nullable") || schema.nullable
        schema.title = try text("title")
        schema.description = try text("description")
        schema.format = try text("format")
        schema.pattern = try text("pattern")
        schema.defaultValue = json["default"]
        schema.example = json["example"] ?? json["examples"]?[0]
        if let values = json["enum"] {
            guard let values = values.arrayValue else { throw fail("enum", "an array") }
            schema.enumeration = values
        } else if let value = json["const"] {
            schema.enumeration = [value]
        }
        try readBounds(into: &schema)
        try readParts(into: &schema)
        try readExtensions(into: &schema)
        return schema
    }

    private func readType(into schema: inout JSONSchema) throws(SchemaError) {
        switch json["type"] {
        case nil, .null: return
        case .string(""): return
        case .string("null"): schema.enumeration = [.null]
        case .string(let name): schema.type = try typeName(name)
        case .array(let names):
            for name in names {
                guard let name = name.stringValue else { throw fail("type", "a type name or a list of them") }
                if name == "null" {
                    schema.nullable = true
                } else if schema.type == nil {
                    schema.type = try typeName(name)
                } else {
                    throw SchemaError(.malformed, "\(location).type must not name more than one type besides \"null\"")
                }
            }
        default: throw fail("type", "a type name or a list of them")
        }
    }

    private func typeName(_ name: String) throws(SchemaError) -> JSONSchema.TypeName {
        guard let type = JSONSchema.TypeName(rawValue: name) else {
            throw fail("type", "one of \(JSONSchema.TypeName.allCases.map(\.rawValue).joined(separator: ", ")), not \"\(name)\"")
        }
        return type
    }

    private func readBounds(into schema: inout JSONSchema) throws(SchemaError) {
        schema.minimum = try number("minimum")
        schema.maximum = try number("maximum")
        switch json["exclusiveMinimum"] {
        case .bool(let exclusive): schema.exclusiveMinimum = exclusive
        case nil, .null: break
        default:
            schema.minimum = try number("exclusiveMinimum")
            schema.exclusiveMinimum = true
        }
        switch json["exclusiveMaximum"] {
        case .bool(let exclusive): schema.exclusiveMaximum = exclusive
        case nil, .null: break
        default:
            schema.maximum = try number("exclusiveMaximum")
            schema.exclusiveMaximum = true
        }
        schema.multipleOf = try number("multipleOf")
        schema.minLength = try count("minLength")
        schema.maxLength = try count("maxLength")
        schema.minItems = try count("minItems")
        schema.maxItems = try count("maxItems")
        schema.uniqueItems = try flag("uniqueItems")
        schema.minProperties = try count("minProperties")
        schema.maxProperties = try count("maxProperties")
    }

    private func readParts(into schema: inout JSONSchema) throws(SchemaError) {
        if let properties = json["properties"], !properties.isNull {
            guard let members = properties.objectValue else { throw fail("properties", "an object") }
            for (key, member) in members { schema.properties[key] = try child(member, "properties[\(key)]") }
        }
        if let required = json["required"], !required.isNull {
            guard let names = required.arrayValue else { throw fail("required", "a list of names") }
            schema.required = names.compactMap(\.stringValue)
        }
        if let items = json["items"], !items.isNull { schema.items = try child(items, "items") }
        switch json["additionalProperties"] {
        case nil, .null: break
        case .bool(let allowed): schema.additionalProperties = allowed ? .allowed : .forbidden
        case .some(let values): schema.additionalProperties = .schema(try child(values, "additionalProperties"))
        }
        schema.oneOf = try list("oneOf")
        schema.anyOf = try list("anyOf")
        schema.allOf = try list("allOf")
        if let not = json["not"], !not.isNull { schema.not = try child(not, "not") }
    }

    private func readExtensions(into schema: inout JSONSchema) throws(SchemaError) {
        schema.preserveUnknownFields = try flag("x-kubernetes-preserve-unknown-fields")
        schema.intOrString = try flag("x-kubernetes-int-or-string")
        schema.embeddedResource = try flag("x-kubernetes-embedded-resource")
        if let name = try text("x-kubernetes-list-type") {
            guard let type = JSONSchema.ListType(rawValue: name) else { throw fail("x-kubernetes-list-type", "atomic, set or map") }
            schema.listType = type
        }
        schema.listMapKeys = json["x-kubernetes-list-map-keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if let name = try text("x-kubernetes-map-type") {
            guard let type = JSONSchema.MapType(rawValue: name) else { throw fail("x-kubernetes-map-type", "granular or atomic") }
            schema.mapType = type
        }
        for (index, rule) in (json["x-kubernetes-validations"]?.arrayValue ?? []).enumerated() {
            schema.validations.append(try ValidationRule(parsing: rule, at: "\(location).x-kubernetes-validations[\(index)]"))
        }
        for (key, value) in json.objectValue ?? [:] where key.hasPrefix("x-") && !Self.ownExtensions.contains(key) {
            schema.extensions[key] = value
        }
    }

    private static let ownExtensions: Set<String> = [
        "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string", "x-kubernetes-embedded-resource",
        "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations",
    ]

    private func child(_ json: JSON, _ step: String) throws(SchemaError) -> JSONSchema {
        var reader = SchemaReader(json: json, location: "\(location).\(step)")
        return try reader.read()
    }

    private func list(_ key: String) throws(SchemaError) -> [JSONSchema] {
        guard let value = json[key], !value.isNull else { return [] }
        guard let elements = value.arrayValue else { throw fail(key, "a list of schemas") }
        var schemas: [JSONSchema] = []
        for (index, element) in elements.enumerated() { schemas.append(try child(element, "\(key)[\(index)]")) }
        return schemas
    }

    private func text(_ key: String) throws(SchemaError) -> String? {
        switch json[key] {
        case nil, .null: nil
        case .string(let text): text
        default: throw fail(key, "a string")
        }
    }

    private func flag(_ key: String) throws(SchemaError) -> Bool {
        switch json[key] {
        case nil, .null: false
        case .bool(let flag): flag
        default: throw fail(key, "true or false")
        }
    }

    private func number(_ key: String) throws(SchemaError) -> Double? {
        guard let value = json[key], !value.isNull else { return nil }
        guard let number = value.numberValue else { throw fail(key, "a number") }
        return number
    }

    private func count(_ key: String) throws(SchemaError) -> Int? {
        guard let value = json[key], !value.isNull else { return nil }
        guard let number = value.integerValue, number >= 0 else { throw fail(key, "a whole number that is not negative") }
        return Int(number)
    }
}
