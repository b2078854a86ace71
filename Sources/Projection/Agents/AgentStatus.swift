import Postgres

/// Where an agent is in its life.
public enum AgentStatus: String, Sendable, Hashable, Codable, CaseIterable, PostgresEncodable, PostgresDecodable {
    /// It is being made.
    case provisioning
    /// It is made, and has not called yet.
    case ready
    /// It calls.
    case active
    /// It calls, and says that it has nothing to do.
    case idle
    /// It has not called for too long.
    case offline
    /// It is being brought up to date.
    case updating
    /// It is made, and nobody wakes it.
    case paused
    /// It cannot be made without somebody's help.
    case error
    /// It is being deleted.
    case deleting
    /// It is gone; its row is kept.
    case deleted
}
