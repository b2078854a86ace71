import JSONValue
import Schema

/// What is wrong with a member of a request, for programs. The words are those that Pydantic uses, as clients of FastAPI know them.
public struct ViolationKind: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The word.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }
    public var description: String { rawValue }

    /// A required member is absent.
    public static let missing: ViolationKind = "missing"
    /// A member that the operation does not know.
    public static let extraForbidden: ViolationKind = "extra_forbidden"
    /// The body is no JSON.
    public static let jsonInvalid: ViolationKind = "json_invalid"
    /// The value is none of those that are allowed.
    public static let `enum`: ViolationKind = "enum"
    /// The text is longer than allowed.
    public static let stringTooLong: ViolationKind = "string_too_long"
    /// The text is shorter than allowed.
    public static let stringTooShort: ViolationKind = "string_too_short"
    /// The text does not have the form that is asked for.
    public static let stringPatternMismatch: ViolationKind = "string_pattern_mismatch"
    /// The value is no text.
    public static let stringType: ViolationKind = "string_type"
    /// The text is no whole number.
    public static let intParsing: ViolationKind = "int_parsing"
    /// The value is no whole number.
    public static let intType: ViolationKind = "int_type"
    /// The text is no number.
    public static let floatParsing: ViolationKind = "float_parsing"
    /// The value is no number.
    public static let floatType: ViolationKind = "float_type"
    /// The text is neither true nor false.
    public static let boolParsing: ViolationKind = "bool_parsing"
    /// The value is neither true nor false.
    public static let boolType: ViolationKind = "bool_type"
    /// The value is no array.
    public static let listType: ViolationKind = "list_type"
    /// The value is no object.
    public static let dictType: ViolationKind = "dict_type"
    /// The text is no UUID.
    public static let uuidParsing: ViolationKind = "uuid_parsing"
    /// The text is no date and time.
    public static let datetimeParsing: ViolationKind = "datetime_parsing"
    /// The text is no date.
    public static let dateParsing: ViolationKind = "date_parsing"
    /// The text is no URL.
    public static let urlParsing: ViolationKind = "url_parsing"
    /// The number is below the bound.
    public static let greaterThanEqual: ViolationKind = "greater_than_equal"
    /// The number is not above the bound.
    public static let greaterThan: ViolationKind = "greater_than"
    /// The number is above the bound.
    public static let lessThanEqual: ViolationKind = "less_than_equal"
    /// The number is not below the bound.
    public static let lessThan: ViolationKind = "less_than"
    /// The number is no multiple.
    public static let multipleOf: ViolationKind = "multiple_of"
    /// The array or object has too few parts.
    public static let tooShort: ViolationKind = "too_short"
    /// The array or object has too many parts.
    public static let tooLong: ViolationKind = "too_long"
    /// The value cannot be used for another reason.
    public static let valueError: ViolationKind = "value_error"

    /// The kind of a violation of a schema.
    public init(_ violation: SchemaViolation) {
        switch violation.kind {
        case .required: self = .missing
        case .unknownField: self = .extraForbidden
        case .type(let expected): self = .mistyped(expected: expected, isText: violation.badValue?.stringValue != nil)
        case .format(let format): self = .misformatted(format)
        case .notSupported: self = .enum
        case .pattern: self = .stringPatternMismatch
        case .tooShort: self = .stringTooShort
        case .tooLong: self = .stringTooLong
        case .belowMinimum(_, let exclusive): self = exclusive ? .greaterThan : .greaterThanEqual
        case .aboveMaximum(_, let exclusive): self = exclusive ? .lessThan : .lessThanEqual
        case .multipleOf: self = .multipleOf
        case .tooFewItems, .tooFewProperties: self = .tooShort
        case .tooManyItems, .tooManyProperties: self = .tooLong
        case .duplicate, .composition: self = .valueError
        }
    }

    /// The kind of a value of the wrong type.
    ///
    /// - Parameters:
    ///   - expected: the type there should be, as JSON Schema calls it.
    ///   - isText: whether the value is a text, which then does not stand for a value of that type.
    static func mistyped(expected: String, isText: Bool) -> ViolationKind {
        switch expected {
        case "string": .stringType
        case "integer": isText ? .intParsing : .intType
        case "number": isText ? .floatParsing : .floatType
        case "boolean": isText ? .boolParsing : .boolType
        case "array": .listType
        case "object": .dictType
        default: .valueError
        }
    }

    private static func misformatted(_ format: String) -> ViolationKind {
        switch format {
        case "uuid", "uuid3", "uuid4", "uuid5": .uuidParsing
        case "date-time", "datetime": .datetimeParsing
        case "date": .dateParsing
        case "uri", "url": .urlParsing
        default: .valueError
        }
    }
}
