import JSONValue

/// What a Swift type cannot say about a value: its meaning, its bounds, its default.
///
/// A string literal is a note with only a description. A note with a default makes the property optional in input.
public struct SchemaNote: Sendable, Hashable, ExpressibleByStringLiteral {
    /// What the note lays over the derived schema.
    var overlay = JSONSchema()
    /// Whether the property must be there; `nil` leaves it to the Swift type and the default.
    var isRequired: Bool?
    private var itemsBox: [SchemaNote] = []

    /// What the note says about the elements of an array or the values of a map.
    var items: SchemaNote? { itemsBox.first }

    /// A note that is only a description.
    public init(stringLiteral value: String) { self.init(value) }

    /// A note; every part is optional, and what is left out leaves the derived schema as it is.
    ///
    /// - Parameters:
    ///   - description: what the value means.
    ///   - type: narrows a property of type `JSON`, for instance to an object.
    ///   - format: see ``StringFormat``.
    ///   - pattern: a regular expression in RE2 syntax.
    ///   - defaultValue: the value an absent property gets; makes it optional.
    ///   - rules: CEL rules.
    ///   - required: overrides whether the property must be there.
    ///   - items: about the elements of an array or the values of a map.
    ///   - closed: whether members besides the properties are refused (`additionalProperties: false`).
    public init(
        _ description: String? = nil,
        title: String? = nil,
        type: JSONSchema.TypeName? = nil,
        format: String? = nil,
        pattern: String? = nil,
        default defaultValue: JSON? = nil,
        example: JSON? = nil,
        enum enumeration: [JSON]? = nil,
        minimum: Double? = nil,
        maximum: Double? = nil,
        exclusiveMinimum: Bool = false,
        exclusiveMaximum: Bool = false,
        multipleOf: Double? = nil,
        minLength: Int? = nil,
        maxLength: Int? = nil,
        minItems: Int? = nil,
        maxItems: Int? = nil,
        uniqueItems: Bool = false,
        minProperties: Int? = nil,
        maxProperties: Int? = nil,
        nullable: Bool = false,
        preserveUnknownFields: Bool = false,
        intOrString: Bool = false,
        embeddedResource: Bool = false,
        listType: JSONSchema.ListType? = nil,
        listMapKeys: [String] = [],
        mapType: JSONSchema.MapType? = nil,
        rules: [ValidationRule] = [],
        required: Bool? = nil,
        items: SchemaNote? = nil,
        closed: Bool = false
    ) {
        overlay.description = description
        overlay.title = title
        overlay.type = type
        overlay.format = format
        overlay.pattern = pattern
        overlay.defaultValue = defaultValue
        overlay.example = example
        overlay.enumeration = enumeration
        overlay.minimum = minimum
        overlay.maximum = maximum
        overlay.exclusiveMinimum = exclusiveMinimum
        overlay.exclusiveMaximum = exclusiveMaximum
        overlay.multipleOf = multipleOf
        overlay.minLength = minLength
        overlay.maxLength = maxLength
        overlay.minItems = minItems
        overlay.maxItems = maxItems
        overlay.uniqueItems = uniqueItems
        overlay.minProperties = minProperties
        overlay.maxProperties = maxProperties
        overlay.nullable = nullable
        overlay.preserveUnknownFields = preserveUnknownFields
        overlay.intOrString = intOrString
        overlay.embeddedResource = embeddedResource
        overlay.listType = listType
        overlay.listMapKeys = listMapKeys
        overlay.mapType = mapType
        overlay.validations = rules
        if closed { overlay.additionalProperties = .forbidden }
        isRequired = required
        itemsBox = items.map { [$0] } ?? []
    }

    /// The schema with this note laid over it; a reference stays a reference with the note beside it.
    func applied(to schema: JSONSchema) -> JSONSchema {
        var result = schema.overridden(by: overlay)
        if overlay.intOrString { result.type = nil }
        guard let items else { return result }
        if let element = result.items { result.items = items.applied(to: element) }
        if case .schema(let values)? = result.additionalProperties {
            result.additionalProperties = .schema(items.applied(to: values))
        }
        return result
    }

    /// Whether the property must be there when its Swift type says so.
    func isRequired(declared: Bool) -> Bool {
        isRequired ?? (declared && overlay.defaultValue == nil)
    }
}
