import HTTPOperations
import Postgres
import Projection

/// Runs work on the database; that it cannot be reached becomes a 503 the caller can act on.
///
/// - Throws: ``OperationError`` `DATABASE_UNAVAILABLE`, else what the work throws.
func onDatabase<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as PostgresError where error.isUnavailable {
        throw OperationError.databaseUnavailable(error)
    }
}

/// Reads a page of rows; a cursor that is not one of ours becomes a 400.
///
/// - Throws: ``OperationError``, else what the work throws.
func onRows<Row: Sendable>(_ work: () async throws -> Projection.Page<Row>) async throws -> HTTPOperations.Page<Row> {
    do {
        let page = try await onDatabase(work)
        return HTTPOperations.Page(items: page.rows, next: page.next)
    } catch let error as ProjectionError where error.code == .invalidCursor {
        throw OperationError.invalidCursor
    }
}

extension OperationError {
    /// 503: PostgreSQL cannot be reached; nothing was changed.
    static func databaseUnavailable(_ cause: any Error) -> OperationError {
        .unavailable(
            code: "DATABASE_UNAVAILABLE",
            message: "The database cannot be reached. Nothing was changed; repeat the request later.",
            retryAfter: 5,
            cause: cause
        )
    }
}
