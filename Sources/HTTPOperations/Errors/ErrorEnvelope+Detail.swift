import HTTPTypes
import JSONValue
import Schema

extension ErrorEnvelope {
    /// Errors as FastAPI writes them: `{"detail": "sentence"}`, and for 422 `{"detail": [{type, loc, msg}]}`.
    public static let detail = ErrorEnvelope(
        schemaName: "DetailError",
        schema: [
            "type": "object",
            "required": ["detail"],
            "properties": ["detail": ["type": "string", "description": "A sentence for people."]],
        ],
        validation: .detail(schemaName: "HTTPValidationError", further: [:]),
        render: { error, _ in ["detail": detail(of: error)] }
    )

    /// Like ``detail``, with a stable `code` for programs and the `request_id`.
    public static let tracedDetail = ErrorEnvelope(
        schemaName: "TracedDetailError",
        schema: [
            "type": "object",
            "required": ["detail", "code", "request_id"],
            "properties": .object(
                tracing.merging(["detail": ["type": "string", "description": "A sentence for people."]]) { _, new in new }
            ),
        ],
        validation: .detail(schemaName: "TracedHTTPValidationError", further: tracing),
        render: { error, requestID in
            ["detail": detail(of: error), "code": .string(error.code), "request_id": .string(requestID)]
        }
    )

    private static let tracing: [String: JSON] = [
        "code": ["type": "string", "description": "A stable code for programs."],
        "request_id": ["type": "string", "description": "Id of the request, for support."],
    ]

    /// The sentence of an error; for 422 the list of what is wrong, which has one entry at least.
    private static func detail(of error: OperationError) -> JSON {
        guard error.status == .unprocessableContent else {
            return .string(error.detail.map { "\(error.message) (\($0))" } ?? error.message)
        }
        guard !error.fields.isEmpty else { return [["type": "value_error", "loc": ["body"], "msg": .string(error.message)]] }
        return .array(error.fields.map(\.detail))
    }
}

extension ErrorEnvelope.Validation {
    /// 422 with a list of what is wrong.
    fileprivate static func detail(schemaName: String, further members: [String: JSON]) -> Self {
        let list: JSON = [
            "type": "array",
            "description": "What is wrong with the request.",
            "items": ["$ref": "#/components/schemas/ValidationError"],
        ]
        let entry: JSON = [
            "type": "object",
            "required": ["loc", "msg", "type"],
            "properties": [
                "loc": [
                    "type": "array",
                    "description": "Where: body, query, path or header, then the way to the member.",
                    "items": ["anyOf": [["type": "string"], ["type": "integer"]]],
                ],
                "msg": ["type": "string", "description": "A sentence for people."],
                "type": ["type": "string", "description": "What is wrong, for programs."],
            ],
        ]
        let whole: JSON = [
            "type": "object",
            "required": .array((["detail"] + members.keys).sorted().map { .string($0) }),
            "properties": .object(members.merging(["detail": list]) { _, new in new }),
        ]
        return Self(
            schemaName: schemaName,
            components: [schemaName: whole, "ValidationError": entry],
            member: "detail",
            coversUnreadableBodies: true
        )
    }
}

extension FieldViolation {
    /// As FastAPI lists it.
    var detail: JSON {
        let parts = path.map { element -> JSON in
            switch element {
            case .key(let name): .string(name)
            case .index(let index): .integer(Int64(index))
            }
        }
        return ["type": .string(kind.rawValue), "loc": .array([.string(location.rawValue)] + parts), "msg": .string(sentence)]
    }

    private var sentence: String {
        switch kind {
        case .missing: return "Field required"
        case .extraForbidden: return "Extra inputs are not permitted"
        default:
            // Fragments follow the field's name; what decoders say is a sentence of its own.
            guard let first = message.first, first.isLowercase else { return message.isEmpty ? "Input is not valid" : message }
            return "Input \(message)"
        }
    }
}
