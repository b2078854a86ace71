import HTTPOperations
import HTTPTypes
import JSONValue

extension ErrorEnvelope {
    /// `{ok: false, error: {code, message, fields?}}`, with codes in lower case: errors of the provision flow and the fleet.
    static let platform = ErrorEnvelope(
        schemaName: "PlatformError",
        schema: [
            "type": "object",
            "required": ["ok", "error"],
            "properties": [
                "ok": ["type": "boolean", "description": "Always false."],
                "error": [
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": [
                        "code": ["type": "string", "description": "A stable code for programs."],
                        "message": ["type": "string", "description": "A sentence for people."],
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
            ],
        ],
        spelling: { $0.lowercased() },
        render: { error, _ in
            let message = error.detail.map { "\(error.message) (\($0))" } ?? error.message
            var body: [String: JSON] = ["code": .string(error.code.lowercased()), "message": .string(message)]
            if !error.fields.isEmpty {
                body["fields"] = .array(error.fields.map { ["field": .string($0.field), "message": .string($0.message)] })
            }
            return ["ok": false, "error": .object(body)]
        }
    )
}
