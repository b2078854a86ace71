import JSONValue

extension JSONSchema {
    /// The schema with every reference replaced by the component it names.
    ///
    /// Members beside a reference override the component's.
    /// - Throws: ``SchemaError`` for an unknown reference, or for a component that contains itself.
    public func inlined(_ components: [String: JSONSchema]) throws(SchemaError) -> JSONSchema {
        try inlined(components, open: [])
    }

    private func inlined(_ components: [String: JSONSchema], open: [String]) throws(SchemaError) -> JSONSchema {
        var schema = self
        var open = open
        if let name = ref {
            guard let component = components[name] else {
                throw SchemaError(.unknownReference, "There is no component \(name)")
            }
            guard !open.contains(name) else {
                throw SchemaError(.recursive, "\(name) contains itself (\((open + [name]).joined(separator: " → ")))")
            }
            open.append(name)
            schema = component.overridden(by: self)
        }
        var properties: [String: JSONSchema] = [:]
        for (key, property) in schema.properties { properties[key] = try property.inlined(components, open: open) }
        schema.properties = properties
        if let items = schema.items { schema.items = try items.inlined(components, open: open) }
        if let not = schema.not { schema.not = try not.inlined(components, open: open) }
        if case .schema(let values)? = schema.additionalProperties {
            schema.additionalProperties = .schema(try values.inlined(components, open: open))
        }
        schema.oneOf = try Self.inlined(schema.oneOf, components, open)
        schema.anyOf = try Self.inlined(schema.anyOf, components, open)
        schema.allOf = try Self.inlined(schema.allOf, components, open)
        return schema
    }

    private static func inlined(
        _ schemas: [JSONSchema],
        _ components: [String: JSONSchema],
        _ open: [String]
    ) throws(SchemaError) -> [JSONSchema] {
        var result: [JSONSchema] = []
        for schema in schemas { result.append(try schema.inlined(components, open: open)) }
        return result
    }

    /// This schema with what `other` says in addition or instead; `other`'s reference is dropped.
    func overridden(by other: JSONSchema) -> JSONSchema {
        var schema = self
        schema.type = other.type ?? type
        schema.nullable = nullable || other.nullable
        schema.title = other.title ?? title
        schema.description = other.description ?? description
        schema.format = other.format ?? format
        schema.pattern = other.pattern ?? pattern
        schema.defaultValue = other.defaultValue ?? defaultValue
        schema.example = other.example ?? example
        schema.enumeration = other.enumeration ?? enumeration
        schema.minimum = other.minimum ?? minimum
        schema.maximum = other.maximum ?? maximum
        schema.exclusiveMinimum = exclusiveMinimum || other.exclusiveMinimum
        schema.exclusiveMaximum = exclusiveMaximum || other.exclusiveMaximum
        schema.multipleOf = other.multipleOf ?? multipleOf
        schema.minLength = other.minLength ?? minLength
        schema.maxLength = other.maxLength ?? maxLength
        schema.minItems = other.minItems ?? minItems
        schema.maxItems = other.maxItems ?? maxItems
        schema.uniqueItems = uniqueItems || other.uniqueItems
        schema.minProperties = other.minProperties ?? minProperties
        schema.maxProperties = other.maxProperties ?? maxProperties
        schema.properties.merge(other.properties) { $1 }
        schema.required = Array(Set(required).union(other.required)).sorted()
        schema.additionalProperties = other.additionalProperties ?? additionalProperties
        schema.oneOf += other.oneOf
        schema.anyOf += other.anyOf
        schema.allOf += other.allOf
        schema.not = other.not ?? not
        schema.items = other.items ?? items
        schema.preserveUnknownFields = preserveUnknownFields || other.preserveUnknownFields
        schema.intOrString = intOrString || other.intOrString
        schema.embeddedResource = embeddedResource || other.embeddedResource
        schema.listType = other.listType ?? listType
        schema.listMapKeys = other.listMapKeys.isEmpty ? listMapKeys : other.listMapKeys
        schema.mapType = other.mapType ?? mapType
        schema.validations += other.validations
        schema.extensions.merge(other.extensions) { $1 }
        return schema
    }
}
