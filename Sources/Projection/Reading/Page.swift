import Foundation
import JSONValue
import Postgres

/// A part of a listing.
public struct Page<Row: Sendable>: Sendable {
    /// The rows, in the order of the listing.
    public var rows: [Row]
    /// What to give to get the rows after these; `nil` when there are none.
    public var next: String?

    /// Makes a page.
    public init(rows: [Row], next: String?) {
        self.rows = rows
        self.next = next
    }

    /// How many rows a page may have.
    static var limits: ClosedRange<Int> { 1...1000 }

    /// Makes a page from the rows of a query that asked for one more than wanted.
    static func cut(_ rows: [Row], to limit: Int, cursor: (Row) -> Cursor) -> Page<Row> {
        guard rows.count > limit else { return Page(rows: rows, next: nil) }
        let kept = Array(rows.prefix(limit))
        return Page(rows: kept, next: kept.last.map { cursor($0).text })
    }
}

/// Where a page of a listing ended: the values the listing is ordered by. It is opaque to callers.
struct Cursor: Sendable, Hashable {
    /// The times a cursor may have, in microseconds since 1970: the years 1 to 9999, which every conversion can hold.
    static let times: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    /// The listing it belongs to.
    var listing: String
    /// The time, in microseconds since 1970.
    var microseconds: Int64
    /// What comes after the time in the order.
    var rest: [String]

    init(listing: String, date: Date, rest: [String]) {
        self.listing = listing
        let exact = (date.timeIntervalSince1970 * 1_000_000).rounded()
        let bounds = (Double(Self.times.lowerBound), Double(Self.times.upperBound))
        microseconds = exact.isNaN || exact <= bounds.0 ? Self.times.lowerBound : exact >= bounds.1 ? Self.times.upperBound : Int64(exact)
        self.rest = rest
    }

    /// Reads a cursor.
    ///
    /// - Throws: `ProjectionError` with `invalid_cursor` unless it was made by this listing.
    init(_ text: String, listing: String, parts: Int) throws(ProjectionError) {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        guard let data = Data(base64Encoded: base64), let json = try? JSON(parsing: data), json["l"]?.stringValue == listing,
            let microseconds = json["t"]?.integerValue, Self.times.contains(microseconds), let values = json["r"]?.arrayValue,
            values.count == parts, case let rest = values.compactMap(\.stringValue), rest.count == parts,
            !rest.contains(where: { $0.utf8.contains(0) })
        else { throw ProjectionError(.invalidCursor, "The cursor is not one that this listing gave out.") }
        self.listing = listing
        self.microseconds = microseconds
        self.rest = rest
    }

    /// The time.
    var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// The cursor as text that needs no escaping in a URL.
    var text: String {
        let json: JSON = ["l": .string(listing), "t": .integer(microseconds), "r": .array(rest.map { .string($0) })]
        return Data(json.serialized()).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// Checks a limit.
///
/// - Throws: `ProjectionError` with `invalid_limit`.
func checked(limit: Int) throws(ProjectionError) -> Int {
    guard Page<Int>.limits.contains(limit) else { throw ProjectionError(.invalidLimit, "The limit must be from 1 to 1000, not \(limit).") }
    return limit
}

/// The condition that a text column has a value. Text of PostgreSQL holds no NUL: what contains one equals nothing.
func equals(_ column: String, _ value: String) -> SQL {
    value.utf8.contains(0) ? "false" : "\(identifier: column) = \(value)"
}
