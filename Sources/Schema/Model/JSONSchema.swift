import JSONValue

/// A JSON Schema in the vocabulary that Kubernetes' structural schemas (OpenAPI 3.0) and OpenAPI 3.1 share.
///
/// A value of this type says what a JSON value may look like. The empty schema allows everything. It is made by hand, read from JSON
/// (``init(parsing:)``) or derived from a Swift type (``derived(from:)``); ``SchemaValidator`` applies it.
public struct JSONSchema: Sendable, Hashable {
    /// The types a JSON value can have. `null` is told by ``JSONSchema/nullable``.
    public enum TypeName: String, Sendable, Hashable, CaseIterable {
        case object, array, string, integer, number, boolean
    }

    /// What an object may hold besides its named properties.
    public indirect enum AdditionalProperties: Sendable, Hashable {
        /// Anything.
        case allowed
        /// Nothing.
        case forbidden
        /// Values that this schema describes.
        case schema(JSONSchema)
    }

    /// How a list is merged by server-side apply (`x-kubernetes-list-type`).
    public enum ListType: String, Sendable, Hashable, CaseIterable {
        case atomic, set, map
    }

    /// How an object is merged by server-side apply (`x-kubernetes-map-type`).
    public enum MapType: String, Sendable, Hashable, CaseIterable {
        case granular, atomic
    }

    /// The name of the component this schema stands for; other members then override the component's.
    public var ref: String?
    /// The type of the value; `nil` allows every type.
    public var type: TypeName?
    /// Whether `null` is a value too.
    public var nullable = false
    /// A short name for people.
    public var title: String?
    /// What the value means.
    public var description: String?
    /// The format of a string or the width of a number, for instance `date-time` or `int32`; see ``StringFormat``.
    public var format: String?
    /// A regular expression in RE2 syntax that a string must contain a match of.
    public var pattern: String?
    /// The value that an absent property gets.
    public var defaultValue: JSON?
    /// An example for documentation.
    public var example: JSON?
    /// The only values allowed.
    public var enumeration: [JSON]?
    /// The lower bound of a number.
    public var minimum: Double?
    /// The upper bound of a number.
    public var maximum: Double?
    /// Whether ``minimum`` itself is not allowed.
    public var exclusiveMinimum = false
    /// Whether ``maximum`` itself is not allowed.
    public var exclusiveMaximum = false
    /// A number that must divide the value.
    public var multipleOf: Double?
    /// The least length of a string, in Unicode scalars.
    public var minLength: Int?
    /// The greatest length of a string, in Unicode scalars.
    public var maxLength: Int?
    /// The least number of elements.
    public var minItems: Int?
    /// The greatest number of elements.
    public var maxItems: Int?
    /// Whether elements must differ from each other.
    public var uniqueItems = false
    /// The least number of members.
    public var minProperties: Int?
    /// The greatest number of members.
    public var maxProperties: Int?
    /// The named members of an object.
    public var properties: [String: JSONSchema] = [:]
    /// The members that must be there, sorted.
    public var required: [String] = [] {
        didSet { if required != required.sorted() { required.sort() } }
    }
    /// What other members an object may have; `nil` says nothing (all are allowed, and pruned in a structural schema).
    public var additionalProperties: AdditionalProperties?
    /// Exactly one of these must hold.
    public var oneOf: [JSONSchema] = []
    /// At least one of these must hold.
    public var anyOf: [JSONSchema] = []
    /// All of these must hold.
    public var allOf: [JSONSchema] = []
    /// Whether unknown members are kept by pruning (`x-kubernetes-preserve-unknown-fields`).
    public var preserveUnknownFields = false
    /// Whether the value is an integer or a string (`x-kubernetes-int-or-string`).
    public var intOrString = false
    /// Whether the value is a Kubernetes object of its own (`x-kubernetes-embedded-resource`).
    public var embeddedResource = false
    /// How a list is merged (`x-kubernetes-list-type`).
    public var listType: ListType?
    /// The members that identify an element of a list of type `map` (`x-kubernetes-list-map-keys`).
    public var listMapKeys: [String] = []
    /// How an object is merged (`x-kubernetes-map-type`).
    public var mapType: MapType?
    /// CEL rules (`x-kubernetes-validations`).
    public var validations: [ValidationRule] = []
    /// Other members whose names begin with `x-`.
    public var extensions: [String: JSON] = [:]

    private var itemsBox: [JSONSchema] = []
    private var notBox: [JSONSchema] = []

    /// What every element of an array must look like.
    public var items: JSONSchema? {
        get { itemsBox.first }
        set { itemsBox = newValue.map { [$0] } ?? [] }
    }

    /// What the value must not look like.
    public var not: JSONSchema? {
        get { notBox.first }
        set { notBox = newValue.map { [$0] } ?? [] }
    }

    /// A schema of one type, or one that allows everything.
    ///
    /// - Parameters:
    ///   - type: the type of the value; `nil` (the default) allows every type.
    ///   - format: the format of a string or number.
    ///   - description: what the value means.
    public init(type: TypeName? = nil, format: String? = nil, description: String? = nil) {
        self.type = type
        self.format = format
        self.description = description
    }
}
