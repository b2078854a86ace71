/// Thrown when work did not end in time.
struct DeadlineExceeded: Error {}

/// Runs work that must end within a time.
///
/// - Parameters:
///   - limit: the longest it may take.
///   - clock: what measures; the continuous clock unless a test says otherwise.
///   - work: the work; it is cancelled when the time is over.
/// - Throws: ``DeadlineExceeded``, or what the work throws.
func withDeadline<Value: Sendable, C: Clock>(
    _ limit: C.Duration,
    clock: C = ContinuousClock(),
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await clock.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw DeadlineExceeded() }
        return value
    }
}
