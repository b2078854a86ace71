import AsyncAlgorithms

/// A condition that did not come true in time.
struct DidNotHappen: Error, CustomStringConvertible {
    var what: String
    var limit: Duration
    var lastError: String?

    var description: String { "Did not happen within \(limit): \(what)" + (lastError.map { ". Last error: \($0)" } ?? "") }
}

/// Looks ten times a second whether a condition holds, until it does or the time is up. Errors of the look count as "not yet".
///
/// - Parameters:
///   - what: the condition in words, for the message.
///   - limit: the deadline; default 60 s.
///   - condition: the look.
/// - Throws: ``DidNotHappen`` when the time is up.
func eventually(_ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    var lastError: String?
    func holds() async -> Bool {
        do {
            lastError = nil
            return try await condition()
        } catch {
            lastError = "\(error)"
            return false
        }
    }
    if await holds() { return }
    for await _ in AsyncTimerSequence(interval: .milliseconds(100), clock: .continuous) {
        if await holds() { return }
        if ContinuousClock.now >= deadline { break }
    }
    try Task.checkCancellation()
    throw DidNotHappen(what: what, limit: limit, lastError: lastError)
}

/// Checks that a condition holds the whole time.
///
/// - Throws: ``DidNotHappen`` at the first look at which it does not.
func throughout(_ what: String, _ period: Duration, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + period
    for await _ in AsyncTimerSequence(interval: .milliseconds(250), clock: .continuous) {
        guard try await condition() else { throw DidNotHappen(what: what, limit: period, lastError: "it ceased to hold") }
        if ContinuousClock.now >= end { return }
    }
}
