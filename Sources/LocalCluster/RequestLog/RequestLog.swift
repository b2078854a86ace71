import DequeModule
import NIOConcurrencyHelpers

/// What was asked of the server: counters per kind of request, and the latest requests one by one. Both are bounded.
public final class RequestLog: Sendable {
    private struct State: Sendable {
        var counters: [RequestRecord: Int] = [:]
        var latest: Deque<RequestRecord> = []
        var total = 0
    }

    private static let counterLimit = 10_000
    private let limit: Int
    private let state = NIOLockedValueBox(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// The number of requests that satisfy a condition. Namespace and name of the records are empty here: they are not counted apart.
    public func count(where condition: (RequestRecord) -> Bool = { _ in true }) -> Int {
        state.withLockedValue { $0.counters }.reduce(0) { condition($1.key) ? $0 + $1.value : $0 }
    }

    /// The number of requests for a change by clients whose user agent begins with `userAgent`; nil: by all clients.
    ///
    /// Writes of Events and Leases are not counted unless asked for: heartbeats are no changes of state.
    public func writes(userAgent: String? = nil, includingHeartbeats: Bool = false) -> Int {
        count { record in
            record.isWrite && (userAgent.map { record.userAgent.hasPrefix($0) } ?? true)
                && (includingHeartbeats || !["leases", "events"].contains(record.resource))
        }
    }

    /// The latest requests, the oldest first.
    public var latest: [RequestRecord] { state.withLockedValue { Array($0.latest) } }

    /// All requests since the start or the last reset.
    public var total: Int { state.withLockedValue { $0.total } }

    /// Sets all counters to zero.
    public func reset() {
        state.withLockedValue { $0 = State() }
    }

    func add(_ record: RequestRecord) {
        var counter = record
        counter.namespace = ""
        counter.name = ""
        state.withLockedValue { state in
            state.total += 1
            if state.counters.count >= Self.counterLimit, state.counters[counter] == nil { counter.userAgent = "other" }
            state.counters[counter, default: 0] += 1
            state.latest.append(record)
            if state.latest.count > limit { state.latest.removeFirst() }
        }
    }

    /// The counters, for the metrics page.
    var counters: [RequestRecord: Int] { state.withLockedValue { $0.counters } }
}
