import JSONValue

/// How a surface writes an error: the body and its JSON schema, so that both come from one place.
public struct ErrorEnvelope: Sendable {
    /// Name of the schema among the document's components.
    public let schemaName: String
    /// JSON schema of the body.
    public let schema: JSON
    /// How it writes 422; nil for like every other error.
    public let validation: Validation?
    /// Renders an error; the second parameter is the request's id.
    public let render: @Sendable (OperationError, String) -> JSON
    /// Writes an error's code as this envelope has it.
    public let spelling: @Sendable (String) -> String

    /// How an envelope writes what is wrong with a request's parameters and body, when that is another shape than its other errors.
    public struct Validation: Sendable {
        /// Name of the schema of 422 among the document's components.
        public let schemaName: String
        /// The schema, and those that it refers to, by name.
        public let components: [String: JSON]
        /// Name of the member that lists what is wrong.
        public let member: String
        /// Whether a body that is absent, or no JSON, counts as a violation too: 422 in place of 400.
        public let coversUnreadableBodies: Bool

        /// Describes the shape of 422.
        ///
        /// - Parameters:
        ///   - schemaName: name of its schema among the document's components.
        ///   - components: the schema, and those that it refers to, by name.
        ///   - member: name of the member that lists what is wrong.
        ///   - coversUnreadableBodies: whether a body that is absent, or no JSON, is answered with 422 in place of 400.
        public init(schemaName: String, components: [String: JSON], member: String, coversUnreadableBodies: Bool) {
            self.schemaName = schemaName
            self.components = components
            self.member = member
            self.coversUnreadableBodies = coversUnreadableBodies
        }
    }

    /// Makes an envelope.
    ///
    /// - Parameters:
    ///   - schemaName: name among the document's components.
    ///   - schema: JSON schema of the body.
    ///   - validation: how it writes 422; default like every other error.
    ///   - spelling: writes an error's code as this envelope has it, for the document; default as it is.
    ///   - render: makes the body of an error and a request id.
    public init(
        schemaName: String,
        schema: JSON,
        validation: Validation? = nil,
        spelling: @escaping @Sendable (String) -> String = { $0 },
        render: @escaping @Sendable (OperationError, String) -> JSON
    ) {
        self.schemaName = schemaName
        self.schema = schema
        self.validation = validation
        self.spelling = spelling
        self.render = render
    }

    /// Its schemas by name, for the document.
    var components: [String: JSON] {
        (validation?.components ?? [:]).merging([schemaName: schema]) { _, own in own }
    }

    /// Name of the schema of an answer's body.
    func schemaName(ofStatus status: Int) -> String {
        status == 422 ? validation?.schemaName ?? schemaName : schemaName
    }

    /// Name of the member that lists what is wrong with a request.
    var violationsMember: String { validation?.member ?? "fields" }

    /// The error that is answered in place of another: an unreadable body may be a violation here.
    func adapted(_ error: OperationError) -> OperationError {
        guard let violation = error.unreadableBody, validation?.coversUnreadableBodies == true else { return error }
        var adapted = OperationError.invalid([violation])
        adapted.cause = error.cause
        return adapted
    }

    /// `{error, code, detail?, fields?}`: a sentence, a stable code, detail, and the members of the request that are wrong; and what an error
    /// says besides.
    public static let coded = ErrorEnvelope(
        schemaName: "Error",
        schema: [
            "type": "object",
            "required": ["error", "code"],
            "properties": [
                "error": ["type": "string", "description": "A sentence for people."],
                "code": ["type": "string", "description": "A stable code for programs."],
                "detail": ["type": "string", "description": "Further detail."],
                "fields": [
                    "type": "array",
                    "description": "The members of the request that are wrong.",
                    "items": [
                        "type": "object",
                        "required": ["field", "message"],
                        "properties": ["field": ["type": "string"], "message": ["type": "string"]],
                    ],
                ],
            ],
        ],
        render: { error, _ in
            var body = error.members
            body["error"] = .string(error.message)
            body["code"] = .string(error.code)
            if let detail = error.detail { body["detail"] = .string(detail) }
            if !error.fields.isEmpty {
                body["fields"] = .array(
                    error.fields.map { .object(["field": .string($0.field), "message": .string($0.message)]) }
                )
            }
            return .object(body)
        }
    )
}
