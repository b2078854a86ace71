import KubernetesClient
import KubernetesModel

/// Decides which events are written. It has no clock and does no I/O.
///
/// The first note becomes an event. The same again (all but the sentence is equal) makes it a series, written when it begins, every
/// half hour, and when nothing more came for six minutes (as client-go). An object may have a burst of 25 new events, then one in five
/// minutes.
struct EventAggregator: Sendable {
    /// What makes notes the same.
    struct Identity: Hashable, Sendable {
        var regarding: CoreV1.ObjectReference
        var related: CoreV1.ObjectReference?
        var type: EventNote.Kind
        var reason: String
        var action: String

        init(_ note: EventNote) {
            regarding = note.regarding
            related = note.related
            type = note.type
            reason = note.reason
            action = note.action
        }
    }

    /// What to do about a note.
    enum Decision: Sendable, Hashable {
        /// Write an event.
        case create
        /// Write the series of the event that was written before.
        case update(name: String, count: Int, lastObserved: Timestamp)
        /// Nothing now.
        case wait
        /// Nothing ever: too many.
        case drop
    }

    private struct Series: Sendable {
        var name: String
        var count: Int
        var writtenCount: Int
        var lastSeen: Duration
        var lastWritten: Duration
        var lastObserved: Timestamp
    }

    private struct Bucket: Sendable {
        var tokens: Double
        var filledAt: Duration
    }

    private static let finish: Duration = .seconds(360)
    private static let refresh: Duration = .seconds(1800)
    private static let burst = 25.0
    private static let refillSeconds = 300.0

    private var series: RecentMemory<Identity, Series>
    private var buckets: RecentMemory<CoreV1.ObjectReference, Bucket>

    /// - Parameter limit: how many series, and how many objects, are remembered, the latest of them. Default: 4096.
    init(limit: Int = 4096) {
        series = RecentMemory(limit: limit)
        buckets = RecentMemory(limit: limit)
    }

    /// How many series are remembered.
    var count: Int { series.count }

    /// Takes a note.
    ///
    /// - Parameter name: the name of the event if one is to be made.
    mutating func record(_ note: EventNote, name: String, now: Duration, observed: Timestamp) -> Decision {
        let identity = Identity(note)
        if var known = series[identity], now - known.lastSeen < Self.finish {
            known.count += 1
            known.lastSeen = now
            known.lastObserved = observed
            let isDue = known.writtenCount == 1 || now - known.lastWritten >= Self.refresh
            if isDue {
                known.writtenCount = known.count
                known.lastWritten = now
            }
            series[identity] = known
            return isDue ? .update(name: known.name, count: known.count, lastObserved: observed) : .wait
        }
        guard takeToken(note.regarding, now: now) else { return .drop }
        series[identity] = Series(name: name, count: 1, writtenCount: 1, lastSeen: now, lastWritten: now, lastObserved: observed)
        return .create
    }

    /// The event of a note could not be written, so the next such note makes a new one.
    mutating func forget(_ note: EventNote) { series[Identity(note)] = nil }

    /// Ends series to which nothing came for a while.
    ///
    /// - Parameter all: ends the others as well.
    /// - Returns: the series whose last count is not written yet.
    mutating func expire(now: Duration, all: Bool = false) -> [(regarding: CoreV1.ObjectReference, decision: Decision)] {
        let over = series.removeAll { all || now - $0.lastSeen >= Self.finish }
        _ = buckets.removeAll { $0.tokens + (now - $0.filledAt).inSeconds / Self.refillSeconds >= Self.burst }
        return over.filter { $0.value.count > $0.value.writtenCount }
            .map { ($0.key.regarding, .update(name: $0.value.name, count: $0.value.count, lastObserved: $0.value.lastObserved)) }
    }

    private mutating func takeToken(_ object: CoreV1.ObjectReference, now: Duration) -> Bool {
        var bucket = buckets[object] ?? Bucket(tokens: Self.burst, filledAt: now)
        bucket.tokens = min(Self.burst, bucket.tokens + (now - bucket.filledAt).inSeconds / Self.refillSeconds)
        bucket.filledAt = now
        guard bucket.tokens >= 1 else {
            buckets[object] = bucket
            return false
        }
        bucket.tokens -= 1
        buckets[object] = bucket
        return true
    }
}
