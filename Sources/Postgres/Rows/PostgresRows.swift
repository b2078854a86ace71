/// The rows a statement returned, in order. Values are decoded when they are asked for.
public struct PostgresRows: RandomAccessCollection, Sendable {
    let result: QueryResult

    /// The number of rows an `INSERT`, `UPDATE`, `DELETE` or the like touched, or a `SELECT` returned.
    public var affectedRows: Int { result.affectedRows }

    /// The names of the columns.
    public var columns: [String] { result.columns }

    /// The position of the first row: 0.
    public var startIndex: Int { 0 }
    /// The position after the last row.
    public var endIndex: Int { result.rowCount }

    /// The row at a position.
    public subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < result.rowCount, "row \(position) of \(result.rowCount)")
        return PostgresRow(result: result, index: position)
    }

    /// Reads one column of every row.
    ///
    /// - Throws: `PostgresError` with `unknown_column` or `decoding_failed`.
    public func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws(PostgresError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for row in self { values.append(try row.decode(column, as: type)) }
        return values
    }
}

/// One row of a result.
public struct PostgresRow: Sendable {
    let result: QueryResult
    let index: Int

    /// Reads a column by its name (the first of that name).
    ///
    /// - Parameters:
    ///   - column: the name of the column.
    ///   - type: the Swift type; `Optional` where the column may be NULL.
    /// - Throws: `PostgresError` with `unknown_column` or `decoding_failed`.
    public func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws(PostgresError) -> Value {
        guard let position = result.positions[column] else {
            throw PostgresError(.unknownColumn, "The result has no column '\(column)'; it has \(result.columns.joined(separator: ", ")).")
        }
        return try decode(position, as: type)
    }

    /// Reads a column by its position, counted from 0.
    ///
    /// - Throws: `PostgresError` with `unknown_column` or `decoding_failed`.
    public func decode<Value: PostgresDecodable>(_ position: Int, as type: Value.Type = Value.self) throws(PostgresError) -> Value {
        guard position >= 0, position < result.columns.count else {
            throw PostgresError(.unknownColumn, "The result has no column \(position); it has \(result.columns.count).")
        }
        let text = result.text(row: index, column: position)
        guard let value = Value.decode(postgresText: text) else {
            let found = text == nil ? "NULL" : "the value"
            throw PostgresError(.decodingFailed, "Column '\(result.columns[position])': \(found) cannot be read as \(Value.self).")
        }
        return value
    }

    /// Reads the first columns in order, for example `row.decode((String, Int?).self)`.
    ///
    /// - Throws: `PostgresError` with `unknown_column` or `decoding_failed`.
    public func decode<each Value: PostgresDecodable>(_ types: (repeat each Value).Type) throws -> (repeat each Value) {
        var position = -1
        func next<Next: PostgresDecodable>(_ type: Next.Type) throws -> Next {
            position += 1
            return try decode(position, as: type)
        }
        return (repeat try next((each Value).self))
    }

    /// Whether a column is NULL; `false` when there is no such column.
    public func isNull(_ column: String) -> Bool {
        guard let position = result.positions[column] else { return false }
        return result.text(row: index, column: position) == nil
    }
}
