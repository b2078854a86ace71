import JSONValue
import Schema

/// What differs between Kubernetes and the rows of one kind.
struct DriftReportView: Codable, Sendable, Hashable, SchemaDescribing {
    /// Totals.
    struct Summary: Codable, Sendable, Hashable, SchemaDescribing {
        var sourceCount: Int
        var projectionCount: Int
        var driftCount: Int
        static var schemaName: String? { "DriftSummary" }
    }

    /// One object that differs.
    struct Mismatch: Codable, Sendable, Hashable, SchemaDescribing {
        var name: String
        var issue: String
        var fields: [String]?
        static var schemaName: String? { "DriftMismatch" }
        static let schemaNotes: [String: SchemaNote] = [
            "issue": SchemaNote(
                "missing-source: a row without an object; missing-projection: an object without a row; field-mismatch: they differ.",
                enum: ["missing-source", "missing-projection", "field-mismatch"]
            ),
            "fields": "What differs, for a field-mismatch.",
        ]
    }

    var resource: String
    var mode: String
    var comparedFields: [String]
    var summary: Summary
    var mismatches: [Mismatch]

    static var schemaName: String? { "DriftReport" }
    static let schemaNotes: [String: SchemaNote] = [
        "resource": "The kind.", "mode": SchemaNote("Nothing is changed by a report.", enum: ["detect-only"]),
        "comparedFields": "What is compared.", "summary": "Totals.", "mismatches": "What differs, by name.",
    ]
}

/// What a repair did, or would do.
struct RepairReportView: Codable, Sendable, Hashable, SchemaDescribing {
    /// One row.
    struct Entry: Codable, Sendable, Hashable, SchemaDescribing {
        var name: String
        var action: String
        var reason: String
        var dryRun: Bool
        static var schemaName: String? { "RepairEntry" }
        static let schemaNotes: [String: SchemaNote] = [
            "action": SchemaNote("What is done to the row.", enum: ["created", "updated", "deleted", "skipped"])
        ]
    }

    var resource: String
    var mode: String
    var repairedCount: Int
    var skippedCount: Int
    var entries: [Entry]

    static var schemaName: String? { "RepairReport" }
    static let schemaNotes: [String: SchemaNote] = [
        "resource": "The kind.", "mode": SchemaNote("Whether anything was changed.", enum: ["dry-run", "apply"]),
        "repairedCount": "Rows created, updated or deleted.", "skippedCount": "Rows left alone.", "entries": "Every row, by name.",
    ]
}
