import KubernetesModel

/// When and how often a call is sent again.
///
/// A call is repeated only when that cannot do harm: when it is safe to do twice (reads, server-side apply, dry runs, and changes
/// that name the version they are for), or when the server says, or the broken connection shows, that it was not processed.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a call is sent at most. 1 switches repetition off.
    public var maximumAttempts: Int
    /// Delays when the server names none.
    public var backoff: Backoff
    /// The longest `Retry-After` that is waited for; a longer one ends the call with its error. All are read as ``longestRetryAfter`` at most.
    public var maximumRetryAfter: Duration
    /// No further attempt begins later than this after the first.
    public var maximumElapsed: Duration

    /// Makes a policy. Defaults: 5 attempts, 100 ms ×2 up to 10 s with half jitter, `Retry-After` up to 30 s, 60 s in all.
    public init(
        maximumAttempts: Int = 5,
        backoff: Backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(10), jitter: 0.5),
        maximumRetryAfter: Duration = .seconds(30),
        maximumElapsed: Duration = .seconds(60)
    ) {
        self.maximumAttempts = maximumAttempts
        self.backoff = backoff
        self.maximumRetryAfter = maximumRetryAfter
        self.maximumElapsed = maximumElapsed
    }

    /// The defaults.
    public static let `default` = RetryPolicy()

    /// Never sends anything twice.
    public static let never = RetryPolicy(maximumAttempts: 1)

    /// How an attempt failed.
    public enum Failure: Sendable, Hashable {
        /// The server answered with an error.
        case status(Int, retryAfter: Duration?)
        /// The connection was not made, so nothing was sent.
        case notSent
        /// The connection broke with the request under way.
        case connectionLost
        /// No answer in time.
        case timedOut

        /// Whether the server may have done what was asked.
        var mayHaveBeenDone: Bool {
            switch self {
            case .status(429, _), .notSent: false
            case .status(503, let retryAfter): retryAfter == nil
            case .status(let code, _): code >= 500
            case .connectionLost, .timedOut: true
            }
        }
    }

    /// Whether to send a call again.
    ///
    /// - Parameters:
    ///   - failure: how the latest attempt ended.
    ///   - attempt: its number, from 1.
    ///   - isRepeatable: whether doing the call twice is the same as doing it once.
    ///   - elapsed: time since the first attempt began.
    ///   - random: a number from 0 up to 1 for the jitter.
    /// - Returns: how long to wait first; `nil` when the call has failed for good.
    public func delay(
        after failure: Failure,
        attempt: Int,
        isRepeatable: Bool,
        elapsed: Duration,
        random: Double
    ) -> Duration? {
        guard attempt < maximumAttempts else { return nil }
        let computed = backoff.delay(failures: attempt - 1, random: random)
        let mayRepeat: Bool
        var asked = Duration.zero
        switch failure {
        case .status(let code, let retryAfter):
            if let retryAfter {
                guard retryAfter <= maximumRetryAfter else { return nil }
                // Not all who were refused together shall come back together.
                asked = retryAfter * (1 + backoff.jitter * random)
            }
            switch code {
            // A server that names a time did not begin with the request (RFC 9110 section 10.2.3).
            case 429, 503: mayRepeat = isRepeatable || retryAfter != nil
            // 504 says nothing of the kind.
            case 504: mayRepeat = isRepeatable
            // Other errors of the server are final unless it asks to come back (as `ServerTimeout`).
            case 500...: mayRepeat = isRepeatable && retryAfter != nil
            default: mayRepeat = false
            }
        case .notSent: mayRepeat = true
        case .connectionLost: mayRepeat = isRepeatable
        case .timedOut: mayRepeat = false
        }
        let wanted = mayRepeat ? max(asked, computed) : nil
        guard let wanted, elapsed + wanted <= maximumElapsed else { return nil }
        return wanted
    }

    /// The longest that a server is believed when it asks to come back later: 5 minutes. More is taken for a mistake, as of a proxy's page for
    /// maintenance, by which nobody shall be put to sleep for days.
    public static let longestRetryAfter: Duration = .seconds(300)

    /// Reads a `Retry-After` header (RFC 9110 section 10.2.3): seconds, as API servers send it, or a date, as proxies may.
    ///
    /// - Parameter now: what a date is compared with.
    /// - Returns: how long to wait, ``longestRetryAfter`` at most, and nothing for a date that has passed; `nil` when there is no such header or
    ///   it is neither.
    public static func retryAfter(_ header: String?, now: Timestamp) -> Duration? {
        guard let header else { return nil }
        if !header.isEmpty, header.allSatisfy({ $0.isASCII && $0.isNumber }) {
            // More than fits is more than is believed.
            return min(.seconds(Int(header) ?? .max), longestRetryAfter)
        }
        let present = Int(now.microseconds / 1_000_000)
        guard let seconds = HTTPDate.seconds(header, now: present) else { return nil }
        return min(.seconds(max(0, seconds - present)), longestRetryAfter)
    }
}
