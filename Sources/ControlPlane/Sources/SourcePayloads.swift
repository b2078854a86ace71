import Foundation
import HTTPOperations
import JSONValue
import Schema

/// A third-party source that is to be registered.
struct SourceOrder: Decodable, Sendable, SchemaDescribing {
    var name: String
    var type: SourceType
    var url: String?
    var path: String?
    var ref: String?
    var syncMode: SourceSyncMode
    var intervalSeconds: Int
    var notes: String?
    var items: [SourceItemOrder]?

    static var schemaName: String? { "ThirdPartySourceOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": SourceNotes.name, "type": SchemaNote(SourceNotes.type), "url": SourceNotes.url, "path": SourceNotes.path,
        "ref": SourceNotes.ref, "syncMode": SchemaNote(SourceNotes.mode, default: "scheduled"),
        "intervalSeconds": SchemaNote(SourceNotes.interval, default: 3600, minimum: 300, maximum: 2_592_000),
        "notes": SourceNotes.notes, "items": SchemaNote(SourceNotes.items, maxItems: SourceNotes.mostItems),
    ]
}

/// Changes of a third-party source; what is absent stays.
struct SourceUpdate: Decodable, Sendable, SchemaDescribing {
    var name: String?
    var type: SourceType?
    var url: Change<String>
    var path: Change<String>
    var ref: Change<String>
    var syncMode: SourceSyncMode?
    var intervalSeconds: Int?
    var notes: Change<String>
    var items: [SourceItemOrder]?

    static var schemaName: String? { "ThirdPartySourceUpdate" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": SourceNotes.name, "type": SchemaNote(SourceNotes.type), "url": SourceNotes.url, "path": SourceNotes.path,
        "ref": SourceNotes.ref, "syncMode": SchemaNote(SourceNotes.mode),
        "intervalSeconds": SchemaNote(SourceNotes.interval, minimum: 300, maximum: 2_592_000),
        "notes": SourceNotes.notes, "items": SchemaNote(SourceNotes.items, maxItems: SourceNotes.mostItems),
    ]
}

/// An item of a source that is not fetched.
struct SourceItemOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var kind: SourceItemKind
    var name: String
    var upstreamID: String
    var version: String?
    var endpoint: String?

    enum CodingKeys: String, CodingKey {
        case kind, name, version, endpoint
        case upstreamID = "upstreamId"
    }

    static var schemaName: String? { "ThirdPartySourceItemOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "kind": "What it is.", "name": SchemaNote("Its name.", pattern: "^\\S(.*\\S)?$", minLength: 1, maxLength: 120),
        "upstreamId": SchemaNote("What it is called where it comes from; taken once a kind.", pattern: "\\S", minLength: 1, maxLength: 500),
        "version": SchemaNote("Its version; 1.0.0 for a skill without one.", pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]*$", maxLength: 64),
        "endpoint": SchemaNote("Where an MCP server is.", minLength: 8, maxLength: 2048),
    ]
}

/// What orders and changes of sources have in common.
enum SourceNotes {
    static let mostItems = 500
    static let name = SchemaNote("Name of the source, which no other has.", pattern: "^\\S(.*\\S)?$", minLength: 1, maxLength: 120)
    static let type = "What it is. Of anthropic-skills the files SKILL.md are skills, of git-repository every Markdown file."
    static let url = SchemaNote(
        "Where it is, for what is fetched: https:// to a public host.",
        pattern: "^[Hh][Tt][Tt][Pp][Ss]://[^/]",
        minLength: 9,
        maxLength: 2048
    )
    static let path = SchemaNote(
        "Folder of a repository that is looked at.",
        pattern: "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$",
        maxLength: 500
    )
    static let ref = SchemaNote(
        "Branch or tag of a repository.",
        pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*$",
        maxLength: 200
    )
    static let mode = "scheduled: it is fetched again and again. manual: when somebody says so."
    static let interval = "Seconds between two fetches."
    static let notes = SchemaNote("For people.", maxLength: 2000)
    static let items = "What it has, for a source of the type manual-upload; items of others are fetched."
}

/// A third-party source as it is shown.
struct SourceView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var name: String
    var type: SourceType
    var url: String?
    var path: String?
    var ref: String?
    var syncMode: SourceSyncMode
    var intervalSeconds: Int
    var syncStatus: SourceSyncStatus
    var lastSyncedAt: String?
    var nextRunAt: String?
    var errorCode: String?
    var error: String?
    var failures: Int
    var approvedBy: String?
    var approvedAt: String?
    var notes: String?
    var managedItemCount: Int
    var items: [SourceItemView]?
    var createdAt: String
    var updatedAt: String

    static var schemaName: String? { "ThirdPartySource" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the source.", format: "uuid"), "name": "Name of the source.", "type": "What it is.",
        "url": "Where it is; left out for what is not fetched.", "path": "Folder of a repository that is looked at.",
        "ref": "Branch or tag of a repository.", "syncMode": "When it is fetched.", "intervalSeconds": "Seconds between two fetches.",
        "syncStatus": "How it stands.",
        "lastSyncedAt": SchemaNote("When it was last brought up to date (RFC 3339, UTC).", format: "date-time"),
        "nextRunAt": SchemaNote("When it is fetched next (RFC 3339, UTC).", format: "date-time"),
        "errorCode": "Why the last attempt failed, for programs.", "error": "Why the last attempt failed.",
        "failures": "Failures since the last time it went well.", "approvedBy": "Who approved it.",
        "approvedAt": SchemaNote("When that was (RFC 3339, UTC).", format: "date-time"), "notes": "For people.",
        "managedItemCount": "How many items it has.", "items": "What it has; left out in lists.",
        "createdAt": SchemaNote("When it was registered (RFC 3339, UTC).", format: "date-time"),
        "updatedAt": SchemaNote("When it was last changed by somebody (RFC 3339, UTC).", format: "date-time"),
    ]

    init(_ source: SourceRecord, items: [SourceItemRecord]? = nil, now: Date) {
        id = source.id.text
        name = source.name
        type = source.type
        url = source.url
        path = source.path
        ref = source.ref
        syncMode = source.syncMode
        intervalSeconds = source.interval
        syncStatus = source.status(now)
        lastSyncedAt = source.lastSyncedAt.map(RESTTimestamp.text)
        let isUnderWay = source.isUnderWay(now)
        nextRunAt = isUnderWay ? nil : source.nextRunAt.map(RESTTimestamp.text)
        errorCode = isUnderWay ? nil : source.failure?.code
        error = isUnderWay ? nil : source.failure?.message
        failures = isUnderWay ? source.failures - 1 : source.failures
        approvedBy = source.approvedBy
        approvedAt = source.approvedAt.map(RESTTimestamp.text)
        notes = source.notes
        managedItemCount = source.itemCount
        self.items = items.map { $0.map(SourceItemView.init) }
        createdAt = RESTTimestamp.text(source.createdAt)
        updatedAt = RESTTimestamp.text(source.updatedAt)
    }

    /// Its version: what a fetch notes does not keep a write back.
    func editTag() throws -> EditTag {
        var edited = self
        edited.syncStatus = .pending
        (edited.lastSyncedAt, edited.nextRunAt, edited.errorCode, edited.error) = (nil, nil, nil, nil)
        (edited.failures, edited.managedItemCount, edited.items) = (0, 0, nil)
        return try EditTag(edit: edited, whole: self)
    }
}

/// An item of a source as it is shown.
struct SourceItemView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var kind: SourceItemKind
    var name: String
    var upstreamID: String
    var version: String?
    var digest: String?
    var metadata: JSON?
    var skillBundleID: String?
    var mcpServerID: String?
    var problem: String?

    enum CodingKeys: String, CodingKey {
        case id, kind, name, version, digest, metadata, problem
        case upstreamID = "upstreamId"
        case skillBundleID = "skillBundleId"
        case mcpServerID = "mcpServerId"
    }

    static var schemaName: String? { "ThirdPartySourceItem" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the item.", format: "uuid"), "kind": "What it is.", "name": "Its name.",
        "upstreamId": "What it is called where it comes from.", "version": "Its version.", "digest": "Digest of its content.",
        "metadata": SchemaNote("What else is known of it.", type: .object), "skillBundleId": "The draft of a skill it has become.",
        "mcpServerId": "The draft of an MCP server it has become.", "problem": "Why it has become no draft, or was not brought up to date.",
    ]

    init(_ item: SourceItemRecord) {
        id = item.id.text
        kind = item.kind
        name = item.name
        upstreamID = item.upstreamID
        version = item.version
        digest = item.digest
        metadata = item.metadata
        skillBundleID = item.bundleID?.text
        mcpServerID = item.serverID?.text
        problem = item.problem
    }
}
