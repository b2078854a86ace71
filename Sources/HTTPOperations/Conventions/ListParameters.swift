import JSONValue
import Schema

/// What lists are asked with; the same words and bounds wherever a list comes in pages.
extension SchemaNote {
    /// About a parameter `limit`.
    ///
    /// - Parameters:
    ///   - standard: how many items there are without it; default 100.
    ///   - maximum: most items of a page; default 200.
    public static func pageLimit(default standard: Int = 100, maximum: Int = 200) -> SchemaNote {
        SchemaNote("Most items of a page.", default: .integer(Int64(standard)), minimum: 1, maximum: Double(maximum))
    }

    /// About a parameter `cursor`.
    public static let pageCursor = SchemaNote(
        "Where the page before ended, from its Link header.",
        pattern: "^[A-Za-z0-9_-]+$",
        maxLength: 2048
    )

    /// About a parameter `offset`, for lists of `{items, total, limit, offset}`.
    ///
    /// - Parameter maximum: most items that are passed over; default a million.
    public static func pageOffset(maximum: Int = 1_000_000) -> SchemaNote {
        SchemaNote("How many items to pass over.", default: 0, minimum: 0, maximum: Double(maximum))
    }
}

extension OperationContext {
    /// Throws 422 when a list that can be begun by number or by cursor is asked for with both.
    ///
    /// - Parameter cursor: the parameter `cursor`.
    public func requireOnePlace(cursor: String?) throws(OperationError) {
        guard cursor != nil, query.contains(where: { $0.name == "offset" }) else { return }
        throw .invalid("cursor", "cannot be given together with offset", in: .query)
    }
}
