/// How long to wait before an intent is tried again: doubling, bounded, spread so that many do not come at once.
public struct IntentBackoff: Sendable, Hashable {
    /// Wait after the first attempt.
    public var first: Duration
    /// Longest wait.
    public var longest: Duration

    /// Makes a schedule.
    ///
    /// - Parameters:
    ///   - first: wait after the first attempt; default 1 s.
    ///   - longest: longest wait; default 60 s.
    public init(first: Duration = .seconds(1), longest: Duration = .seconds(60)) {
        self.first = first
        self.longest = longest
    }

    /// The wait after a number of attempts.
    ///
    /// - Parameters:
    ///   - attempts: attempts made, from 1.
    ///   - spread: a random number from 0 to 1; the wait is 50 to 100 % of the schedule's.
    public func delay(afterAttempts attempts: Int, spread: Double) -> Duration {
        var delay = first
        for _ in 1..<max(2, min(attempts, 64)) where attempts > 1 && delay < longest { delay = delay * 2 }
        return min(delay, longest) * (0.5 + 0.5 * min(max(spread, 0), 1))
    }
}
