/// Looks again and again whether something is so; an error of the look counts as "not yet".
///
/// - Parameters:
///   - what: the condition in words, for the message.
///   - limit: the deadline.
///   - pause: time between two looks; default 50 ms.
///   - isSo: the look.
/// - Throws: ``BenchError`` when it is not so in time.
package func eventually(
    _ what: String,
    within limit: Duration,
    every pause: Duration = .milliseconds(50),
    _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
        var trouble: (any Error)?
        do {
            if try await isSo() { return }
        } catch {
            trouble = error
        }
        guard ContinuousClock.now < deadline else {
            throw BenchError("\(what) did not happen within \(limit)" + (trouble.map { ": \($0)" } ?? ""))
        }
        try await Task.sleep(for: pause)
    }
}
