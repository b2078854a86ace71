import HTTPOperations
import HTTPTypes

/// What an `Idempotency-Key` means, for every write, whatever it touches (draft-ietf-httpapi-idempotency-key-header):
///
/// - A key belongs to its caller and to one operation, and stands for one request: path, content and `If-Match`.
/// - The same request again: the first answer, with its status, `ETag` and `Location`; nothing is done.
/// - Another request: 422 `IDEMPOTENCY_KEY_REUSED`. The caller is wrong, and the same request stays wrong.
/// - While the first request is at it: 409 `WRITE_IN_PROGRESS` with `Retry-After`. The same request will be right.
/// - An answer that held a secret is not kept: 409 `ANSWER_NOT_KEPT`.
enum IdempotencyRule {
    /// 422: the key was used for another request.
    static let reused = OperationError(
        .unprocessableContent,
        code: "IDEMPOTENCY_KEY_REUSED",
        message: "This Idempotency-Key was used for another request; take a new one.",
        fields: [FieldViolation(field: "Idempotency-Key", message: "was used for another request", in: .header)]
    )

    /// 409: the answer is not there to be given again.
    static let answerNotKept = OperationError(
        .conflict,
        code: "ANSWER_NOT_KEPT",
        message: "This request was carried out before; its answer held a secret, which is shown once."
    )

    /// What every write that takes a key may be answered.
    static let declarations = [
        ErrorDeclaration(.conflict, "WRITE_IN_PROGRESS", "An earlier write to this object, or with this key, has not ended."),
        ErrorDeclaration(.unprocessableContent, "IDEMPOTENCY_KEY_REUSED", "The Idempotency-Key was used for another request."),
    ]
}

extension OperationError {
    /// 409 with `Retry-After`: a write has to wait for an earlier one.
    static func writeInProgress(_ message: String) -> OperationError {
        OperationError(.conflict, code: "WRITE_IN_PROGRESS", message: message, headers: [.retryAfter: "2"])
    }
}

extension Reply {
    /// The reply with the place of what the request made below its own path.
    func located(at name: String, _ context: OperationContext) -> Reply {
        var reply = self
        reply.headers[.location] = context.path + "/" + name
        return reply
    }
}
