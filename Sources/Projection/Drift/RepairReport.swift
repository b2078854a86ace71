/// What a repair did, or would do.
public struct RepairReport: Sendable, Hashable, Codable {
    /// Whether anything was written.
    public enum Mode: String, Sendable, Hashable, Codable {
        /// Nothing was.
        case dryRun = "dry-run"
        /// The rows were mended.
        case apply
    }

    /// What is done to a row.
    public enum Action: String, Sendable, Hashable, Codable {
        /// There was none.
        case created
        /// It differed from its object.
        case updated
        /// It had no object.
        case deleted
        /// It is left alone.
        case skipped
    }

    /// What is done to one row.
    public struct Entry: Sendable, Hashable, Codable {
        /// The name.
        public var name: String
        /// What is done.
        public var action: Action
        /// Why.
        public var reason: String
        /// Whether it is only planned.
        public var dryRun: Bool
        /// The namespace; empty for cluster-scoped kinds. Not part of the report as it is encoded.
        public var namespace = ""

        private enum CodingKeys: String, CodingKey { case name, action, reason, dryRun }
    }

    /// The kind.
    public var resource: String
    /// Whether anything was written.
    public var mode: Mode
    /// How many rows are created, updated or deleted.
    public var repairedCount: Int
    /// How many are left alone.
    public var skippedCount: Int
    /// What is done, by name, as far as it was asked for.
    public var entries: [Entry]
    /// The name after which there are more; `nil` when these are the last. Not part of the report as it is encoded.
    public var next: String?

    private enum CodingKeys: String, CodingKey { case resource, mode, repairedCount, skippedCount, entries }
}
