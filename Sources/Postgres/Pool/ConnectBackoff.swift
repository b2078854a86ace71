/// When the next attempt to connect may be made, for all callers of a pool together.
struct ConnectBackoff: Sendable {
    /// The first and the longest delay.
    static let base = Duration.milliseconds(50)
    static let limit = Duration.seconds(2)

    private var failures = 0
    private(set) var notBefore: ContinuousClock.Instant?
    private(set) var lastError: PostgresError?

    mutating func succeeded() { self = ConnectBackoff() }

    /// Doubles the delay with each failure.
    ///
    /// - Parameter jitter: a number from 0 to 1; the delay is shortened by up to half by it.
    mutating func failed(_ error: PostgresError, now: ContinuousClock.Instant, jitter: Double) {
        lastError = error
        // Attempts that ran side by side failed together: they count once.
        if let notBefore, now < notBefore { return }
        failures += 1
        let delay = min(Self.limit, Self.base * (1 << min(failures - 1, 10)))
        notBefore = now + delay * (1 - jitter / 2)
    }
}
