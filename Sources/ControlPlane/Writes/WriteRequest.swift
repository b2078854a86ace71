import HTTPOperations
import HTTPTypes
import JSONValue

/// Who asks for a write, and by what request.
struct WriteRequest: Sendable, Hashable {
    /// Who asks.
    var actor: String
    /// Who that is, for people; nil for no more than the name.
    var introduction: String?
    /// Id of the request.
    var requestID: String
    /// Id of the operation.
    var operationID: String
    /// The caller's key; nil without one.
    var idempotencyKey: String?
    /// Digest of what is asked, so that a key used for something else is noticed.
    var digest: String
}

extension WriteRequest {
    /// The request of an operation.
    ///
    /// - Parameters:
    ///   - context: the request.
    ///   - content: what is asked for.
    init(_ context: OperationContext, content: JSON) {
        var asked: JSON = [
            "operation": .string(context.operationID), "path": .string(context.path), "content": content,
            "ifMatch": context.headers[.ifMatch].map { .string($0) } ?? .null,
        ]
        // What was answered when the caller acted for somebody else is not the answer to this request.
        asked["actsFor"] = context.principal.actsFor
        self.init(
            actor: context.principal.subject,
            introduction: context.principal.introduction,
            requestID: context.requestID,
            operationID: context.operationID,
            idempotencyKey: context.header(.idempotencyKey),
            digest: ContentDigest.hexadecimal(of: asked.serialized())
        )
    }
}
