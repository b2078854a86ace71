/// Decides when a document of the provider is used, fetched anew, or given up. Holds no clock: time comes in as the duration since any fixed
/// moment.
struct RefreshingCache<Value: Sendable>: Sendable {
    /// How a document ages.
    struct Limits: Sendable {
        /// The shortest time a document is used, whatever its headers say.
        var shortestLife: Duration = .seconds(300)
        /// The longest.
        var longestLife: Duration = .seconds(86_400)
        /// The time for a document without headers about it.
        var usualLife: Duration = .seconds(3600)
        /// How long past its life a document is used while a new one cannot be had.
        var grace: Duration
        /// The shortest time between fetches that were caused by a document that lacked something.
        var pause: Duration = .seconds(60)
        /// The time after a failed fetch in which no other is tried.
        var failurePause: Duration = .seconds(2)
    }

    /// What the caller needs.
    enum Need: Sendable {
        /// A document of an age that its headers allow.
        case fresh
        /// One that is newer than the one at hand, which lacks something.
        case newer
    }

    enum Decision: Sendable {
        case use(Value)
        case fetch
        case fail(OpenIDError)
    }

    private let limits: Limits
    private var value: Value?
    private var freshUntil: Duration = .zero
    private var lastTry: Duration?
    private var failure: OpenIDError?

    init(limits: Limits) { self.limits = limits }

    func decide(_ need: Need, now: Duration) -> Decision {
        let sinceTry = lastTry.map { now - $0 }
        switch need {
        case .fresh:
            if let value, now < freshUntil { return .use(value) }
            guard let failure, let sinceTry, sinceTry < limits.failurePause else { return .fetch }
            if let value, now < freshUntil + limits.grace { return .use(value) }
            return .fail(failure)
        case .newer:
            guard let sinceTry, sinceTry < limits.pause else { return .fetch }
            if let failure { return .fail(failure) }
            return value.map { .use($0) } ?? .fetch
        }
    }

    /// - Parameter life: how long the document may be used, as its headers say.
    mutating func store(_ value: Value, life: Duration?, now: Duration) {
        self.value = value
        freshUntil = now + min(max(life ?? limits.usualLife, limits.shortestLife), limits.longestLife)
        lastTry = now
        failure = nil
    }

    mutating func fail(_ error: OpenIDError, now: Duration) {
        failure = error
        lastTry = now
    }
}
