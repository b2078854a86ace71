import JSONValue
import KubernetesModel

/// One thing wrong with an object (`field.Error`).
struct FieldError: Error, Sendable, Hashable {
    /// What kind of wrong.
    enum Kind: Sendable, Hashable {
        case required, invalid, duplicate, notSupported, forbidden, tooMany, tooLong, notFound, typeInvalid, internalError

        /// The reason of the cause, one word for programs.
        var reason: String {
            switch self {
            case .required: "FieldValueRequired"
            case .invalid: "FieldValueInvalid"
            case .duplicate: "FieldValueDuplicate"
            case .notSupported: "FieldValueNotSupported"
            case .forbidden: "FieldValueForbidden"
            case .tooMany: "FieldValueTooMany"
            case .tooLong: "FieldValueTooLong"
            case .notFound: "FieldValueNotFound"
            case .typeInvalid: "FieldValueTypeInvalid"
            case .internalError: "InternalError"
            }
        }

        fileprivate var words: String {
            switch self {
            case .required: "Required value"
            case .invalid, .typeInvalid: "Invalid value"
            case .duplicate: "Duplicate value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .tooMany: "Too many"
            case .tooLong: "Too long"
            case .notFound: "Not found"
            case .internalError: "Internal error"
            }
        }
    }

    /// What kind of wrong.
    var kind: Kind
    /// Which field, as in `spec.ports[0].name`.
    var field: String
    /// What is wanted; may be empty.
    var detail: String
    /// The value at fault as it is printed; `nil` when it is not.
    var badValue: String?
    /// The whole message of the cause when another part worded it.
    var wholeMessage: String?

    /// Makes an error.
    init(_ kind: Kind, _ field: String, _ detail: String = "", badValue: JSON? = nil) {
        self.kind = kind
        self.field = field
        self.detail = detail
        self.badValue = badValue?.text()
    }

    /// Makes an error whose message another part worded.
    init(_ kind: Kind, _ field: String, message: String) {
        self.kind = kind
        self.field = field
        detail = ""
        wholeMessage = message
    }

    /// A value of a list of allowed ones.
    static func notSupported(_ field: String, _ value: JSON, _ supported: [String]) -> FieldError {
        FieldError(
            .notSupported,
            field,
            "supported values: " + supported.map { JSON.string($0).text() }.joined(separator: ", "),
            badValue: value
        )
    }

    /// A field that may not change.
    static func immutable(_ field: String, _ value: JSON?) -> FieldError {
        FieldError(.invalid, field, "field is immutable", badValue: value ?? .null)
    }

    /// The message of the cause.
    var message: String {
        if let wholeMessage { return wholeMessage }
        var text = kind.words
        if let badValue, kind != .required, kind != .forbidden { text += ": \(badValue)" }
        return detail.isEmpty ? text : "\(text): \(detail)"
    }

    /// One sentence with the field.
    var text: String { "\(field): \(message)" }

    /// The cause in an answer.
    var cause: StatusCause { StatusCause(reason: kind.reason, message: message, field: field) }
}

/// All that is wrong with an object.
struct FieldErrors: Error, Sendable, Hashable {
    /// Never empty.
    var errors: [FieldError]

    /// The 422 answer.
    ///
    /// - Parameters:
    ///   - group: of the kind as it is named in the answer.
    ///   - name: of the object; may be empty.
    static func status(_ errors: [FieldError], group: String, kind: String, name: String) -> Status {
        let subject = group.isEmpty ? kind : "\(kind).\(group)"
        let texts = errors.map(\.text)
        let what = texts.count == 1 ? texts.joined() : "[\(texts.joined(separator: ", "))]"
        return Status(
            code: 422,
            reason: "Invalid",
            message: "\(subject) \(JSON.string(name).text()) is invalid: \(what)",
            details: StatusDetails(
                name: name.isEmpty ? nil : name,
                group: group.isEmpty ? nil : group,
                kind: kind,
                causes: errors.map(\.cause)
            )
        )
    }
}

/// A body that cannot be read as an object of its kind: 400.
struct DecodeFailure: Error, Sendable, Hashable {
    /// One sentence.
    var message: String

    /// A stable word.
    var code: String { "undecodable" }

    /// A body of a kind that cannot be read.
    init(kind: String, version: String, reason: String) {
        message = "\(kind) in version \"\(version)\" cannot be handled as a \(kind): \(reason)"
    }

    /// Members that occur twice or that the kind does not have, when the request asked to be strict about them.
    static func strict(kind: String, version: String, duplicateFields: [String], unknownFields: [String]) -> DecodeFailure {
        let problems = duplicateFields.map { "duplicate field \"\($0)\"" } + unknownFields.map { "unknown field \"\($0)\"" }
        let names = problems.joined(separator: ", ")
        return DecodeFailure(kind: kind, version: version, reason: "strict decoding error: \(names)")
    }

    /// The answer.
    var status: Status { Status(code: 400, reason: "BadRequest", message: message) }
}

/// An object as it was read from a body.
struct DecodedObject: Sendable, Hashable {
    /// The object in its canonical form.
    var object: JSON
    /// Members that its type does not have; they are not in `object`.
    var unknownFields: [String]
}
