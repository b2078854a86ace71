import Entitlements
import HTTPOperations
import JSONValue
import Schema

/// A rollout as it is asked for.
struct RolloutOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var targetVersion: String
    var stableVersion: String
    var waves: [String]?
    var shadowMode: Bool

    static var schemaName: String? { "AwarenessRolloutOrder" }
    private static let version = "^[a-z0-9_-]+/v[0-9][a-z0-9._-]*$"
    static let schemaNotes: [String: SchemaNote] = [
        "targetVersion": SchemaNote("The version to roll out: name/vN….", pattern: version, maxLength: 100),
        "stableVersion": SchemaNote(
            "The version everybody else runs, of the same name.",
            pattern: version,
            default: .string(AwarenessRollout.defaultVersion),
            maxLength: 100
        ),
        "waves": SchemaNote(
            "The waves, first to last; personal, project, department, org if absent.",
            minItems: 1,
            maxItems: 50,
            items: SchemaNote(pattern: "^[a-z0-9_-]+$", maxLength: 63)
        ), "shadowMode": SchemaNote("Whether promoted waves run the stable version and only try the target on the side.", default: false),
    ]
}

/// Which wave is promoted.
struct PromotionOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var wave: String?

    static var schemaName: String? { "AwarenessPromotion" }
    static let schemaNotes: [String: SchemaNote] = [
        "wave": SchemaNote("The last wave to promote; the next one if absent.", minLength: 1, maxLength: 63)
    ]
}

/// A rollout as it is shown.
struct RolloutView: Codable, Sendable, Hashable, SchemaDescribing {
    var targetVersion: String
    var stableVersion: String
    var waves: [String]
    var promotedWaves: [String]
    var shadowMode: Bool
    var nextWave: Nullable<String>

    static var schemaName: String? { "AwarenessRollout" }
    static let schemaNotes: [String: SchemaNote] = [
        "targetVersion": "The version that is rolled out.", "stableVersion": "The version everybody else runs.",
        "waves": "The waves, first to last.", "promotedWaves": "Those that run the target.",
        "shadowMode": "Whether they only try it on the side.", "nextWave": "The wave that comes next; null when there is none.",
    ]

    init(_ rollout: AwarenessRollout) {
        (targetVersion, stableVersion, waves) = (rollout.target, rollout.stable, rollout.waves)
        (promotedWaves, shadowMode, nextWave) = (rollout.promotedWaves, rollout.isShadow, Nullable(rollout.nextWave))
    }
}

/// A tenant in the path.
struct AwareTenant: Decodable, Sendable, SchemaDescribing {
    var tenant: String

    static let schemaNotes: [String: SchemaNote] = ["tenant": SchemaNote("Name of the tenant.", minLength: 1, maxLength: 253)]
}

/// What a tenant runs.
struct ResolutionView: Codable, Sendable, Hashable, SchemaDescribing {
    var tenant: String
    var version: String
    var promoted: Bool
    var shadow: Bool
    var wave: String

    static var schemaName: String? { "AwarenessResolution" }
    static let schemaNotes: [String: SchemaNote] = [
        "tenant": "Name of the tenant.", "version": "The version it runs.", "promoted": "Whether its wave is promoted.",
        "shadow": "Whether it tries the target on the side.", "wave": "Its wave.",
    ]

    init(_ tenant: String, _ resolution: AwarenessRollout.Resolution) {
        (self.tenant, version, promoted) = (tenant, resolution.version, resolution.isPromoted)
        (shadow, wave) = (resolution.isShadow, resolution.wave)
    }
}

/// The wave a tenant is put into.
struct WaveOrder: Decodable, Sendable, SchemaDescribing {
    var wave: Change<String>

    static var schemaName: String? { "AwarenessWave" }
    static let schemaNotes: [String: SchemaNote] = [
        "wave": SchemaNote("The wave; null for none of its own, which counts as the last.", minLength: 1, maxLength: 63, required: true)
    ]
}

/// What a pod says of how it takes part.
struct ParticipationOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var eventID: String
    var occurredAt: String
    var contractVersion: String?
    var policyViolations: Int

    enum CodingKeys: String, CodingKey {
        case occurredAt, contractVersion, policyViolations
        case eventID = "eventId"
    }

    static var schemaName: String? { "ParticipationEvent" }
    static let schemaNotes: [String: SchemaNote] = [
        "eventId": SchemaNote(
            "Id of the event, of the pod's choice: the same event counts once, however often it comes.",
            pattern: "^[A-Za-z0-9._:-]+$",
            maxLength: 128
        ), "occurredAt": SchemaNote("When it happened (RFC 3339): within the last day.", format: "date-time", maxLength: 64),
        "contractVersion": SchemaNote("Version of the awareness contract it runs.", pattern: "^[A-Za-z0-9._/-]+$", maxLength: 100),
        "policyViolations": SchemaNote(
            "How often the policy was broken since the event before.",
            default: 0,
            minimum: 0,
            maximum: 1_000_000
        ),
    ]
}

/// What became of an event.
struct ParticipationReceipt: Codable, Sendable, Hashable, SchemaDescribing {
    var eventID: String
    var status: String

    enum CodingKeys: String, CodingKey {
        case status
        case eventID = "eventId"
    }

    static var schemaName: String? { "ParticipationReceipt" }
    static let schemaNotes: [String: SchemaNote] = [
        "eventId": "Id of the event.", "status": SchemaNote("Whether it is new.", enum: ["recorded", "known"]),
    ]
}

/// Which tenants are asked for.
struct ParticipationSearch: Decodable, Sendable, SchemaDescribing {
    var severity: String?
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = [
        "severity": SchemaNote("Only tenants of this severity.", enum: ["critical", "warning"]),
        "limit": .pageLimit(default: 1000, maximum: 1000), "cursor": .pageCursor,
    ]
}

/// How tenants take part.
struct ParticipationReport: Codable, Sendable, Hashable, SchemaDescribing {
    var total: Int
    var participating: Int
    var drifted: Int
    var critical: Int
    var warning: Int
    var tenants: [Tenant]

    static var schemaName: String? { "ParticipationReport" }
    static let schemaNotes: [String: SchemaNote] = [
        "total": "How many tenants the caller sees.", "participating": "How many were heard of in the last quarter of an hour.",
        "drifted": "How many run another version than they should.", "critical": "How many broke their policy within a day.",
        "warning": "How many are silent or run another version.",
        "tenants": "The tenants by name, as far as they were asked for; the Link header names the next page.",
    ]

    struct Tenant: Codable, Sendable, Hashable, SchemaDescribing {
        var tenant: String
        var lastSeenAt: Nullable<String>
        var runningContractVersion: Nullable<String>
        var expectedContractVersion: String
        var participating: Bool
        var drifted: Bool
        var policyViolations: Int
        var severity: String

        static var schemaName: String? { "TenantParticipation" }
        static let schemaNotes: [String: SchemaNote] = [
            "tenant": "Name of the tenant.", "lastSeenAt": "When it was last heard of (RFC 3339, UTC).",
            "runningContractVersion": "The version it says it runs.", "expectedContractVersion": "The version it should run.",
            "participating": "Whether it was heard of lately.", "drifted": "Whether it runs another version than it should.",
            "policyViolations": "How often it broke its policy within a day.",
            "severity": SchemaNote("How bad it is.", enum: ["ok", "warning", "critical"]),
        ]
    }
}
