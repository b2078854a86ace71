import HeapModule
import KubernetesModel

/// Remembers which keys must wait until caches have seen their own writes. It has no clock and no threads.
///
/// A reconciler that reads a cache right after it wrote would see the state from before and do everything a second time. So a key that
/// wrote waits until every cache that follows what it wrote has reached the version of the write, or has lost the deleted object. Versions
/// are compared as numbers (KEP-5504). The wait is bounded, so that no key stands still for ever: after it the key is free but *overdue*,
/// which means that what caches say of it is older than its own writes. It is no longer overdue when the caches have caught up, or when
/// a second, much longer time is over.
struct WriteGate<Key: Hashable & Sendable>: Sendable {
    /// A version that a cache must reach.
    private struct Expected: Comparable, Sendable {
        var version: UInt64
        var key: Key
        var ticket: UInt64

        static func == (left: Expected, right: Expected) -> Bool { left.version == right.version && left.ticket == right.ticket }
        static func < (left: Expected, right: Expected) -> Bool { (left.version, left.ticket) < (right.version, right.ticket) }
    }

    /// A deleted object that a cache must lose.
    private struct Gone: Sendable {
        var object: ObjectKey
        var uid: String?
        var key: Key
        var ticket: UInt64
    }

    private struct Pending: Sendable {
        var ticket: UInt64
        var count: Int
        /// When the wait is over, or when the key is forgotten if it is overdue.
        var deadline: Duration
        var isOverdue = false
    }

    private var pending: [Key: Pending] = [:]
    private var versions: [Int: Heap<Expected>] = [:]
    private var gone: [Int: [Gone]] = [:]
    private var nextTicket: UInt64 = 0

    /// What a cache must have seen.
    struct Requirement: Sendable, Hashable {
        /// The cache.
        var cache: Int
        /// What it must have seen.
        var what: What

        enum What: Sendable, Hashable {
            case version(UInt64)
            case gone(ObjectKey, uid: String?)
        }
    }

    /// How long a key may be overdue.
    private let patience: Duration

    /// - Parameter patience: how long a key may be overdue. Default: 10 min.
    init(patience: Duration = .seconds(600)) { self.patience = patience }

    /// How many keys wait or are overdue.
    var count: Int { pending.count }

    /// Whether caches have not seen all writes of a key.
    func isBehind(_ key: Key) -> Bool { pending[key] != nil }

    /// When something is to be done at the latest.
    var nextDeadline: Duration? { pending.values.map(\.deadline).min() }

    /// A key has to wait for requirements that are not met yet. What it was overdue for it waits for as well.
    mutating func hold(_ key: Key, for requirements: [Requirement], until deadline: Duration) {
        guard !requirements.isEmpty else { return }
        let ticket: UInt64
        if let overdue = pending[key] {
            ticket = overdue.ticket
        } else {
            nextTicket += 1
            ticket = nextTicket
        }
        pending[key] = Pending(ticket: ticket, count: (pending[key]?.count ?? 0) + requirements.count, deadline: deadline)
        for requirement in requirements {
            switch requirement.what {
            case .version(let version):
                versions[requirement.cache, default: Heap()].insert(Expected(version: version, key: key, ticket: ticket))
            case .gone(let object, let uid):
                gone[requirement.cache, default: []].append(Gone(object: object, uid: uid, key: key, ticket: ticket))
            }
        }
    }

    /// A cache has reached a version.
    ///
    /// - Parameter isGone: whether the cache does not hold an object of that key and identity any more.
    /// - Returns: the keys that have nothing left to wait for.
    mutating func observed(cache: Int, version: UInt64, isGone: (ObjectKey, String?) -> Bool) -> [Key] {
        var released: [Key] = []
        while let first = versions[cache]?.min, first.version <= version {
            versions[cache]?.removeMin()
            if meet(first.key, ticket: first.ticket) { released.append(first.key) }
        }
        if let waiting = gone[cache], !waiting.isEmpty {
            var left: [Gone] = []
            for one in waiting {
                if isGone(one.object, one.uid) {
                    if meet(one.key, ticket: one.ticket) { released.append(one.key) }
                } else if pending[one.key]?.ticket == one.ticket {
                    left.append(one)
                }
            }
            gone[cache] = left.isEmpty ? nil : left
        }
        return released
    }

    /// Ends waits that take too long, and forgets keys that have been overdue too long.
    ///
    /// - Returns: the keys that do not wait any more and are overdue now.
    mutating func expire(now: Duration) -> [Key] {
        var late: [Key] = []
        for (key, one) in pending where one.deadline <= now {
            if one.isOverdue {
                pending[key] = nil
            } else {
                pending[key]?.isOverdue = true
                pending[key]?.deadline = now + patience
                late.append(key)
            }
        }
        return late
    }

    private mutating func meet(_ key: Key, ticket: UInt64) -> Bool {
        guard var one = pending[key], one.ticket == ticket else { return false }
        one.count -= 1
        pending[key] = one.count == 0 ? nil : one
        return one.count == 0
    }
}
