/// Counts what happened lately, by who did it, and says when it was too often.
struct AttemptLimit: Sendable {
    let most: Int
    let window: Duration
    let lockout: Duration
    private var attempts: [String: [Duration]] = [:]
    private var locked: [String: Duration] = [:]

    init(most: Int, window: Duration, lockout: Duration) {
        self.most = most
        self.window = window
        self.lockout = lockout
    }

    /// How long somebody has to wait; `nil` when not at all.
    mutating func wait(_ who: String, at now: Duration) -> Duration? {
        if let end = locked[who] {
            if end > now { return end - now }
            locked[who] = nil
        }
        return nil
    }

    /// Somebody did it once more.
    ///
    /// - Returns: how long to wait, when this was too often.
    mutating func add(_ who: String, at now: Duration) -> Duration? {
        var recent = (attempts[who] ?? []).filter { now - $0 < window }
        guard recent.count < most else {
            let pause = lockout > .zero ? lockout : window - (now - (recent.first ?? now))
            if lockout > .zero { locked[who] = now + lockout }
            return pause
        }
        recent.append(now)
        attempts[who] = recent
        if attempts.count > 1024 { attempts = attempts.filter { now - ($0.value.last ?? .zero) < window } }
        return nil
    }
}
