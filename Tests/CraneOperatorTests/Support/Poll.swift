import Testing

/// Waits until a condition holds, looking again every 20 ms.
///
/// - Parameters:
///   - what: what is waited for, for the report.
///   - limit: how long at most.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(30),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("Did not happen within \(limit): \(what)", sourceLocation: sourceLocation)
    throw NeverHappened(what: what)
}

/// What was waited for did not come.
struct NeverHappened: Error {
    let what: String
}
