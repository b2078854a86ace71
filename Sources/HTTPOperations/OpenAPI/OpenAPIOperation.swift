import HTTPTypes
import JSONValue
import Schema

/// One operation as the document writes it.
struct OpenAPIOperation {
    let label: OperationLabel
    let shape: OperationShape
    let envelope: ErrorEnvelope
    let bodyLimit: Int
    /// How callers of the operation's surface may prove who they are.
    var credentials = [CredentialScheme.bearer]
    /// What the authenticator of the operation's surface may refuse requests with.
    var surfaceErrors: [ErrorDeclaration] = []
    /// Whether the document says of all operations at once how callers prove who they are.
    var isCredentialCommon = true

    /// The operation object (OpenAPI 3.1 section 4.8.10).
    var json: JSON {
        var members: [String: JSON] = [
            "operationId": .string(label.id), "summary": .string(label.summary), "tags": [.string(label.tag)],
            "responses": .object(responses),
        ]
        if let description = label.description { members["description"] = .string(description) }
        if !shape.parameters.isEmpty { members["parameters"] = .array(shape.parameters.map(parameter)) }
        if let body = shape.body {
            members["requestBody"] = [
                "required": .bool(shape.isBodyRequired),
                "content": .object([shape.bodyMediaType: ["schema": body.json(.openAPI31)]]),
            ]
        }
        if let roles = label.access.roles {
            if !isCredentialCommon { members["security"] = .array(credentials.map { .object([$0.name: []]) }) }
            members["x-opencrane-roles"] = .array(roles.map(\.rawValue).sorted().map { .string($0) })
            if let scope = label.access.scope { members["x-opencrane-scopes"] = [.string(scope)] }
        } else {
            members["security"] = []
        }
        return .object(members)
    }

    private func parameter(_ declaration: ParameterDeclaration) -> JSON {
        var schema = declaration.schema
        var members: [String: JSON] = [
            "name": .string(declaration.name), "in": .string(declaration.location.rawValue), "required": .bool(declaration.isRequired),
        ]
        if let description = schema.description { members["description"] = .string(description) }
        schema.description = nil
        members["schema"] = schema.json(.openAPI31)
        return .object(members)
    }

    private var responses: [String: JSON] {
        var responses: [String: JSON] = [:]
        for response in shape.responses {
            var headers = response.headers.mapValues { text -> JSON in ["description": .string(text), "schema": ["type": "string"]] }
            headers["X-Request-Id"] = ["description": "Id of this request, for support.", "schema": ["type": "string"]]
            var members: [String: JSON] = ["description": .string(response.description), "headers": .object(headers)]
            if let schema = response.schema {
                members["content"] = .object([response.mediaType: ["schema": schema.json(.openAPI31)]])
            }
            responses[String(response.status.code)] = .object(members)
        }
        if answersNotModified {
            responses["304"] = ["description": "`If-None-Match` names the current version."]
        }
        let errors = Dictionary(grouping: commonErrors + label.errors, by: \.status.code)
        for (status, errors) in errors where responses[String(status)] == nil {
            let text = errors.map { "`\(envelope.spelling($0.code))`: \($0.description)" }.joined(separator: " ")
            responses[String(status)] = [
                "description": .string(text),
                "content": [
                    "application/json": ["schema": ["$ref": .string("#/components/schemas/\(envelope.schemaName(ofStatus: status))")]]
                ],
            ]
        }
        return responses
    }

    /// Whether a read carries a version that the caller may already have.
    private var answersNotModified: Bool {
        label.method == .get && shape.responses.contains { $0.status == .ok && $0.headers["ETag"] != nil }
    }

    /// What every operation may answer, by what it takes.
    private var commonErrors: [ErrorDeclaration] {
        var errors = [
            ErrorDeclaration(.badRequest, "MALFORMED_REQUEST", "The request cannot be read."),
            ErrorDeclaration(.internalServerError, "INTERNAL_ERROR", "A fault on our side; the request id names it."),
        ]
        if label.access != .open {
            errors.append(ErrorDeclaration(.unauthorized, "UNAUTHORIZED", "No credential, or one that is not known."))
            errors.append(ErrorDeclaration(.forbidden, "FORBIDDEN", "The caller's role does not allow this."))
            errors += surfaceErrors.filter { !label.errors.contains($0) }
        }
        if let scope = label.access.scope {
            errors.append(ErrorDeclaration(.forbidden, "INSUFFICIENT_SCOPE", "The credential lacks the scope \(scope)."))
        }
        if shape.body != nil || !shape.parameters.isEmpty || shape.refusesUnknownParameters {
            let member = envelope.violationsMember
            errors.append(
                ErrorDeclaration(.unprocessableContent, "VALIDATION_ERROR", "A parameter or member is wrong; \(member) says which.")
            )
        }
        if shape.parameters.contains(where: { $0.location == .query && $0.name == "cursor" }) {
            errors.append(ErrorDeclaration(.badRequest, "INVALID_CURSOR", "The cursor is not one that this list has given out."))
        }
        if shape.body != nil {
            errors.append(ErrorDeclaration(.requestTimeout, "REQUEST_TIMEOUT", "The body did not arrive in time."))
            let limit = shape.bodyLimit ?? bodyLimit
            errors.append(ErrorDeclaration(.contentTooLarge, "PAYLOAD_TOO_LARGE", "The body holds more than \(limit) bytes."))
            let type = shape.bodyMediaType
            errors.append(
                ErrorDeclaration(
                    .unsupportedMediaType,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "The body is not declared as \(type == "application/json" ? "JSON" : type)."
                )
            )
        }
        return errors
    }
}
