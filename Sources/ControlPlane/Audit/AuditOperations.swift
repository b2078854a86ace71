import HTTPOperations
import HTTPTypes
import JSONValue
import Projection
import Schema

/// A page of the audit trail.
struct AuditPage: Codable, Sendable, Hashable, SchemaDescribing {
    /// One line.
    struct Line: Codable, Sendable, Hashable, SchemaDescribing {
        var timestamp: String
        var tenant: String?
        var action: String
        var resource: String
        var message: String
        var actor: String
        var requestId: String
        var outcome: String
        var id: String
        var before: JSON?
        var after: JSON?
        static var schemaName: String? { "AuditEntry" }
        static let schemaNotes: [String: SchemaNote] = [
            "timestamp": SchemaNote("When (RFC 3339, UTC).", format: "date-time"),
            "actor": "Who did it.",
            "requestId": "The request it was done by, as in the header X-Request-Id and in the logs.",
            "outcome": SchemaNote("How far it has come.", enum: ["pending", "succeeded", "failed"]),
            "id": "The number of the entry, as the audit chain names it.",
            "before": "The state before, without secrets; only when changes are asked for.",
            "after": "The state after, without secrets; only when changes are asked for.",
        ]
    }

    /// Where the page stands.
    struct Position: Codable, Sendable, Hashable, SchemaDescribing {
        var limit: Int
        var nextCursor: String?
        var hasMore: Bool
        static var schemaName: String? { "PagePosition" }
    }

    var data: [Line]
    var pagination: Position
}

/// What the audit trail is asked for.
struct AuditParameters: Decodable, Sendable, SchemaDescribing {
    var tenant: String?
    var actor: String?
    var resource: String?
    var changes: Bool
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = [
        "tenant": SchemaNote("Filter to a specific tenant.", maxLength: 253),
        "actor": SchemaNote("Filter to who did it.", maxLength: 1024),
        "resource": SchemaNote("Filter to what it was done to, such as Tenant/mia.", maxLength: 1024),
        "changes": SchemaNote("Whether the entries carry the state before and after. A page has 100 of those at most.", default: false),
        "limit": SchemaNote("Maximum entries to return.", default: 100, minimum: 1, maximum: 1000),
        "cursor": SchemaNote("Opaque cursor from a previous response for keyset pagination.", pattern: "^[A-Za-z0-9_-]+$", maxLength: 2048),
    ]
}

/// The operation on the audit trail.
struct AuditOperations: Sendable {
    let entries: AuditRepository

    /// All of them.
    var operations: [Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/audit",
                    id: "listAuditEntries",
                    summary: "Query audit log entries with optional tenant filter and cursor pagination",
                    description:
                        "Newest first, and among entries of one moment the last one. Entries that come meanwhile do not move a page.",
                    tag: "Audit",
                    access: .administering,
                    errors: Refusals.reading
                ),
                parameters: AuditParameters.self,
                answer: .page(of: AuditPage.self, "Audit entries.")
            ) { parameters, context in
                let page = try await list(parameters)
                return Reply(page, next: page.pagination.nextCursor, context: context)
            }
        ]
    }

    private func list(_ parameters: AuditParameters) async throws -> AuditPage {
        let filter = AuditFilter(tenant: parameters.tenant, resource: parameters.resource, actor: parameters.actor)
        // States may be large; what a page holds in memory has to stay small.
        let limit = parameters.changes ? min(parameters.limit, 100) : parameters.limit
        let page = try await onRows {
            try await entries.list(filter, states: parameters.changes, limit: limit, cursor: parameters.cursor)
        }
        return AuditPage(
            data: page.items.map(AuditPage.Line.init),
            pagination: .init(limit: limit, nextCursor: page.next, hasMore: page.next != nil)
        )
    }
}

extension AuditPage.Line {
    init(_ entry: AuditEntry) {
        self.init(
            timestamp: RESTTimestamp.text(entry.at),
            tenant: entry.draft.tenant,
            action: entry.draft.action,
            resource: entry.draft.resource,
            message: entry.draft.message,
            actor: entry.draft.actor,
            requestId: entry.draft.requestID,
            outcome: entry.outcome.rawValue,
            id: String(entry.id),
            before: entry.draft.before,
            after: entry.draft.after
        )
    }
}
