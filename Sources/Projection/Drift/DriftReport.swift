import Foundation

/// Where the rows of a kind differ from the objects.
public struct DriftReport: Sendable, Hashable, Codable {
    /// How many there are of what.
    public struct Summary: Sendable, Hashable, Codable {
        /// Objects.
        public var sourceCount: Int
        /// Rows.
        public var projectionCount: Int
        /// Names that differ.
        public var driftCount: Int
    }

    /// What is wrong about a name.
    public enum Issue: String, Sendable, Hashable, Codable {
        /// There is a row, but no object.
        case missingSource = "missing-source"
        /// There is an object, but no row.
        case missingProjection = "missing-projection"
        /// Object and row differ.
        case fieldMismatch = "field-mismatch"
    }

    /// A name about which something is wrong.
    public struct Mismatch: Sendable, Hashable, Codable {
        /// The name.
        public var name: String
        /// What is wrong.
        public var issue: Issue
        /// The members of `spec` that differ; only for `field-mismatch`.
        public var fields: [String]?
        /// The namespace; empty for cluster-scoped kinds. Not part of the report as it is encoded.
        public var namespace = ""
        /// When the row was last written; `nil` without a row. Not part of the report as it is encoded.
        public var observedAt: Date?

        private enum CodingKeys: String, CodingKey { case name, issue, fields }
    }

    /// The kind.
    public var resource: String
    /// `detect-only`: nothing was changed.
    public var mode = "detect-only"
    /// The members of `spec` that have columns.
    public var comparedFields: [String]
    /// How many there are of what.
    public var summary: Summary
    /// What is wrong, by name, as far as it was asked for.
    public var mismatches: [Mismatch]
    /// The name after which there are more; `nil` when these are the last. Not part of the report as it is encoded.
    public var next: String?
    /// When the row that differs for the longest was last written; `nil` when no row does. Not part of the report as it is encoded.
    public var oldestObservedAt: Date?

    private enum CodingKeys: String, CodingKey { case resource, mode, comparedFields, summary, mismatches }
}
