import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import Schema

/// A skill that is to be made.
struct SkillOrder: Decodable, Sendable, SchemaDescribing {
    var name: String
    var version: String
    var description: String
    var digest: String?
    var scope: GrantScope
    var status: SkillStatus
    var tags: [String]
    var sourceID: String?
    var grants: [GrantOrder]
    var promotions: [SkillPromotionOrder]

    enum CodingKeys: String, CodingKey {
        case name, version, description, digest, scope, status, tags, grants, promotions
        case sourceID = "sourceId"
    }

    static var schemaName: String? { "SkillBundleOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": SkillNotes.name, "version": SkillNotes.version,
        "description": SchemaNote(SkillNotes.description, default: "", maxLength: 2000),
        "digest": SkillNotes.digest,
        "scope": SchemaNote(SkillNotes.scope, default: "org"),
        "status": SchemaNote(SkillNotes.status, default: "draft"),
        "tags": SchemaNote(SkillNotes.tags, default: [], maxItems: 50, items: SkillNotes.tag),
        "sourceId": SkillNotes.source,
        "grants": SchemaNote(SkillNotes.grants, default: [], maxItems: GrantOrder.limit),
        "promotions": SchemaNote(SkillNotes.promotions, default: [], maxItems: SkillNotes.mostPromotions),
    ]
}

/// Changes of a skill; what is absent stays.
struct SkillUpdate: Decodable, Sendable, SchemaDescribing {
    var name: String?
    var version: String?
    var description: String?
    var digest: Change<String>
    var scope: GrantScope?
    var status: SkillStatus?
    var tags: [String]?
    var sourceID: Change<String>
    var grants: [GrantOrder]?
    var promotions: [SkillPromotionOrder]?

    enum CodingKeys: String, CodingKey {
        case name, version, description, digest, scope, status, tags, grants, promotions
        case sourceID = "sourceId"
    }

    static var schemaName: String? { "SkillBundleUpdate" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": SkillNotes.name, "version": SkillNotes.version,
        "description": SchemaNote(SkillNotes.description, maxLength: 2000),
        "digest": SkillNotes.digest,
        "scope": SchemaNote(SkillNotes.scope),
        "status": SchemaNote(SkillNotes.status),
        "tags": SchemaNote(SkillNotes.tags, maxItems: 50, items: SkillNotes.tag),
        "sourceId": SkillNotes.source,
        "grants": SchemaNote(SkillNotes.grants, maxItems: GrantOrder.limit),
        "promotions": SchemaNote(SkillNotes.promotions, maxItems: SkillNotes.mostPromotions),
    ]
}

/// A promotion as it is asked for. What answers show can be sent back as it is.
struct SkillPromotionOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var id: String?
    var fromScope: GrantScope?
    var toScope: GrantScope
    var promotedBy: String?
    var status: SkillPromotion.Status?
    var notes: String?
    var decidedBy: String?
    var decidedAt: String?
    var createdAt: String?

    static var schemaName: String? { "SkillPromotionOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of a promotion there is, which is kept then; without it the promotion is a new one.", format: "uuid"),
        "fromScope": "The scope the skill has; the same if absent.",
        "toScope": "The scope the skill gets when the promotion is approved.",
        "promotedBy": SchemaNote("Not taken: whoever sends it proposes it.", pattern: "\\S", maxLength: 320),
        "status": "proposed for a new one: a promotion is approved or rejected by operations of its own.",
        "notes": SchemaNote("For people.", maxLength: 2000),
        "decidedBy": SchemaNote("Passed over: what answers show.", maxLength: 320),
        "decidedAt": SchemaNote("Passed over: what answers show.", format: "date-time"),
        "createdAt": SchemaNote("Passed over: what answers show.", format: "date-time"),
    ]
}

/// Which promotion is meant.
struct SkillPromotionPlace: Decodable, Sendable, SchemaDescribing {
    var id: String
    var promotionID: String

    enum CodingKeys: String, CodingKey {
        case id
        case promotionID = "promotionId"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the skill.", minLength: 1, maxLength: 253),
        "promotionId": SchemaNote("Id of the promotion.", minLength: 1, maxLength: 253),
    ]
}

/// What orders and changes of skills have in common.
enum SkillNotes {
    static let mostPromotions = 100
    static let name = SchemaNote("Name of the skill.", pattern: "^\\S(.*\\S)?$", minLength: 1, maxLength: 120)
    static let version = SchemaNote(
        "Version of the skill; name and version together are taken once.",
        pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]*$",
        minLength: 1,
        maxLength: 64
    )
    static let description = "What the skill is for."
    static let digest = SchemaNote(
        "Digest of content that is there already, or is to be uploaded: sha256: and 64 hexadecimal digits.",
        pattern: "^sha256:[0-9a-f]{64}$"
    )
    static let scope = "How wide its grants reach that name no scope of their own."
    static let status = "How far it has come; published needs a scan that this very content has passed."
    static let tags = "Words to find it by. Repetitions are left out."
    static let tag = SchemaNote(pattern: "\\S", maxLength: 60)
    static let source = SchemaNote("Id of the third-party source it came from.", format: "uuid")
    static let grants = "Who may use it, or must not. An absent list keeps what there is, a given one replaces it."
    static let promotions = "Its steps to other scopes. An absent list keeps what there is, a given one replaces it."

    /// Tags as they are kept: each once, in the order they came in.
    static func normalised(_ tags: [String]) -> [String] {
        var seen: Set<String> = []
        return tags.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { seen.insert($0).inserted }
    }
}
