import JSONValue

/// A violation in the words of kube-apiserver: an entry of `details.causes` in a Status of reason `Invalid`.
public struct FieldCause: Sendable, Hashable {
    /// The field, for instance `spec.ports[0].name`; `<nil>` for the value as a whole.
    public var field: String
    /// The machine-readable reason, for instance `FieldValueRequired`.
    public var reason: String
    /// The sentence, without the field.
    public var message: String

    /// Makes a cause.
    public init(field: String, reason: String, message: String) {
        self.field = field
        self.reason = reason
        self.message = message
    }

    /// The cause that an API server adds when ``SchemaViolation/blocksRules`` kept it from evaluating CEL rules.
    public static let rulesNotChecked = FieldCause(
        field: "<nil>",
        reason: "FieldValueInvalid",
        message: "Invalid value: null: some validation rules were not checked because the object was invalid; "
            + "correct the existing errors to complete validation"
    )
}

extension SchemaViolation {
    /// The violation in the words of kube-apiserver.
    public var fieldCause: FieldCause {
        let field = path.isEmpty ? "<nil>" : path.fieldPath
        let subject = "\(path.isEmpty ? "" : path.fieldPath) in body"
        func invalid(_ sentence: String, reason: String = "FieldValueInvalid", value: String? = nil) -> FieldCause {
            FieldCause(field: field, reason: reason, message: "Invalid value: \(value ?? shownValue): \(sentence)")
        }
        switch kind {
        case .required: return FieldCause(field: field, reason: "FieldValueRequired", message: "Required value")
        case .type(let expected):
            let actual = JSON.string(badValue.map(Self.typeName) ?? "null").text()
            return invalid("\(subject) must be of type \(expected): \(actual)", reason: "FieldValueTypeInvalid", value: actual)
        case .format(let format):
            return invalid("\(subject) must be of type \(format): \(shownValue)", reason: "FieldValueTypeInvalid")
        case .notSupported(let values):
            let allowed = values.map { $0.text() }.joined(separator: ", ")
            return FieldCause(
                field: field,
                reason: "FieldValueNotSupported",
                message: "Unsupported value: \(shownValue): supported values: \(allowed)"
            )
        case .tooLong(let count):
            return FieldCause(field: field, reason: "FieldValueTooLong", message: "Too long: may not be more than \(count) bytes")
        case .tooManyItems(let count, let actual), .tooManyProperties(let count, let actual):
            return FieldCause(
                field: field,
                reason: "FieldValueTooMany",
                message: "Too many: \(actual): must have at most \(count) item\(count == 1 ? "" : "s")"
            )
        case .duplicate: return FieldCause(field: field, reason: "FieldValueDuplicate", message: "Duplicate value: \(shownValue)")
        case .unknownField: return invalid("\(subject) is a forbidden property")
        case .composition(let sentence): return invalid("\"\(path.fieldPath)\" \(sentence)", value: "")
        case .pattern, .tooShort, .belowMinimum, .aboveMaximum, .multipleOf, .tooFewItems, .tooFewProperties:
            return invalid("\(subject) \(message)")
        }
    }

    private var shownValue: String { badValue?.text() ?? "null" }
}
