import JSONValue

extension JSONSchema {
    /// Any object, with whatever members: nothing in it is pruned.
    public static var free: JSONSchema {
        var schema = JSONSchema(type: .object)
        schema.preserveUnknownFields = true
        return schema
    }

    /// Any JSON value at all.
    public static var anything: JSONSchema {
        var schema = JSONSchema()
        schema.preserveUnknownFields = true
        return schema
    }

    /// A string.
    public static var string: JSONSchema { JSONSchema(type: .string) }
    /// A whole number.
    public static var integer: JSONSchema { JSONSchema(type: .integer) }
    /// A number.
    public static var number: JSONSchema { JSONSchema(type: .number) }
    /// A truth value.
    public static var boolean: JSONSchema { JSONSchema(type: .boolean) }

    /// A string of a format or pattern.
    ///
    /// - Parameters:
    ///   - format: see ``StringFormat``.
    ///   - pattern: a regular expression in RE2 syntax.
    ///   - maxLength: the greatest length, in Unicode scalars.
    public static func string(format: String? = nil, pattern: String? = nil, maxLength: Int? = nil) -> JSONSchema {
        var schema = JSONSchema(type: .string, format: format)
        schema.pattern = pattern
        schema.maxLength = maxLength
        return schema
    }

    /// One of a few texts.
    public static func string(oneOf values: [String]) -> JSONSchema {
        var schema = JSONSchema(type: .string)
        schema.enumeration = values.map(JSON.string)
        return schema
    }

    /// An object with named properties.
    public static func object(
        _ properties: [String: JSONSchema],
        required: [String] = [],
        description: String? = nil
    ) -> JSONSchema {
        var schema = JSONSchema(type: .object, description: description)
        schema.properties = properties
        schema.required = required.sorted()
        return schema
    }

    /// An object whose members all look alike.
    public static func map(of values: JSONSchema) -> JSONSchema {
        var schema = JSONSchema(type: .object)
        schema.additionalProperties = .schema(values)
        return schema
    }

    /// An array whose elements all look alike.
    public static func array(of items: JSONSchema) -> JSONSchema {
        var schema = JSONSchema(type: .array)
        schema.items = items
        return schema
    }

    /// A reference to a component.
    public static func reference(_ name: String) -> JSONSchema {
        var schema = JSONSchema()
        schema.ref = name
        return schema
    }
}
