import JSONValue

extension JSONSchema {
    /// The dialects a schema can be written in.
    public enum Dialect: Sendable, Hashable {
        /// OpenAPI 3.0 as in the `openAPIV3Schema` of a CustomResourceDefinition.
        case kubernetes
        /// JSON Schema 2020-12 as in an OpenAPI 3.1 document; references are to `#/components/schemas/`.
        case openAPI31
    }

    /// The schema as JSON.
    public func json(_ dialect: Dialect) -> JSON {
        var json: JSON = [:]
        if let ref {
            let target: JSON = .string("#/components/schemas/\(ref)")
            if nullable && dialect == .openAPI31 {
                json["anyOf"] = [["$ref": target], ["type": "null"]]
            } else {
                json["$ref"] = target
            }
        }
        renderType(dialect, into: &json)
        json["title"] = title.map(JSON.string)
        json["description"] = description.map(JSON.string)
        json["format"] = format.map(JSON.string)
        json["pattern"] = pattern.map(JSON.string)
        json["default"] = defaultValue
        if let example {
            if dialect == .openAPI31 { json["examples"] = .array([example]) } else { json["example"] = example }
        }
        renderBounds(dialect, into: &json)
        renderParts(dialect, into: &json)
        if dialect == .kubernetes { renderExtensions(into: &json) }
        for (key, value) in extensions { json[key] = value }
        return json
    }

    private func renderType(_ dialect: Dialect, into json: inout JSON) {
        var values = enumeration
        switch dialect {
        case .kubernetes:
            json["type"] = type.map { .string($0.rawValue) }
            if nullable { json["nullable"] = true }
        case .openAPI31:
            if intOrString && type == nil {
                json["type"] = nullable ? ["integer", "string", "null"] : ["integer", "string"]
            } else if let type {
                json["type"] = nullable ? [.string(type.rawValue), "null"] : .string(type.rawValue)
            }
            if nullable, let listed = values, !listed.contains(.null) { values = listed + [.null] }
        }
        json["enum"] = values.map(JSON.array)
    }

    private func renderBounds(_ dialect: Dialect, into json: inout JSON) {
        func set(_ key: String, _ value: Double?) { json[key] = value.map(Self.number) }
        func set(_ key: String, _ value: Int?) { json[key] = value.map { .integer(Int64($0)) } }
        switch dialect {
        case .kubernetes:
            set("minimum", minimum)
            set("maximum", maximum)
            if exclusiveMinimum { json["exclusiveMinimum"] = true }
            if exclusiveMaximum { json["exclusiveMaximum"] = true }
        case .openAPI31:
            set(exclusiveMinimum ? "exclusiveMinimum" : "minimum", minimum)
            set(exclusiveMaximum ? "exclusiveMaximum" : "maximum", maximum)
        }
        set("multipleOf", multipleOf)
        set("minLength", minLength)
        set("maxLength", maxLength)
        set("minItems", minItems)
        set("maxItems", maxItems)
        if uniqueItems || (dialect == .openAPI31 && listType == .set) { json["uniqueItems"] = true }
        set("minProperties", minProperties)
        set("maxProperties", maxProperties)
    }

    private func renderParts(_ dialect: Dialect, into json: inout JSON) {
        if !properties.isEmpty { json["properties"] = .object(properties.mapValues { $0.json(dialect) }) }
        if !required.isEmpty { json["required"] = .array(required.map(JSON.string)) }
        json["items"] = items?.json(dialect)
        switch additionalProperties {
        case nil: break
        case .allowed: json["additionalProperties"] = true
        case .forbidden: json["additionalProperties"] = false
        case .schema(let values): json["additionalProperties"] = values.json(dialect)
        }
        func set(_ key: String, _ schemas: [JSONSchema]) {
            if !schemas.isEmpty { json[key] = .array(schemas.map { $0.json(dialect) }) }
        }
        set("oneOf", oneOf)
        set("anyOf", anyOf)
        set("allOf", allOf)
        json["not"] = not?.json(dialect)
    }

    private func renderExtensions(into json: inout JSON) {
        if preserveUnknownFields { json["x-kubernetes-preserve-unknown-fields"] = true }
        if intOrString { json["x-kubernetes-int-or-string"] = true }
        if embeddedResource { json["x-kubernetes-embedded-resource"] = true }
        json["x-kubernetes-list-type"] = listType.map { .string($0.rawValue) }
        if !listMapKeys.isEmpty { json["x-kubernetes-list-map-keys"] = .array(listMapKeys.map(JSON.string)) }
        json["x-kubernetes-map-type"] = mapType.map { .string($0.rawValue) }
        if !validations.isEmpty { json["x-kubernetes-validations"] = .array(validations.map(\.json)) }
    }

    /// A bound as JSON: whole numbers without a fraction.
    static func number(_ value: Double) -> JSON {
        Int64(exactly: value).map(JSON.integer) ?? .number(value)
    }
}
