/// The place a sealed value belongs to: a column of one row. It is authenticated with the value, so that a value copied to another row or
/// column does not open there.
public struct RowIdentity: Sendable, Hashable, CustomStringConvertible {
    /// Table of the row.
    public var table: String
    /// Column of the value.
    public var column: String
    /// The row's key, in the order of its columns. Use what never changes.
    public var key: [String]

    /// A place.
    public init(table: String, column: String, key: [String]) {
        self.table = table
        self.column = column
        self.key = key
    }

    /// `table.column[key, …]`.
    public var description: String { "\(table).\(column)[\(key.joined(separator: ", "))]" }

    /// One spelling for one place: every part with its length, so that no two places have the same bytes.
    var authenticatedBytes: [UInt8] {
        var bytes: [UInt8] = []
        for part in [table, column] + key {
            let text = Array(part.utf8)
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: text.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: text)
        }
        return bytes
    }
}
