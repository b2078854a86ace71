/// How a tenant takes part in the awareness contract.
public struct Participation: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
        case ok, warning, critical
    }

    /// When it was last heard of, in milliseconds since 1970; nil for never.
    public var lastSeen: Int64?
    /// The version it says it runs.
    public var runningVersion: String?
    /// The version it should run.
    public var expectedVersion: String
    /// How often it broke the policy within the window that is looked at.
    public var recentViolations: Int

    /// How long a tenant may be silent, in milliseconds.
    public static let silence: Int64 = 15 * 60 * 1000
    /// How long a breach of the policy counts, in milliseconds.
    public static let violationWindow: Int64 = 24 * 60 * 60 * 1000

    /// What is known of a tenant.
    public init(lastSeen: Int64?, runningVersion: String?, expectedVersion: String, recentViolations: Int) {
        self.lastSeen = lastSeen
        self.runningVersion = runningVersion
        self.expectedVersion = expectedVersion
        self.recentViolations = recentViolations
    }

    /// Whether it was heard of lately.
    ///
    /// - Parameter now: the time, in milliseconds since 1970.
    public func isParticipating(now: Int64) -> Bool { lastSeen.map { now - $0 <= Self.silence } ?? false }

    /// Whether it runs another version than it should.
    public var hasDrifted: Bool { runningVersion.map { $0 != expectedVersion } ?? false }

    /// How bad it is.
    ///
    /// - Parameter now: the time, in milliseconds since 1970.
    public func severity(now: Int64) -> Severity {
        if recentViolations > 0 { return .critical }
        return !isParticipating(now: now) || hasDrifted ? .warning : .ok
    }
}
