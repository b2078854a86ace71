import CLibPQ

/// Owns a result of libpq, which does not change any more, and reads it.
final class QueryResult: Sendable {
    // Safe: libpq allows concurrent reads of a result; it is freed once, when nobody refers to it any more.
    private nonisolated(unsafe) let pointer: OpaquePointer
    let columns: [String]
    let positions: [String: Int]
    let rowCount: Int
    let affectedRows: Int

    /// Takes over the ownership of a result.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = Int(PQntuples(pointer))
        columns = (0..<PQnfields(pointer)).map { PQfname(pointer, $0).map { String(cString: $0) } ?? "" }
        positions = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        affectedRows = PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// The text form of a value; `nil` is NULL. Row and column must exist.
    func text(row: Int, column: Int) -> String? {
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(pointer, row, column) == 0, let start = PQgetvalue(pointer, row, column) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(pointer, row, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The error the server reported in this result.
    var error: PostgresError {
        let sqlState = field("C")
        let message = field("M") ?? PQresultErrorMessage(pointer).map { String(cString: $0) } ?? "the statement failed"
        // A result that libpq made up itself (the connection broke) has no SQLSTATE.
        var error = PostgresError(sqlState == nil ? .connectionLost : .serverError, message, sqlState: sqlState)
        error.detail = field("D")
        error.hint = field("H")
        error.constraint = field("n")
        error.table = field("t")
        error.column = field("c")
        return error
    }

    /// A diagnostic field by the letter the protocol gives it.
    private func field(_ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(pointer, Int32(letter.value)).map { String(cString: $0).trimmingTrailingNewlines }
    }
}

extension String {
    /// Without the newlines libpq ends its messages with.
    var trimmingTrailingNewlines: String {
        var text = Substring(self)
        while let last = text.last, last.isNewline { text.removeLast() }
        return String(text)
    }
}
