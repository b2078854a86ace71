import HTTPTypes
import JSONValue

/// A refusal or failure that the caller may know about: a status, a stable code, and a sentence a person can act on.
///
/// Operations throw it; the responder renders it with the surface's ``ErrorEnvelope``. Every other error becomes a 500 that names nothing internal.
public struct OperationError: Error, Sendable, CustomStringConvertible {
    /// HTTP status of the answer.
    public var status: HTTPResponse.Status
    /// Stable code in upper snake case, for programs.
    public var code: String
    /// Sentence for people.
    public var message: String
    /// Further detail that is safe to show.
    public var detail: String?
    /// The members of the request that are wrong.
    public var fields: [FieldViolation]
    /// What is wrong with the body as a whole, when that is why the request cannot be read. A surface's envelope may answer 422 then.
    public var unreadableBody: FieldViolation?
    /// Further members of the answer's body, for envelopes that have room for them; they must be safe to show.
    public var members: [String: JSON] = [:]
    /// Headers the answer carries, such as `Retry-After` or `Allow`.
    public var headers: HTTPFields
    /// What lies beneath; logged, never sent.
    public var cause: (any Error)?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - status: HTTP status of the answer.
    ///   - code: stable code in upper snake case.
    ///   - message: sentence for people.
    ///   - detail: further detail that is safe to show; default none.
    ///   - fields: the members of the request that are wrong; default none.
    ///   - headers: headers of the answer; default none.
    ///   - cause: what lies beneath; logged, never sent; default none.
    public init(
        _ status: HTTPResponse.Status,
        code: String,
        message: String,
        detail: String? = nil,
        fields: [FieldViolation] = [],
        headers: HTTPFields = [:],
        cause: (any Error)? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.detail = detail
        self.fields = fields
        self.headers = headers
        self.cause = cause
    }

    public var description: String {
        "\(status.code) \(code): \(message)\(detail.map { " (\($0))" } ?? "")\(cause.map { ", caused by \($0)" } ?? "")"
    }
}

extension OperationError {
    /// 400: the request cannot be read at all.
    public static func malformed(_ message: String) -> OperationError {
        OperationError(.badRequest, code: "MALFORMED_REQUEST", message: message)
    }

    /// 400: the operation needs a body, and there is none.
    static let missingBody: OperationError = {
        var error = OperationError.malformed("This operation needs a JSON body.")
        error.unreadableBody = FieldViolation(field: "", message: "is required", kind: .missing)
        return error
    }()

    /// 400: the cursor is not one that the list has given out.
    public static let invalidCursor = OperationError(
        .badRequest,
        code: "INVALID_CURSOR",
        message: "The cursor is not one that this list has given out."
    )

    /// 422: the request can be read, and says something that is not allowed.
    ///
    /// - Parameter violations: what is wrong, at least one entry.
    public static func invalid(_ violations: [FieldViolation]) -> OperationError {
        let sorted = violations.sorted { ($0.field, $0.message) < ($1.field, $1.message) }
        let text = sorted.prefix(5).map { $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)" }.joined(separator: "; ")
        let more = sorted.count > 5 ? "; and \(sorted.count - 5) more" : ""
        return OperationError(
            .unprocessableContent,
            code: "VALIDATION_ERROR",
            message: "The request is not valid.",
            detail: text + more,
            fields: sorted
        )
    }

    /// 422 about one member of the request.
    ///
    /// - Parameters:
    ///   - field: the dotted path or parameter name; empty for the body as a whole.
    ///   - message: what is wrong with it, as a sentence fragment that follows the field's name.
    ///   - location: which part of the request has it; default the body.
    ///   - kind: what is wrong, for programs; default a value that cannot be used.
    public static func invalid(
        _ field: String,
        _ message: String,
        in location: FieldViolation.Location = .body,
        kind: ViolationKind = .valueError
    ) -> OperationError {
        .invalid([FieldViolation(field: field, message: message, in: location, kind: kind)])
    }

    /// 401: no credential, or one that is not known. Both are told apart by nothing the caller can see.
    public static let unauthorized = OperationError(
        .unauthorized,
        code: "UNAUTHORIZED",
        message: "A valid bearer token is needed.",
        headers: [.wwwAuthenticate: "Bearer realm=\"opencrane\""]
    )

    /// 401 for a surface that takes other credentials than bearer tokens alone.
    ///
    /// - Parameters:
    ///   - credentials: what the surface takes.
    ///   - loginPath: where people log in with a browser; nil where they cannot.
    public static func unauthorized(_ credentials: [CredentialScheme], loginPath: String? = nil) -> OperationError {
        guard credentials != [.bearer] || loginPath != nil else { return .unauthorized }
        var error = OperationError.unauthorized
        error.message = "A valid \(credentials.map(\.noun).joined(separator: " or ")) is needed."
        if let loginPath { error.message += " People log in with a browser at \(loginPath)." }
        if !credentials.contains(where: \.isBearer) { error.headers[.wwwAuthenticate] = nil }
        return error
    }

    /// 403: the caller's role would do, and the credential lacks the scope.
    ///
    /// - Parameter scope: the scope that is needed.
    public static func insufficientScope(_ scope: String) -> OperationError {
        OperationError(.forbidden, code: "INSUFFICIENT_SCOPE", message: "This credential lacks the scope \(scope).")
    }

    /// 403: the caller is known and may not do this.
    public static let forbidden = OperationError(
        .forbidden,
        code: "FORBIDDEN",
        message: "Your role does not allow this operation."
    )

    /// 404: there is no such path.
    public static let unknownPath = OperationError(.notFound, code: "NOT_FOUND", message: "There is nothing at this path.")

    /// 405: the path exists, not with this method.
    ///
    /// - Parameter allowed: methods that the path has.
    public static func methodNotAllowed(_ allowed: [String]) -> OperationError {
        let list = allowed.joined(separator: ", ")
        return OperationError(
            .methodNotAllowed,
            code: "METHOD_NOT_ALLOWED",
            message: "This path allows \(list).",
            headers: [.allow: list]
        )
    }

    /// 412: the `If-Match` header names another version than the current one.
    public static let preconditionFailed = OperationError(
        .preconditionFailed,
        code: "PRECONDITION_FAILED",
        message: "The object has changed since it was read: read it again and repeat with its new ETag."
    )

    /// 413: the body is larger than the surface takes.
    ///
    /// - Parameter limit: the limit in bytes.
    public static func tooLarge(limit: Int) -> OperationError {
        OperationError(.contentTooLarge, code: "PAYLOAD_TOO_LARGE", message: "The body may hold at most \(limit) bytes.")
    }

    /// 415: the body is not declared as JSON.
    public static let unsupportedMediaType = OperationError(
        .unsupportedMediaType,
        code: "UNSUPPORTED_MEDIA_TYPE",
        message: "Send the body as JSON, with the header Content-Type: application/json."
    )

    /// 500: a fault of ours. Says nothing of what it was.
    ///
    /// - Parameter cause: what happened; logged, never sent.
    public static func internalError(_ cause: any Error) -> OperationError {
        OperationError(
            .internalServerError,
            code: "INTERNAL_ERROR",
            message: "Something went wrong on our side. The request id names it in our logs.",
            cause: cause
        )
    }

    /// 504: the operation did not end in time.
    public static let timeout = OperationError(
        .gatewayTimeout,
        code: "TIMEOUT",
        message: "The operation did not end in time. Its effect may still appear."
    )

    /// 408: the client took too long to send its body.
    public static let requestTimeout = OperationError(
        .requestTimeout,
        code: "REQUEST_TIMEOUT",
        message: "The body did not arrive in time."
    )

    /// 503 with `Retry-After`.
    ///
    /// - Parameters:
    ///   - code: stable code.
    ///   - message: sentence for people.
    ///   - retryAfter: seconds after which a retry makes sense.
    ///   - cause: what lies beneath; logged, never sent.
    public static func unavailable(
        code: String,
        message: String,
        retryAfter seconds: Int,
        cause: (any Error)? = nil
    ) -> OperationError {
        OperationError(
            .serviceUnavailable,
            code: code,
            message: message,
            headers: [.retryAfter: String(max(1, seconds))],
            cause: cause
        )
    }
}
