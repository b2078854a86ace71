import Logging
import Testing

/// Looks again and again until a condition holds.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(20),
    _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("Not within \(limit): \(what)", sourceLocation: sourceLocation)
            throw NotReached(what: what)
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}

struct NotReached: Error { var what: String }

var quietLogger: Logger {
    var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .critical
    return logger
}
