/// When a connection that ended is tried again.
public struct ReconnectPolicy: Sendable, Hashable {
    /// What to do.
    public enum Decision: Sendable, Hashable {
        /// Try again after a while.
        case retry(after: Duration)
        /// Do not try again by itself: the reason has to be done away with first.
        case stop
    }

    /// The first pause. Default: 1 second.
    public var first: Duration = .seconds(1)
    /// The longest pause. Default: 30 seconds.
    public var longest: Duration = .seconds(30)
    /// How long to stay away after too many wrong credentials, when the gateway does not say. Default: 5 minutes.
    public var lockout: Duration = .seconds(300)
    /// The pause after a certificate that is not trusted: somebody has to replace it, or what is trusted. Default: 1 minute.
    public var untrusted: Duration = .seconds(60)
    /// How long a gateway may ask to be left alone. Default: 1 hour.
    public var longestAsked: Duration = .seconds(3600)

    private var failures = 0

    /// The reference client's pauses.
    public init() {}

    /// A connection was let in: the next pause is the first again.
    public mutating func succeeded() { failures = 0 }

    /// A connection ended, or did not come about.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - random: from 0 to 1; pauses are between half and the whole, so that clients of one gateway do not come back together.
    public mutating func ended(_ error: GatewayError, random: Double) -> Decision {
        if error.code == .untrusted { return .retry(after: spread(untrusted, random)) }
        if let failure = error.failure {
            let asked = failure.retryAfter.map { min(max($0, .milliseconds(100)), longestAsked) }
            if failure.kind == .authenticationLocked { return .retry(after: asked ?? lockout) }
            if !failure.allowsReconnect { return .stop }
            if let asked { return .retry(after: asked) }
        }
        var pause = first
        for _ in 0..<min(failures, 16) where pause < longest { pause = pause * 2 }
        failures += 1
        return .retry(after: spread(min(pause, longest), random))
    }

    private func spread(_ pause: Duration, _ random: Double) -> Duration { pause * (0.5 + 0.5 * min(max(random, 0), 1)) }
}
