/// When the next attempt to connect may be made, for all callers of a pool together.
struct ConnectBackoff: Sendable {
    /// The first and the longest delay.
    static let base = Duration.milliseconds(50)
    static let limit = Duration.seconds(2)

    private var failures = 0
    private(set) var notBefore: ContinuousClock.Instant?
    private(set) var lastError: PostgresError?
    /// Whether a caller tries on behalf of those that do not want to wait.
    private var isProbing = false

    mutating func succeeded() { self = ConnectBackoff() }

    /// Whether a caller that does not wait may try to connect: while the server is down one at a time may, when the delay is over.
    mutating func admits(now: ContinuousClock.Instant) -> Bool {
        guard lastError != nil else { return true }
        guard !isProbing, notBefore.map({ $0 <= now }) ?? true else { return false }
        isProbing = true
        return true
    }

    /// The attempt of a caller that was admitted ended without an answer to whether the server is up.
    mutating func abandoned() { isProbing = false }

    /// Doubles the delay with each failure.
    ///
    /// - Parameter jitter: a number from 0 to 1; the delay is shortened by up to half by it.
    mutating func failed(_ error: PostgresError, now: ContinuousClock.Instant, jitter: Double) {
        lastError = error
        isProbing = false
        // Attempts that ran side by side failed together: they count once.
        if let notBefore, now < notBefore { return }
        failures += 1
        let delay = min(Self.limit, Self.base * (1 << min(failures - 1, 10)))
        notBefore = now + delay * (1 - jitter / 2)
    }
}
