import Testing

/// Looks again and again until a condition holds.
func eventually(
    within limit: Duration = .seconds(20),
    _ what: Comment = "the condition",
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("\(what) did not hold within \(limit)", sourceLocation: sourceLocation)
}
