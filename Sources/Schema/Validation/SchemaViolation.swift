import JSONValue

/// One way in which a value does not fit its schema.
public struct SchemaViolation: Error, Sendable, Hashable {
    /// What is wrong.
    public enum Kind: Sendable, Hashable {
        /// A required member is absent.
        case required
        /// The value has another type than this one.
        case type(expected: String)
        /// The text or number does not have this format.
        case format(String)
        /// The value is none of these.
        case notSupported([JSON])
        /// The text does not match this pattern.
        case pattern(String)
        /// The text is shorter than this many characters.
        case tooShort(Int)
        /// The text is longer than this many characters.
        case tooLong(Int)
        /// The number is below this bound, or equal to an exclusive one.
        case belowMinimum(Double, exclusive: Bool)
        /// The number is above this bound, or equal to an exclusive one.
        case aboveMaximum(Double, exclusive: Bool)
        /// The number is no multiple of this one.
        case multipleOf(Double)
        /// The array has fewer elements than this.
        case tooFewItems(Int)
        /// The array has more elements than this.
        case tooManyItems(Int, actual: Int)
        /// The object has fewer members than this.
        case tooFewProperties(Int)
        /// The object has more members than this.
        case tooManyProperties(Int, actual: Int)
        /// The element occurs before in a list whose elements (or keys) must differ.
        case duplicate
        /// The member is not known and none but the known are allowed.
        case unknownField
        /// The value does not fit `oneOf`, `anyOf`, `allOf` or `not`; the sentence says which.
        case composition(String)
    }

    /// Where in the value.
    public let path: [PathElement]
    /// What is wrong.
    public let kind: Kind
    /// The value that is wrong; `nil` when it is absent.
    public let badValue: JSON?

    /// Makes a violation.
    public init(path: [PathElement], kind: Kind, badValue: JSON? = nil) {
        self.path = path
        self.kind = kind
        self.badValue = badValue
    }

    /// What is wrong, as the end of a sentence that begins with the field.
    public var message: String {
        switch kind {
        case .required: "is required"
        case .type(let expected): "must be of type \(expected), not \(badValue.map(Self.typeName) ?? "null")"
        case .format(let format): "must be of format \(format)"
        case .notSupported(let values): "must be one of \(values.map { $0.text() }.joined(separator: ", "))"
        case .pattern(let pattern): "should match '\(pattern)'"
        case .tooShort(let count): "should be at least \(count) chars long"
        case .tooLong(let count): "should be at most \(count) chars long"
        case .belowMinimum(let bound, let exclusive):
            "should be greater than \(exclusive ? "" : "or equal to ")\(Self.number(bound))"
        case .aboveMaximum(let bound, let exclusive):
            "should be less than \(exclusive ? "" : "or equal to ")\(Self.number(bound))"
        case .multipleOf(let factor): "should be a multiple of \(Self.number(factor))"
        case .tooFewItems(let count): "should have at least \(count) items"
        case .tooManyItems(let count, _): "should have at most \(count) items"
        case .tooFewProperties(let count): "should have at least \(count) properties"
        case .tooManyProperties(let count, _): "should have at most \(count) properties"
        case .duplicate: "is a duplicate"
        case .unknownField: "is not a known field"
        case .composition(let sentence): sentence
        }
    }

    /// Whether an API server leaves CEL rules out because of this violation: the value may not have the type that the rules rely on.
    public var blocksRules: Bool {
        switch kind {
        case .required, .type, .format, .notSupported, .tooLong, .tooManyItems, .tooManyProperties: true
        default: false
        }
    }

    /// The name of a value's type, as JSON Schema calls it.
    static func typeName(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// A number without a needless fraction.
    static func number(_ value: Double) -> String { JSONSchema.number(value).text() }
}
