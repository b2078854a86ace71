import JSONValue

/// How a surface writes an error: the body and its JSON schema, so that both come from one place.
public struct ErrorEnvelope: Sendable {
    /// Name of the schema among the document's components.
    public let schemaName: String
    /// JSON schema of the body.
    public let schema: JSON
    /// Renders an error; the second parameter is the request's id.
    public let render: @Sendable (OperationError, String) -> JSON
    /// Writes an error's code as this envelope has it.
    public let spelling: @Sendable (String) -> String

    /// Makes an envelope.
    ///
    /// - Parameters:
    ///   - schemaName: name among the document's components.
    ///   - schema: JSON schema of the body.
    ///   - spelling: writes an error's code as this envelope has it, for the document; default as it is.
    ///   - render: makes the body of an error and a request id.
    public init(
        schemaName: String,
        schema: JSON,
        spelling: @escaping @Sendable (String) -> String = { $0 },
        render: @escaping @Sendable (OperationError, String) -> JSON
    ) {
        self.schemaName = schemaName
        self.schema = schema
        self.spelling = spelling
        self.render = render
    }

    /// `{error, code, detail?, fields?}`: a sentence, a stable code, detail, and the members of the request that are wrong.
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
            var body: [String: JSON] = ["error": .string(error.message), "code": .string(error.code)]
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
