import HTTPOperations
import HTTPTypes
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

/// Runs work that writes to the database.
///
/// A connection that went away during the write may have taken the answer with it, and not the write: only what surely did not happen is
/// answered as such.
///
/// - Parameters:
///   - hasActed: whether something was done elsewhere already that this write is to go with; default no.
///   - work: writes.
/// - Throws: ``OperationError`` `DATABASE_UNAVAILABLE` when nothing was changed, `OUTCOME_UNKNOWN` when that is not known, else what the
///   work throws.
func onDatabaseWrite<Value: Sendable>(hasActed: Bool = false, _ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as PostgresError where error.isUnavailable {
        throw hasActed || error.leavesOutcomeUnknown ? OperationError.outcomeUnknown(error) : .databaseUnavailable(error)
    }
}

extension PostgresError {
    /// Whether a write that ended with this may have taken effect all the same.
    var leavesOutcomeUnknown: Bool {
        switch code {
        case .commitUnknown, .connectionLost, .noAnswer: true
        // The server ended the connection; it had said so before it would have said that the write is done.
        default: code == .serverError && isConnectionLost
        }
    }
}

/// Reads a page of rows; a cursor that is not one of ours becomes a 400.
///
/// - Throws: ``OperationError``, else what the work throws.
func onRows<Row: Sendable>(_ work: () async throws -> Projection.Page<Row>) async throws -> HTTPOperations.Page<Row> {
    let page = try await onListing(work)
    return HTTPOperations.Page(items: page.rows, next: page.next)
}

/// Reads a page of any form; a cursor that is not one of ours becomes a 400.
///
/// - Throws: ``OperationError``, else what the work throws.
func onListing<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    do { return try await onDatabase(work) } catch let error as ProjectionError where error.code == .invalidCursor {
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

    /// 503: the write may have happened.
    static func outcomeUnknown(_ cause: any Error) -> OperationError {
        .unavailable(
            code: "OUTCOME_UNKNOWN",
            message: "The connection to the database went away during the write; it may have happened. Look before you repeat it.",
            retryAfter: 5,
            cause: cause
        )
    }
}

extension Refusals {
    /// For the document: a write of which nobody knows.
    static let outcomeUnknown = ErrorDeclaration(
        .serviceUnavailable,
        "OUTCOME_UNKNOWN",
        "The connection to the database went away during the write; it may have happened."
    )
}
