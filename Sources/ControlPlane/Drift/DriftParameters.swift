import HTTPOperations
import JSONValue
import Schema

/// Which mismatches are asked for.
struct DriftParameters: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = ["limit": .pageLimit(default: 1000, maximum: 1000), "cursor": .pageCursor]
    static let headers = ["Link": "The next page, with rel=\"next\", when there is one (RFC 8288)."]
    /// The longest time an operation may take: that of a hundred thousand objects on a busy machine, several times over.
    static let timeout: Duration = .seconds(300)
    static let description = """
        Compares page by page; the summary counts everything, and `limit` and `cursor` concern the mismatches alone. What an event on its way may
        explain is looked at once more before it is told.
        """
    static let repairDescription = """
        Mends page by page, each in one transaction with its audit entries. The counts are of everything, and `limit` and `cursor` concern the
        entries alone: whatever they are, all rows are mended. A repair that was interrupted has mended whole pages, and another goes on.
        """

    /// The name after which mismatches are told; nil for all.
    var place: String? { get throws(OperationError) { try Self.place(cursor) } }

    static func place(_ cursor: String?) throws(OperationError) -> String? {
        guard let cursor else { return nil }
        return try Cursor(parsing: cursor, count: 1).keys[0]
    }
}

/// How rows are to be mended, and which of them the answer tells.
struct RepairParameters: Decodable, Sendable, SchemaDescribing {
    var dryRun: Bool
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = [
        "dryRun": SchemaNote("When true (the default), planned changes are reported without being applied.", default: true),
        "limit": .pageLimit(default: 1000, maximum: 1000), "cursor": .pageCursor,
    ]

    /// The name after which entries are told; nil for all.
    var place: String? { get throws(OperationError) { try DriftParameters.place(cursor) } }
}
