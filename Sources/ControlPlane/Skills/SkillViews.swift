import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import Schema
import SkillScanning

/// A skill as it is shown.
struct SkillView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var name: String
    var description: String
    var version: String
    var digest: String?
    var hasContent: Bool
    var scope: GrantScope
    var status: SkillStatus
    var tags: [String]
    var sourceID: String?
    var sourceName: String?
    var publishedAt: String?
    var scanStatus: SkillScanStatus
    var scannedAt: String?
    var scanFindings: [SkillFinding]?
    var grants: [GrantView]
    var promotions: [SkillPromotionView]
    var registry: SkillPushView?
    var createdAt: String
    var updatedAt: String

    enum CodingKeys: String, CodingKey {
        case id, name, description, version, digest, hasContent, scope, status, tags, sourceName, publishedAt, scanStatus, scannedAt
        case scanFindings, grants, promotions, registry, createdAt, updatedAt
        case sourceID = "sourceId"
    }

    static var schemaName: String? { "SkillBundle" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the skill.", format: "uuid"),
        "name": "Name of the skill.",
        "description": "What it is for.",
        "version": "Its version.",
        "digest": "Digest of its content; left out when nothing is known of it.",
        "hasContent": "Whether its content was uploaded.",
        "scope": "How wide its grants reach that name no scope of their own.",
        "status": "How far it has come.",
        "tags": "Words to find it by.",
        "sourceId": "The third-party source it came from.",
        "sourceName": "Name of that source.",
        "publishedAt": SchemaNote("Since when it is published (RFC 3339, UTC); left out when it is not.", format: "date-time"),
        "scanStatus": "What the last scan says of the content as it is now.",
        "scannedAt": SchemaNote("When it was scanned (RFC 3339, UTC).", format: "date-time"),
        "scanFindings": "What the scan found; for the platform's people.",
        "grants": "Who may use it, or must not; for customers those for everyone.",
        "promotions": "Its steps to other scopes; for the platform's people.",
        "registry":
            "How far its content has got on its way into the registry; for the platform's people. It does not keep a write with If-Match back.",
        "createdAt": SchemaNote("When it was made (RFC 3339, UTC).", format: "date-time"),
        "updatedAt": SchemaNote("When it was last changed (RFC 3339, UTC).", format: "date-time"),
    ]

    init(_ state: SkillState, sight: CatalogueSight = .everything) {
        let skill = state.skill
        id = skill.id.text
        name = skill.name
        description = skill.description
        version = skill.version
        digest = skill.digest
        hasContent = skill.hasContent
        scope = skill.scope
        status = skill.status
        tags = skill.tags
        sourceID = skill.sourceID?.text
        sourceName = skill.sourceName
        publishedAt = skill.publishedAt.map(RESTTimestamp.text)
        scanStatus = skill.scanStatus
        let scan = skill.scan.flatMap { $0.digest == skill.digest ? $0 : nil }
        scannedAt = scan.map { RESTTimestamp.text($0.scannedAt) }
        scanFindings = sight == .everything ? scan?.findings : nil
        grants = state.grants.filter { sight == .everything || $0.subject == .everyone }.map(GrantView.init)
        promotions = sight == .everything ? state.promotions.map(SkillPromotionView.init) : []
        registry = sight == .everything ? state.push.map(SkillPushView.init) : nil
        createdAt = RESTTimestamp.text(skill.createdAt)
        updatedAt = RESTTimestamp.text(skill.updatedAt)
    }

    /// Its version: how far a background job has got does not keep a write back.
    func editTag() throws -> EditTag {
        var edited = self
        edited.registry = nil
        return try EditTag(edit: edited, whole: self)
    }
}

/// Something that a scan found.
struct SkillFinding: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var description: String
    var severity: String
    var location: String

    static var schemaName: String? { "SkillFinding" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": "The rule's id.", "description": "What is wrong, without the text itself.",
        "severity": SchemaNote("How bad it is: high and critical fail the scan.", enum: ["low", "medium", "high", "critical"]),
        "location": "Where.",
    ]

    init(_ finding: Finding) {
        id = finding.id
        description = finding.description
        severity = finding.severity.rawValue
        location = finding.location
    }
}

/// A promotion as it is shown.
struct SkillPromotionView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var fromScope: GrantScope
    var toScope: GrantScope
    var promotedBy: String
    var status: SkillPromotion.Status
    var notes: String?
    var decidedBy: String?
    var decidedAt: String?
    var createdAt: String

    static var schemaName: String? { "SkillPromotion" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the promotion.", format: "uuid"),
        "fromScope": "The scope the skill had.", "toScope": "The scope it gets.", "promotedBy": "Who proposed it.",
        "status": "What became of it.", "notes": "For people.", "decidedBy": "Who approved or rejected it.",
        "decidedAt": SchemaNote("When that was (RFC 3339, UTC).", format: "date-time"),
        "createdAt": SchemaNote("When it was proposed (RFC 3339, UTC).", format: "date-time"),
    ]

    init(_ promotion: SkillPromotion) {
        id = promotion.id.text
        fromScope = promotion.fromScope
        toScope = promotion.toScope
        promotedBy = promotion.promotedBy
        status = promotion.status
        notes = promotion.notes
        decidedBy = promotion.decidedBy
        decidedAt = promotion.decidedAt.map(RESTTimestamp.text)
        createdAt = RESTTimestamp.text(promotion.createdAt)
    }
}

/// How far content has got on its way into the registry.
struct SkillPushView: Codable, Sendable, Hashable, SchemaDescribing {
    var state: SkillPush.State
    var attempts: Int
    var errorCode: String?
    var error: String?
    var pushedAt: String?

    static var schemaName: String? { "SkillPush" }
    static let schemaNotes: [String: SchemaNote] = [
        "state": "pending: it waits or is tried again later. failed: it was tried too often; a backfill tries again.",
        "attempts": "How often it was tried.", "errorCode": "Why the last attempt failed, for programs.",
        "error": "Why the last attempt failed.",
        "pushedAt": SchemaNote("Since when the registry has it (RFC 3339, UTC).", format: "date-time"),
    ]

    init(_ push: SkillPush) {
        state = push.state
        attempts = push.attempts
        errorCode = push.errorCode
        error = push.errorMessage
        pushedAt = push.pushedAt.map(RESTTimestamp.text)
    }
}

/// The outcome of a scan.
struct SkillScanView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var digest: String
    var scanStatus: SkillScanStatus
    var passed: Bool
    var scanner: String
    var findings: [SkillFinding]
    var isTruncated: Bool
    var scannedAt: String

    static var schemaName: String? { "SkillScan" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the skill.", format: "uuid"), "digest": "Digest of the content that was scanned.",
        "scanStatus": "What the scan has come to.", "passed": "Whether nothing of severity high or critical was found.",
        "scanner": "The rules the content was scanned with.", "findings": "What was found.",
        "isTruncated": "Whether there was more.", "scannedAt": SchemaNote("When (RFC 3339, UTC).", format: "date-time"),
    ]
}

/// What a backfill of the registry has come to.
struct SkillBackfillView: Codable, Sendable, Hashable, SchemaDescribing {
    /// What became of one skill.
    struct Result: Codable, Sendable, Hashable, SchemaDescribing {
        /// What became of it.
        enum Outcome: String, SchemaEnum {
            case pushed, skipped, failed
        }

        var id: String
        var name: String
        var digest: String
        var outcome: Outcome
        var reason: String?

        static var schemaName: String? { "SkillBackfillResult" }
        static let schemaNotes: [String: SchemaNote] = [
            "id": SchemaNote("Id of the skill.", format: "uuid"), "name": "Name of the skill.", "digest": "Digest of its content.",
            "outcome": "pushed: the registry has it. skipped: not tried now. failed: the registry did not take it.", "reason": "Why not.",
        ]
    }

    var total: Int
    var pushed: Int
    var skipped: Int
    var failed: Int
    var results: [Result]

    static var schemaName: String? { "SkillBackfill" }
    static let schemaNotes: [String: SchemaNote] = [
        "total": "Published skills.", "pushed": "Those whose content the registry has.", "skipped": "Those that were not tried now.",
        "failed": "Those whose content the registry did not take.", "results": "What became of each.",
    ]

    init(_ results: [Result]) {
        self.results = results
        total = results.count
        pushed = results.count { $0.outcome == .pushed }
        skipped = results.count { $0.outcome == .skipped }
        failed = results.count { $0.outcome == .failed }
    }
}
