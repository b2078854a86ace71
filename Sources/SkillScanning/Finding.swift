/// Something in a skill that somebody should look at.
public struct Finding: Sendable, Hashable, Codable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        case low, medium, high, critical

        /// Whether one is less bad than another.
        public static func < (left: Severity, right: Severity) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// The rule's id, for instance `secret-private-key`; stable.
    public var id: String
    /// What is wrong, without the text itself: a secret that was found is not repeated.
    public var description: String
    /// How bad it is.
    public var severity: Severity
    /// Where: `line 3, column 14`.
    public var location: String

    /// A finding.
    public init(id: String, description: String, severity: Severity, location: String) {
        self.id = id
        self.description = description
        self.severity = severity
        self.location = location
    }
}

/// The outcome of a scan.
public struct ScanReport: Sendable, Hashable {
    /// What was found, in the order of the text; at most ``SkillScanner/Limits/findings``.
    public var findings: [Finding]
    /// Whether there were more.
    public var isTruncated: Bool
    /// The rules that were applied: a report of other rules says nothing of these.
    public var rules: String

    /// Whether the skill may be published: nothing that was found is high or critical.
    public var hasPassed: Bool { !findings.contains { $0.severity >= .high } }
}
