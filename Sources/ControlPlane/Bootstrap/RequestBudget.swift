/// How many requests each of many callers may make: a bucket of tokens each, filled again over time. Pure; holds a bounded number of callers.
struct RequestBudget: Sendable {
    /// Most requests at once.
    let capacity: Double
    /// Requests a second in the long run.
    let rate: Double
    /// Most callers that are remembered.
    let callers: Int

    private var buckets: [String: (left: Double, at: ContinuousClock.Instant)] = [:]

    /// Makes a budget.
    init(capacity: Double, rate: Double, callers: Int = 4096) {
        self.capacity = capacity
        self.rate = rate
        self.callers = callers
    }

    /// How many requests a caller has left.
    func left(_ caller: String, now: ContinuousClock.Instant) -> Double {
        guard let bucket = buckets[caller] else { return capacity }
        return min(capacity, bucket.left + (now - bucket.at).seconds * rate)
    }

    /// Takes one request of a caller.
    ///
    /// - Returns: nil when there was one; else after how many seconds there is.
    mutating func take(_ caller: String, now: ContinuousClock.Instant) -> Int? {
        let left = left(caller, now: now)
        guard left >= 1 else { return Int(((1 - left) / rate).rounded(.up)) }
        if buckets.count >= callers, buckets[caller] == nil { forget(now) }
        buckets[caller] = (left - 1, now)
        return nil
    }

    /// Forgets callers whose buckets are full again, which changes nothing; if there are none, the one who was silent longest.
    private mutating func forget(_ now: ContinuousClock.Instant) {
        buckets = buckets.filter { left($0.key, now: now) < capacity }
        if buckets.count >= callers, let silent = buckets.min(by: { $0.value.at < $1.value.at }) { buckets[silent.key] = nil }
    }
}
