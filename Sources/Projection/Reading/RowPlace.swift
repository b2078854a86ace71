import Foundation
import Postgres

/// Where a page of a listing, the newest first, ended: what a statement continues with.
public enum RowPlace {
    /// The condition that a row with a name comes after a cursor.
    ///
    /// - Parameters:
    ///   - cursor: what a caller sent; nil for the beginning.
    ///   - listing: the listing it has to be of.
    /// - Throws: ``ProjectionError`` `invalid_cursor`.
    static func condition(after cursor: String?, listing: String) throws(ProjectionError) -> SQL {
        guard let cursor else { return "true" }
        let place = try Cursor(cursor, listing: listing, parts: 2)
        return "(created_at, namespace, name) < (\(place.date), \(place.rest[0])::text, \(place.rest[1])::text)"
    }

    /// The cursor after a row with a name.
    static func cursor(_ metadata: RowMetadata, listing: String) -> Cursor {
        Cursor(listing: listing, date: metadata.createdAt, rest: [metadata.namespace, metadata.name])
    }

    /// The condition that a row with an id comes after a cursor.
    ///
    /// - Parameters:
    ///   - cursor: what a caller sent; nil for the beginning.
    ///   - listing: the listing it has to be of.
    /// - Throws: ``ProjectionError`` `invalid_cursor`.
    public static func condition(afterID cursor: String?, listing: String) throws(ProjectionError) -> SQL {
        guard let cursor else { return "true" }
        let place = try Cursor(cursor, listing: listing, parts: 1)
        guard let id = UUID(uuidString: place.rest[0]) else {
            throw ProjectionError(.invalidCursor, "The cursor is not one that this listing gave out.")
        }
        return "(created_at, id) < (\(place.date), \(id))"
    }

    /// The cursor after a row with an id.
    static func cursor(_ date: Date, _ id: UUID, listing: String) -> Cursor { Cursor(listing: listing, date: date, rest: [id.uuidString]) }

    /// The cursor after a row with an id, as callers get it.
    public static func text(_ date: Date, _ id: UUID, listing: String) -> String { cursor(date, id, listing: listing).text }
}
