/// An entry of the audit trail, as the chain sees it.
public struct AuditRecord: Sendable, Hashable {
    /// The number of the entry.
    public var id: Int64
    /// When it was recorded, in microseconds since 1970.
    public var at: Int64
    /// Who did it.
    public var actor: String
    /// The id of the request, or of the run.
    public var requestID: String
    /// What was done.
    public var action: String
    /// What it was done to.
    public var resource: String
    /// The tenant it concerns.
    public var tenant: String?
    /// The state before, as the text that the database prints: nothing is lost in it that a number of another precision would lose.
    public var before: String?
    /// A sentence for people.
    public var message: String
    /// What came of it.
    public var outcome: String
    /// The state after, as ``before``.
    public var after: String?

    /// Makes a record.
    public init(
        id: Int64,
        at: Int64,
        actor: String,
        requestID: String,
        action: String,
        resource: String,
        tenant: String? = nil,
        before: String? = nil,
        message: String,
        outcome: String,
        after: String? = nil
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.requestID = requestID
        self.action = action
        self.resource = resource
        self.tenant = tenant
        self.before = before
        self.message = message
        self.outcome = outcome
        self.after = after
    }
}

/// What of an entry a link stands for.
///
/// An entry about something that takes time is written when it begins, and settled once, when it ends: that makes two links. Every other
/// entry makes one, `ended`.
public enum AuditPart: String, Sendable, Hashable, CaseIterable {
    /// It was begun: what never changes, without message, outcome and the state after.
    case begun
    /// It has ended: the whole entry.
    case ended
}
