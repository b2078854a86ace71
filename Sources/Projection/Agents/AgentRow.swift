import Foundation
import JSONValue
import Postgres

/// An agent on a tenant's gateway. PostgreSQL is the truth about it; the gateway follows.
public struct AgentRow: Sendable, Hashable {
    /// Its id.
    public var id: UUID
    /// The board it is on.
    public var boardID: UUID
    /// The gateway it lives on: the unique id of the Tenant.
    public var gatewayID: String
    /// The namespace of the Tenant.
    public var namespace: String
    /// The name of the Tenant.
    public var tenant: String
    /// Its name for people, unique on its gateway without regard to case.
    public var name: String
    /// Where it is in its life, as far as it is kept; see `AgentRow.status(at:)` of whoever shows it.
    public var status: AgentStatus
    /// What the gateway is asked to call it.
    public var key: String
    /// What the gateway calls it; `nil` until it is made there.
    public var gatewayAgentID: String?
    /// Where its files are on the gateway's machine; `nil` until that is known.
    public var workspacePath: String?
    /// Whether it leads its board.
    public var isBoardLead: Bool
    /// Whether it is the gateway's own.
    public var isGatewayMain: Bool
    /// Whether nobody wakes it.
    public var isPaused: Bool
    /// Whether it was made paused for good.
    public var isRetired: Bool
    /// How it is woken, as it was asked for.
    public var heartbeatConfig: JSON?
    /// The gateway's settings for that: `every`, `target` and so on; `nil` for none.
    public var heartbeat: JSON?
    /// After how many seconds of silence it counts as offline.
    public var missingTolerance: Int
    /// Who it is: texts by name.
    public var identityProfile: JSON?
    /// Text for its `IDENTITY.md`.
    public var identityTemplate: String?
    /// Text for its `SOUL.md`.
    public var soulTemplate: String?
    /// SHA-256 of the token it is known to have, in hexadecimal; `nil` before the first.
    public var tokenHash: String?
    /// SHA-256 of the token it is being given; as good as the other one until that is done.
    public var nextTokenHash: String?
    /// The generation for which the next token was made.
    public var tokenGeneration: Int
    /// How often it was asked to be made or brought up to date.
    public var generation: Int
    /// The last step that is done for this generation; `nil` for none.
    public var step: String?
    /// What was asked for with this generation.
    public var options: JSON
    /// How often this generation was tried.
    public var attempts: Int
    /// When somebody has to look at it again; `nil` for never.
    public var nextAttemptAt: Date?
    /// Why it could not be made or brought up to date, for people.
    public var lastProvisionError: String?
    /// Who works on it.
    public var leaseHolder: UUID?
    /// Until when nobody else does.
    public var leaseUntil: Date?
    /// How often it was woken without calling.
    public var wakeAttempts: Int
    /// When it should have called after it was woken.
    public var checkInDeadline: Date?
    /// When it called last.
    public var lastSeenAt: Date?
    /// What it last said of itself.
    public var reportedStatus: String?
    /// When it was made for the first time.
    public var readyAt: Date?
    /// When it was asked to be deleted.
    public var deleteRequestedAt: Date?
    /// When it was gone.
    public var deletedAt: Date?
    /// When it was asked for.
    public var createdAt: Date
    /// When something about it last changed, besides its being seen.
    public var updatedAt: Date

    /// An agent that was asked for and is not made yet.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - boardID: the board it is on.
    ///   - gatewayID: the unique id of the Tenant.
    ///   - namespace: the namespace of the Tenant.
    ///   - tenant: the name of the Tenant.
    ///   - name: its name for people.
    ///   - key: what the gateway is asked to call it.
    ///   - missingTolerance: after how many seconds of silence it counts as offline.
    ///   - now: the time.
    public init(
        id: UUID,
        boardID: UUID,
        gatewayID: String,
        namespace: String,
        tenant: String,
        name: String,
        key: String,
        missingTolerance: Int = 600,
        now: Date
    ) {
        self.id = id
        self.boardID = boardID
        self.gatewayID = gatewayID
        self.namespace = namespace
        self.tenant = tenant
        self.name = name
        self.key = key
        self.missingTolerance = missingTolerance
        status = .provisioning
        (isBoardLead, isGatewayMain, isPaused, isRetired) = (false, false, false, false)
        (tokenGeneration, generation, attempts, wakeAttempts) = (0, 1, 0, 0)
        options = [:]
        createdAt = now
        updatedAt = now
    }

    /// Its main session on the gateway.
    public var sessionID: String { "agent:\(gatewayAgentID ?? key):main" }

    /// Whether more than its being seen differs.
    func differs(from other: AgentRow) -> Bool {
        var (mine, theirs) = (self, other)
        for member in [\AgentRow.leaseUntil, \.lastSeenAt, \.nextAttemptAt, \.checkInDeadline] {
            mine[keyPath: member] = nil
            theirs[keyPath: member] = nil
        }
        (mine.leaseHolder, theirs.leaseHolder) = (nil, nil)
        return mine != theirs
    }
}
