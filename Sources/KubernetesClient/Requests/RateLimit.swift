/// A limit that a client sets itself.
///
/// API servers share their time among clients by themselves (API Priority and Fairness, which answers 429 with `Retry-After` when there is
/// too much), so client-go and controller-runtime have switched their own limits off: a limit here only hides how busy the server is. It is
/// for servers without that, and for programs that must leave room to others.
public struct RateLimit: Sendable, Hashable {
    /// How many requests a second are made in the long run. More than 0.
    public var requestsPerSecond: Double
    /// How many requests may be made at once after a rest. At least 1.
    public var burst: Int

    /// Makes a limit.
    public init(requestsPerSecond: Double, burst: Int) {
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
    }
}

/// A bucket that fills with time and that each request takes one token out of, perhaps one that is still to come.
struct TokenBucket: Sendable {
    private let limit: RateLimit
    private var tokens: Double
    private var filled: Duration

    init(_ limit: RateLimit, now: Duration) {
        self.limit = limit
        tokens = Double(max(1, limit.burst))
        filled = now
    }

    /// Takes a token.
    ///
    /// - Returns: how long to wait until it is there.
    mutating func take(now: Duration) -> Duration {
        let rate = max(limit.requestsPerSecond, 0.001)
        tokens = min(Double(max(1, limit.burst)), tokens + (now - filled).inSeconds * rate) - 1
        filled = now
        return tokens >= 0 ? .zero : .seconds(-tokens / rate)
    }

    /// Gives a token back that was not used.
    mutating func giveBack() { tokens += 1 }
}
