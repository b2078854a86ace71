import Entitlements
import Foundation
import JSONValue
import Postgres
import Schema

/// How far a skill has come.
enum SkillStatus: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
    /// It is being prepared.
    case draft
    /// It waits for people to look at it.
    case review
    /// It is delivered to those who may use it.
    case published
    /// It is not delivered any more.
    case deprecated
}

/// What a scan has come to.
enum SkillScanStatus: String, SchemaEnum {
    /// The content, as it is now, was not looked at.
    case pending
    case passed, failed
}

/// A skill as the database has it, without its content.
struct SkillRecord: Sendable, Hashable {
    /// The outcome of a scan. It says something of the content with its digest only.
    struct Scan: Sendable, Hashable {
        /// Digest of the content that was scanned.
        var digest: String
        /// The rules it was scanned with.
        var rules: String
        /// Whether nothing bad was found.
        var hasPassed: Bool
        /// What was found.
        var findings: [SkillFinding]
        /// When.
        var scannedAt: Date
    }

    var id: UUID
    /// Place in the list.
    var number: Int64 = 0
    var name: String
    /// Version; name and version together are taken once.
    var version: String
    var description: String
    /// Digest of the content; before there is content, the digest it is to have, if somebody has said so.
    var digest: String?
    /// Whether there is content with that digest.
    var hasContent = false
    var scope: GrantScope
    var status: SkillStatus
    var tags: [String]
    /// The third-party source it came from.
    var sourceID: UUID?
    var sourceName: String?
    /// Since when it is published; nil when it is not.
    var publishedAt: Date?
    /// The last scan.
    var scan: Scan?
    var createdAt: Date
    var updatedAt: Date

    /// What the last scan says of the content as it is now.
    var scanStatus: SkillScanStatus {
        guard let scan, scan.digest == digest else { return .pending }
        return scan.hasPassed ? .passed : .failed
    }

    /// Whether it may be published: this very content has passed these rules.
    func mayBePublished(under rules: String) -> Bool { hasContent && scanStatus == .passed && scan?.rules == rules }

    /// Gives it other content, for which neither scan nor publication hold.
    mutating func replaceContent(_ digest: String?, hasContent: Bool) {
        guard digest != self.digest else {
            self.hasContent = hasContent
            return
        }
        self.digest = digest
        self.hasContent = hasContent
        scan = nil
        if status == .published { status = .draft }
        publishedAt = nil
    }

    /// Takes it out of delivery.
    mutating func withdraw(to status: SkillStatus) {
        self.status = status
        publishedAt = nil
    }
}

/// A step of a skill to a wider or narrower scope.
struct SkillPromotion: Sendable, Hashable {
    /// What became of it.
    enum Status: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
        case proposed, approved, rejected
    }

    var id: UUID
    var fromScope: GrantScope
    var toScope: GrantScope
    /// Who proposed it.
    var promotedBy: String
    var status: Status
    var notes: String?
    /// Who approved or rejected it, and when.
    var decidedBy: String?
    var decidedAt: Date?
    var createdAt: Date
}

/// How far content has got on its way into the registry.
struct SkillPush: Sendable, Hashable {
    enum State: String, SchemaEnum, PostgresEncodable, PostgresDecodable {
        /// It waits, or is tried again later.
        case pending
        /// The registry has it.
        case pushed
        /// It was tried too often; a backfill tries again.
        case failed
    }

    var digest: String
    var state: State
    var attempts: Int
    var errorCode: String?
    var errorMessage: String?
    var pushedAt: Date?
}

/// A skill with all that belongs to it.
struct SkillState: Sendable, Hashable {
    var skill: SkillRecord
    var grants: [GrantRecord] = []
    var promotions: [SkillPromotion] = []
    var push: SkillPush?
}
