import Foundation
import JSONValue
import Postgres
import Schema

/// What a third-party source is.
enum SourceType: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
    /// A registry of MCP servers, as JSON.
    case mcpRegistry = "mcp-registry"
    /// A git repository whose skills stand in files SKILL.md.
    case anthropicSkills = "anthropic-skills"
    /// A git repository of which every Markdown file is a skill.
    case gitRepository = "git-repository"
    /// Nothing that can be fetched: people say what it has.
    case manualUpload = "manual-upload"

    /// Whether it is fetched from somewhere.
    var isFetched: Bool { self != .manualUpload }
}

/// When a source is fetched.
enum SourceSyncMode: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
    /// Again and again.
    case scheduled
    /// When somebody says so.
    case manual
}

/// How a source stands. It is not stored: a process that ends cannot leave a wrong one behind.
enum SourceSyncStatus: String, SchemaEnum {
    /// Nobody has approved it.
    case pendingApproval = "pending-approval"
    /// It was approved, and was not fetched yet.
    case pending
    /// It is being fetched, or is about to be.
    case syncing
    /// The last time went well.
    case healthy
    /// The last time did not go well.
    case error
}

/// What an item of a source is.
enum SourceItemKind: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
    case mcpServer = "mcp-server"
    case skillBundle = "skill-bundle"
}

/// A third-party source as the database has it.
struct SourceRecord: Sendable, Hashable {
    /// Why the last attempt failed.
    struct Failure: Sendable, Hashable {
        var code: String
        var message: String

        /// What an attempt is until it is known how it has ended.
        static let interrupted = Failure(
            code: "SOURCE_INTERRUPTED",
            message: "The process that fetched the source ended before it was done."
        )
    }

    var id: UUID
    /// Place in the list.
    var number: Int64 = 0
    var name: String
    var type: SourceType
    /// Where it is; nil for what is not fetched.
    var url: String?
    /// Folder of a repository that is looked at; nil for all of it.
    var path: String?
    /// Branch or tag of a repository; nil for its own.
    var ref: String?
    var syncMode: SourceSyncMode
    /// Seconds between two fetches.
    var interval: Int
    var notes: String?
    var approvedBy: String?
    var approvedAt: Date?
    /// Whether somebody wants it fetched at once.
    var isRequested = false
    var nextRunAt: Date?
    var lastSyncedAt: Date?
    /// Failures since the last time it went well.
    var failures = 0
    var failure: Failure?
    /// Until when somebody is at it.
    var leaseUntil: Date?
    var itemCount = 0
    var createdAt: Date
    var updatedAt: Date

    /// Whether somebody is at it, and how that ends is not known.
    func isUnderWay(_ now: Date) -> Bool { failure == .interrupted && (leaseUntil.map { now < $0 } ?? false) }

    /// How it stands.
    func status(_ now: Date) -> SourceSyncStatus {
        if approvedAt == nil { return .pendingApproval }
        if isRequested || leaseUntil.map({ now < $0 }) ?? false { return .syncing }
        if failure != nil { return .error }
        return lastSyncedAt == nil ? .pending : .healthy
    }

    /// Whether something of it changed that was approved.
    func differsInOrigin(from other: SourceRecord) -> Bool {
        (type, url, path, ref) != (other.type, other.url, other.path, other.ref)
    }

    /// Takes the approval away: what comes from elsewhere has to be looked at anew.
    mutating func withdrawApproval() {
        approvedBy = nil
        approvedAt = nil
        isRequested = false
        nextRunAt = nil
        failure = nil
        failures = 0
    }
}

/// Something that a source has, as it is known here.
struct SourceItemRecord: Sendable, Hashable {
    var id: UUID
    var kind: SourceItemKind
    var name: String
    var upstreamID: String
    var version: String?
    var digest: String?
    var metadata: JSON?
    /// The draft it has become.
    var bundleID: UUID?
    var serverID: UUID?
    /// Why it has become none.
    var problem: String?
}

/// Something that a source was found to have.
struct SourceItem: Sendable, Hashable {
    var kind: SourceItemKind
    var name: String
    var upstreamID: String
    var version: String?
    var description = ""
    /// Content of a skill; nil when somebody has to upload it.
    var content: [UInt8]?
    /// Digest of the content, where it is known without it.
    var digest: String?
    /// Where an MCP server is.
    var endpoint: String?
    var transport: MCPTransport?
    var metadata: JSON?
}
