import Foundation

/// Keys that were found good a moment ago. Pure; holds a bounded number.
///
/// A record is believed for a short time only, so that a revocation takes effect everywhere soon. It is remembered longer than that:
/// whoever had a good key is not kept out because others guess.
struct APIKeyCache: Sendable {
    /// What is known of a key.
    enum Finding: Sendable, Hashable {
        /// It was read just now.
        case fresh(APIKeyRecord)
        /// It was good the last time it was read, which is too long ago.
        case stale
        /// Nothing.
        case unknown
    }

    private struct Entry: Sendable {
        var record: APIKeyRecord
        var readAt: ContinuousClock.Instant
    }

    /// How long a record is believed.
    let lifetime: Duration
    /// Most keys that are remembered.
    let capacity: Int
    private var entries: [String: Entry] = [:]

    /// Makes a cache.
    init(lifetime: Duration = .seconds(5), capacity: Int = 1024) {
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
    }

    /// How many keys are remembered.
    var count: Int { entries.count }

    /// What is known of a key.
    ///
    /// - Parameters:
    ///   - hash: hash of what was presented.
    ///   - now: the time.
    func find(_ hash: String, now: ContinuousClock.Instant) -> Finding {
        guard let entry = entries[hash] else { return .unknown }
        return now - entry.readAt < lifetime ? .fresh(entry.record) : .stale
    }

    /// Remembers a key that was good.
    ///
    /// - Parameters:
    ///   - record: what was read.
    ///   - hash: hash of what was presented.
    ///   - readAt: when reading began.
    mutating func remember(_ record: APIKeyRecord, for hash: String, readAt: ContinuousClock.Instant) {
        if entries.count >= capacity, entries[hash] == nil, let oldest = entries.min(by: { $0.value.readAt < $1.value.readAt }) {
            entries[oldest.key] = nil
        }
        entries[hash] = Entry(record: record, readAt: readAt)
    }

    /// Takes note of a use.
    ///
    /// - Returns: whether it has to be written down, which is so once within a time.
    mutating func use(_ hash: String, now: Date, atMostEvery span: TimeInterval) -> Bool {
        guard let last = entries[hash]?.record.lastUsedAt, now.timeIntervalSince(last) < span else {
            entries[hash]?.record.lastUsedAt = now
            return true
        }
        return false
    }

    /// Forgets what was presented.
    mutating func forget(_ hash: String) { entries[hash] = nil }

    /// Forgets whatever was presented for a key.
    mutating func forget(id: UUID) { entries = entries.filter { $0.value.record.id != id } }
}
