import Foundation
import HTTPOperations
import JSONValue
import Projection

/// Who changes agents, and by what request.
struct AgentActor: Sendable, Hashable {
    /// Who, as the audit trail keeps it.
    var subject: String
    /// The request's id.
    var requestID: String

    /// An actor.
    init(subject: String, requestID: String) {
        self.subject = subject
        self.requestID = requestID
    }

    /// Who sends a request.
    init(_ context: OperationContext) { self.init(subject: context.principal.subject, requestID: context.requestID) }

    /// What the audit trail says of a change.
    ///
    /// - Parameters:
    ///   - action: what was done, such as `AgentCreated`.
    ///   - agent: to which agent.
    ///   - message: a sentence for people.
    ///   - before: the agent before that, when it was changed.
    ///   - isGone: whether there is no agent after that.
    func entry(_ action: String, _ agent: AgentRow, _ message: String, before: AgentRow? = nil, isGone: Bool = false) -> AuditDraft {
        AuditDraft(
            actor: subject,
            requestID: requestID,
            action: action,
            resource: "Agent/\(agent.id.text)",
            tenant: agent.tenant,
            message: message,
            before: before?.audited,
            after: isGone ? nil : agent.audited
        )
    }
}

extension AgentRow {
    /// What the audit trail keeps of an agent: nothing of its tokens, and of long texts that they are there.
    var audited: JSON {
        var json: JSON = [
            "name": .string(name), "board": .string(boardID.text), "gateway": .string(gatewayID),
            "status": .string(status.rawValue), "generation": .integer(Int64(generation)), "paused": .bool(isPaused),
        ]
        json["heartbeat"] = heartbeat
        json["profile"] = identityProfile
        if let identityTemplate { json["identityTemplateBytes"] = .integer(Int64(identityTemplate.utf8.count)) }
        if let soulTemplate { json["soulTemplateBytes"] = .integer(Int64(soulTemplate.utf8.count)) }
        return json
    }
}
