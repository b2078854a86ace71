import HTTPOperations
import HTTPTypes
import JSONValue
import ModelProxy
import Schema

/// Which uses are asked for.
struct TokenUsageSearch: Decodable, Sendable, SchemaDescribing {
    var tenant: String?
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = [
        "tenant": SchemaNote("Of which tenant alone.", minLength: 1, maxLength: 253), "limit": .pageLimit(maximum: 1000),
        "cursor": .pageCursor,
    ]
}

/// What a tenant used of a model on a day.
struct TokenUsageView: Codable, Sendable, Hashable, SchemaDescribing {
    var tenant: String
    var model: String
    var day: String
    var inputTokens: Int64
    var outputTokens: Int64
    var totalCostUsd: Double
    var recordedAt: String

    static var schemaName: String? { "TokenUsage" }
    static let schemaNotes: [String: SchemaNote] = [
        "tenant": "The tenant.", "model": "The model.", "day": SchemaNote("The day in UTC.", format: "date"),
        "inputTokens": "Tokens of prompts on that day.", "outputTokens": "Tokens of answers on that day.",
        "totalCostUsd": "What they cost.", "recordedAt": "When the model proxy last said something new about it (RFC 3339, UTC).",
    ]

    init(_ row: TokenUsageRow) {
        tenant = row.tenant
        model = row.model
        day = row.day
        inputTokens = row.input
        outputTokens = row.output
        totalCostUsd = row.cost.dollars
        recordedAt = RESTTimestamp.text(row.recordedAt)
    }
}

/// The operation on what was used.
struct TokenUsageOperations: Sendable {
    let usage: TokenUsageRepository
    /// Namespace of the tenants.
    let namespace: String

    /// All of them.
    var operations: [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/token-usage",
                    id: "listTokenUsage",
                    summary: "List token usage records",
                    description:
                        "Of the tenants that the caller sees, by tenant, model and day, the newest day first, as the model proxy counted within the last minutes.",
                    tag: "Token Usage",
                    access: .readingTenants,
                    errors: Refusals.reading
                ),
                parameters: TokenUsageSearch.self,
                answer: .page(TokenUsageView.self, "Token usage records.")
            ) { search, context in
                let page = try await onDatabase {
                    try await usage.list(
                        tenant: search.tenant,
                        seenBy: context.reads,
                        namespace: namespace,
                        limit: search.limit,
                        cursor: search.cursor
                    )
                }
                return Reply(page: page.map(TokenUsageView.init), context: context)
            }
        ]
    }
}
