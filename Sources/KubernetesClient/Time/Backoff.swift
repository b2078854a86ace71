/// How long to wait before trying again: exponential, bounded, with jitter.
public struct Backoff: Sendable, Hashable {
    /// The first delay.
    public var initial: Duration
    /// By how much each delay is longer than the one before.
    public var factor: Double
    /// The longest delay, before jitter.
    public var maximum: Duration
    /// How much is added at random: 0.5 means up to half the delay.
    public var jitter: Double

    /// Makes a backoff. Defaults: ×2, no jitter.
    public init(initial: Duration, factor: Double = 2, maximum: Duration, jitter: Double = 0) {
        self.initial = initial
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
    }

    /// Of a reflector whose list or watch fails: 800 ms, ×2, at most 30 s, doubled at random (as client-go).
    public static let reflector = Backoff(initial: .milliseconds(800), maximum: .seconds(30), jitter: 1)

    /// Of an object whose reconcile fails: 5 ms, ×2, at most 1000 s (as controller-runtime).
    public static let reconcile = Backoff(initial: .milliseconds(5), maximum: .seconds(1000))

    /// The delay before a further attempt.
    ///
    /// - Parameters:
    ///   - failures: how many attempts failed before; 0 gives the first delay.
    ///   - random: a number from 0 up to 1 that picks the jitter.
    public func delay(failures: Int, random: Double = 0) -> Duration {
        let base = min(initial.inSeconds * pow(factor, failures), maximum.inSeconds)
        return .seconds(base * (1 + jitter * random))
    }

    private func pow(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<min(exponent, 64) {
            result *= base
            if initial.inSeconds * result >= maximum.inSeconds { break }
        }
        return result
    }
}
