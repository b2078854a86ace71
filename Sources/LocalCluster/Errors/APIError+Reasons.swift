import JSONValue

extension APIError {
    static func notFound(_ subject: ErrorSubject) -> APIError {
        APIError(
            code: 404,
            reason: "NotFound",
            message: "\(subject.qualifiedResource) \"\(subject.name)\" not found",
            details: subject.details
        )
    }

    /// The path names a resource that the server does not have.
    static var unknownResource: APIError {
        APIError(code: 404, reason: "NotFound", message: "the server could not find the requested resource", details: [:])
    }

    static func alreadyExists(_ subject: ErrorSubject) -> APIError {
        APIError(
            code: 409,
            reason: "AlreadyExists",
            message: "\(subject.qualifiedResource) \"\(subject.name)\" already exists",
            details: subject.details
        )
    }

    static func conflict(
        _ subject: ErrorSubject,
        because cause: String = "the object has been modified; please apply your changes to the latest version and try again"
    ) -> APIError {
        APIError(
            code: 409,
            reason: "Conflict",
            message: "Operation cannot be fulfilled on \(subject.qualifiedResource) \"\(subject.name)\": \(cause)",
            details: subject.details
        )
    }

    /// - Parameter subject: Names the kind, not the resource.
    static func invalid(_ subject: ErrorSubject, _ causes: [Cause]) -> APIError {
        let sentences = causes.map { "\($0.field): \($0.message)" }
        let list = sentences.count == 1 ? sentences[0] : "[" + sentences.joined(separator: ", ") + "]"
        var details = subject.details
        details["causes"] = Self.json(causes)
        return APIError(
            code: 422,
            reason: "Invalid",
            message: "\(subject.qualifiedResource) \"\(subject.name)\" is invalid: \(list)",
            details: details
        )
    }

    static func json(_ causes: [Cause]) -> JSON {
        .array(
            causes.map { cause in
                var entry: [String: JSON] = ["message": .string(cause.message)]
                if !cause.reason.isEmpty { entry["reason"] = .string(cause.reason) }
                if !cause.field.isEmpty { entry["field"] = .string(cause.field) }
                return .object(entry)
            }
        )
    }

    /// A query parameter or an options body that is wrong.
    static func invalidOptions(_ kind: String, _ cause: Cause) -> APIError {
        .invalid(ErrorSubject(resource: kind, group: "meta.k8s.io", name: ""), [cause])
    }

    static func badRequest(_ message: String) -> APIError {
        APIError(code: 400, reason: "BadRequest", message: message)
    }

    static var unauthorized: APIError {
        APIError(code: 401, reason: "Unauthorized", message: "Unauthorized")
    }

    static func forbidden(_ subject: ErrorSubject, because cause: String, causes: [Cause] = []) -> APIError {
        var details = subject.details
        if !causes.isEmpty { details["causes"] = json(causes) }
        let message =
            subject.name.isEmpty
            ? "\(subject.qualifiedResource) is forbidden: \(cause)"
            : "\(subject.qualifiedResource) \"\(subject.name)\" is forbidden: \(cause)"
        return APIError(code: 403, reason: "Forbidden", message: message, details: details)
    }

    static func methodNotAllowed(_ subject: ErrorSubject) -> APIError {
        APIError(
            code: 405,
            reason: "MethodNotAllowed",
            message: "the server does not allow this method on the requested resource",
            details: subject.name.isEmpty && subject.resource.isEmpty ? [:] : subject.details
        )
    }

    static func notAcceptable(_ accepted: [String]) -> APIError {
        APIError(
            code: 406,
            reason: "NotAcceptable",
            message: "only the following media types are accepted: " + accepted.joined(separator: ", ")
        )
    }

    static func unsupportedMediaType(_ accepted: [String]) -> APIError {
        APIError(
            code: 415,
            reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: " + accepted.joined(separator: ", ")
        )
    }

    static func tooLarge(limit: Int) -> APIError {
        APIError(
            code: 413,
            reason: "RequestEntityTooLarge",
            message: "Request entity too large: limit is \(limit)",
            details: [:]
        )
    }

    static func expired(_ message: String) -> APIError {
        APIError(code: 410, reason: "Expired", message: message)
    }

    static func internalError(_ message: String) -> APIError {
        APIError(
            code: 500,
            reason: "InternalError",
            message: "Internal error occurred: \(message)",
            details: ["causes": [["message": .string(message)]]]
        )
    }

    /// An error without a reason, which the API server sends for a few mistakes in requests.
    static func unclassified(_ message: String) -> APIError {
        APIError(code: 500, reason: nil, message: message)
    }
}
