import Foundation
import JSONValue
import Postgres

/// Something to be recorded in the audit trail.
public struct AuditDraft: Sendable, Hashable {
    /// Who did it.
    public var actor: String
    /// The id of the request, or of the run, it was done by.
    public var requestID: String
    /// What was done, for example `Created`.
    public var action: String
    /// What it was done to, for example `Tenant/mia`.
    public var resource: String
    /// The tenant it concerns.
    public var tenant: String?
    /// A sentence for people.
    public var message: String
    /// The state before.
    public var before: JSON?
    /// The state after.
    public var after: JSON?

    /// Makes a draft. It must not hold secrets: the trail cannot be changed.
    public init(
        actor: String,
        requestID: String,
        action: String,
        resource: String,
        tenant: String? = nil,
        message: String,
        before: JSON? = nil,
        after: JSON? = nil
    ) {
        self.actor = actor
        self.requestID = requestID
        self.action = action
        self.resource = resource
        self.tenant = tenant
        self.message = message
        self.before = before
        self.after = after
    }
}

/// What came of an action.
public enum AuditOutcome: String, Sendable, Hashable, Codable, PostgresEncodable, PostgresDecodable {
    /// It was begun; a write intent will settle it.
    case pending
    /// It was done.
    case succeeded
    /// It was refused or given up.
    case failed
}

/// An entry of the audit trail.
public struct AuditEntry: Sendable, Hashable {
    /// The number of the entry; later entries have higher ones.
    public var id: Int64
    /// When it was recorded.
    public var at: Date
    /// What was recorded.
    public var draft: AuditDraft
    /// What came of it.
    public var outcome: AuditOutcome

    /// Who did it.
    public var actor: String { draft.actor }
    /// The id of the request, or of the run, it was done by.
    public var requestID: String { draft.requestID }
    /// What was done.
    public var action: String { draft.action }
    /// What it was done to.
    public var resource: String { draft.resource }
    /// The tenant it concerns.
    public var tenant: String? { draft.tenant }
    /// A sentence for people.
    public var message: String { draft.message }

    static let columns = "id, at, actor, request_id, action, resource, tenant, message, outcome, before, after"
    static let columnsWithoutStates =
        "id, at, actor, request_id, action, resource, tenant, message, outcome, null::jsonb as before, null::jsonb as after"

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        at = try row.decode("at")
        outcome = try row.decode("outcome")
        draft = AuditDraft(
            actor: try row.decode("actor"),
            requestID: try row.decode("request_id"),
            action: try row.decode("action"),
            resource: try row.decode("resource"),
            tenant: try row.decode("tenant"),
            message: try row.decode("message"),
            before: try row.decode("before"),
            after: try row.decode("after")
        )
    }
}

/// Which entries are wanted; `nil` members do not restrict.
public struct AuditFilter: Sendable, Hashable {
    /// The tenant.
    public var tenant: String?
    /// The resource, for example `Tenant/mia`.
    public var resource: String?
    /// Who did it.
    public var actor: String?

    /// Makes a filter.
    public init(tenant: String? = nil, resource: String? = nil, actor: String? = nil) {
        self.tenant = tenant
        self.resource = resource
        self.actor = actor
    }
}
