import HeapModule
import KubernetesModel

/// Remembers which keys must wait until caches have seen their own writes. It has no clock and no threads.
///
/// A reconciler that reads a cache right after it wrote would see the state from before and do everything a second time. So a key that
/// wrote waits until every cache that follows what it wrote has reached the version of the write, or has lost the deleted object. Versions
/// are compared as numbers (KEP-5504). The wait is bounded, so that no key stands still for ever: after it the key is free but *overdue*,
/// which means that what caches say of it is older than its own writes. It is no longer overdue when the caches have caught up. Where they
/// never do, as after a backup was restored, it stays so for a second, much longer time, and until they have been listed anew since: a
/// cache that cannot be read, as after a permission was taken away, is not believed because time passes.
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

    /// What is left to be seen by one cache.
    private struct Missing: Sendable {
        var ticket: UInt64
        var count: Int
        /// Whether the cache was listed anew while the key was overdue.
        var isListed = false
    }

    private struct Pending: Sendable {
        var caches: [Int: Missing] = [:]
        /// When the wait is over, or when a list is believed if it is overdue; `nil` when only a list or the version is waited for.
        var deadline: Duration?
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

    /// How long a key is overdue before a list is believed that is older than its writes.
    private let patience: Duration

    /// - Parameter patience: how long a key is overdue before a list is believed that is older than its writes. Default: 10 min.
    init(patience: Duration = .seconds(600)) { self.patience = patience }

    /// How many keys wait or are overdue.
    var count: Int { pending.count }

    /// Whether caches have not seen all writes of a key.
    func isBehind(_ key: Key) -> Bool { pending[key] != nil }

    /// When something is to be done at the latest.
    var nextDeadline: Duration? { pending.values.compactMap(\.deadline).min() }

    /// A key has to wait for requirements that are not met yet. What it was overdue for it waits for as well.
    mutating func hold(_ key: Key, for requirements: [Requirement], until deadline: Duration) {
        guard !requirements.isEmpty else { return }
        var one = pending[key] ?? Pending()
        one.deadline = deadline
        one.isOverdue = false
        for requirement in requirements {
            var missing = one.caches[requirement.cache] ?? Missing(ticket: newTicket(), count: 0)
            missing.count += 1
            missing.isListed = false
            one.caches[requirement.cache] = missing
            let ticket = missing.ticket
            switch requirement.what {
            case .version(let version):
                versions[requirement.cache, default: Heap()].insert(Expected(version: version, key: key, ticket: ticket))
            case .gone(let object, let uid):
                gone[requirement.cache, default: []].append(Gone(object: object, uid: uid, key: key, ticket: ticket))
            }
        }
        pending[key] = one
    }

    private mutating func newTicket() -> UInt64 {
        nextTicket += 1
        return nextTicket
    }

    /// A cache has reached a version.
    ///
    /// - Parameters:
    ///   - isList: whether by a complete list.
    ///   - isGone: whether the cache does not hold an object of that key and identity any more.
    /// - Returns: the keys that have nothing left to wait for.
    mutating func observed(cache: Int, version: UInt64, isList: Bool = false, isGone: (ObjectKey, String?) -> Bool) -> [Key] {
        var released: [Key] = []
        while let first = versions[cache]?.min, first.version <= version {
            versions[cache]?.removeMin()
            if meet(first.key, cache, ticket: first.ticket) { released.append(first.key) }
        }
        if let waiting = gone[cache], !waiting.isEmpty {
            var left: [Gone] = []
            for one in waiting {
                if isGone(one.object, one.uid) {
                    if meet(one.key, cache, ticket: one.ticket) { released.append(one.key) }
                } else if pending[one.key]?.caches[cache]?.ticket == one.ticket {
                    left.append(one)
                }
            }
            gone[cache] = left.isEmpty ? nil : left
        }
        return isList ? released + listed(cache) : released
    }

    /// A cache was listed anew: what it still does not show of keys that are overdue has no version that it will reach soon.
    private mutating func listed(_ cache: Int) -> [Key] {
        var released: [Key] = []
        for (key, var one) in pending where one.isOverdue && one.caches[cache] != nil {
            if one.deadline == nil { one.caches[cache] = nil } else { one.caches[cache]?.isListed = true }
            pending[key] = one.caches.isEmpty ? nil : one
            if one.caches.isEmpty { released.append(key) }
        }
        return released
    }

    /// Ends waits that take too long, and forgets what caches that were listed since have not shown of keys that are overdue for too long.
    ///
    /// - Returns: the keys that do not wait any more and are overdue now.
    mutating func expire(now: Duration) -> [Key] {
        var late: [Key] = []
        for (key, one) in pending {
            guard let deadline = one.deadline, deadline <= now else { continue }
            if one.isOverdue {
                let blind = one.caches.filter { !$0.value.isListed }
                pending[key] = blind.isEmpty ? nil : Pending(caches: blind, deadline: nil, isOverdue: true)
            } else {
                pending[key]?.isOverdue = true
                pending[key]?.deadline = now + patience
                late.append(key)
            }
        }
        return late
    }

    private mutating func meet(_ key: Key, _ cache: Int, ticket: UInt64) -> Bool {
        guard var one = pending[key], var missing = one.caches[cache], missing.ticket == ticket else { return false }
        missing.count -= 1
        one.caches[cache] = missing.count == 0 ? nil : missing
        pending[key] = one.caches.isEmpty ? nil : one
        return one.caches.isEmpty
    }
}
