import HTTPOperations
import JSONValue
import Projection

/// What a write that only touches the database came to.
struct Mutation<Value: Codable & Sendable>: Sendable {
    /// The answer.
    var reply: Reply<Value>
    /// What is written into the audit trail; nil when nothing has changed.
    var audit: AuditDraft?
    /// Whether the answer is kept for a repetition with the same `Idempotency-Key`. One with a secret must not be.
    var keepsAnswer: Bool

    /// Makes a result.
    ///
    /// - Parameters:
    ///   - reply: the answer.
    ///   - audit: what is written into the audit trail; default nothing, for a write that has changed nothing.
    ///   - keepsAnswer: whether the answer is kept for a repetition; default so.
    init(_ reply: Reply<Value>, audit: AuditDraft? = nil, keepsAnswer: Bool = true) {
        self.reply = reply
        self.audit = audit
        self.keepsAnswer = keepsAnswer
    }
}

extension OperationContext {
    /// An entry of the audit trail about what this request did.
    ///
    /// - Parameters:
    ///   - action: what was done, such as `Created`.
    ///   - resource: what it was done to, such as `APIKey/…`.
    ///   - tenant: the tenant it concerns; default none.
    ///   - message: a sentence that follows the caller's name: `made the API key …`.
    ///   - before: the state before, without secrets; default none.
    ///   - after: the state after, without secrets; default none.
    func audit(
        _ action: String,
        _ resource: String,
        tenant: String? = nil,
        message: String,
        before: JSON? = nil,
        after: JSON? = nil
    ) -> AuditDraft {
        AuditDraft(
            actor: principal.subject,
            requestID: requestID,
            action: action,
            resource: resource,
            tenant: tenant,
            message: "\(principal.introduction) \(message)",
            before: before,
            after: after
        )
    }
}
