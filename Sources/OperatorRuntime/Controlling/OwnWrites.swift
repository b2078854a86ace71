import HashTreeCollections
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers

/// Holds keys back until the caches of a controller have seen their writes: the shell of a ``WriteGate``.
final class OwnWrites<Key: Hashable & Sendable>: Sendable {
    private struct Cache: Sendable {
        var id: Int
        var type: ResourceType
        var namespace: String?
        /// The version the store has reached.
        var version: UInt64
        var isGone: @Sendable (ObjectKey, String?) -> Bool
        /// The version of an object as the cache shows it.
        var shown: @Sendable (ObjectKey) -> String?
        var selection: CacheSelection

        /// What the cache must have seen to know of a write; `nil` when it knows, or will never hear of it.
        func requirement(for write: ObservedWrite) -> WriteGate<Key>.Requirement? {
            guard isConcerned(by: write) else { return nil }
            if write.isDeletion {
                return isGone(write.key, write.uid) ? nil : .init(cache: id, what: .gone(write.key, uid: write.uid))
            }
            guard let version = write.resourceVersion.flatMap(UInt64.init), version > self.version else { return nil }
            // A cache of some objects hears of those it selects, and of those that leave the selection.
            guard write.object.map(selection.matches) == true || !isGone(write.key, nil) else { return nil }
            return .init(cache: id, what: .version(version))
        }

        func isConcerned(by write: ObservedWrite) -> Bool {
            type == write.resourceType && (namespace == nil || write.key.namespace == nil || namespace == write.key.namespace)
        }
    }

    /// A write of which nobody knows whether it was done.
    private struct Uncertain: Sendable {
        var cache: Int
        var object: ObjectKey
        /// The object's version in the cache when the answer was lost.
        var before: String?
        var deadline: Duration
    }

    /// What the caches must have reached before they show all that former leaders wrote.
    private struct Floor: Sendable {
        var version: UInt64
        var deadline: Duration
    }

    private struct State {
        var gate = WriteGate<Key>()
        var caches: [Cache] = []
        var held: Set<Key> = []
        var uncertain: [Key: [Uncertain]] = [:]
        /// By shard; -1 without shards.
        var floors: [Int: Floor] = [:]

        var nextDeadline: Duration? {
            let first = uncertain.values.lazy.flatMap { $0 }.map(\.deadline).min()
            return [gate.nextDeadline, first].compactMap { $0 }.min()
        }

        /// Each object is doubtful at most once for a key and a cache.
        mutating func doubt(_ key: Key, _ write: ObservedWrite, until deadline: Duration) {
            for cache in caches where cache.isConcerned(by: write) {
                uncertain[key]?.removeAll { $0.cache == cache.id && $0.object == write.key }
                let before = write.key.name.isEmpty ? nil : cache.shown(write.key)
                uncertain[key, default: []].append(Uncertain(cache: cache.id, object: write.key, before: before, deadline: deadline))
            }
        }
    }

    /// How long a write whose answer was lost makes a key's caches doubtful, if they never show it: servers work at a request for a minute at
    /// most, and a silent watch is found out in half of one.
    private static var uncertainty: Duration { .seconds(120) }
    /// How long a new leader waits for its caches to reach the version at which it took over. Versions of resources that are kept in
    /// another etcd may never get there.
    private static var takeover: Duration { .seconds(60) }

    private let state = NIOLockedValueBox(State())
    private let timeout: Duration
    private let time: TimeSource
    private let release: @Sendable (Key) -> Void
    private let somethingIsHeld = Latch()

    init(timeout: Duration, time: TimeSource, release: @escaping @Sendable (Key) -> Void) {
        self.timeout = timeout
        self.time = time
        self.release = release
    }

    var count: Int { state.withLockedValue { $0.held.count } }

    func isHolding(_ key: Key) -> Bool { state.withLockedValue { $0.held.contains(key) } }

    /// Whether caches may not have seen all writes of a key: those that it has waited for in vain, those whose answer was lost, and those of
    /// the leader before.
    func isBehind(_ key: Key, shard: Int? = nil) -> Bool {
        let now = time.now
        return state.withLockedValue { state in
            if let floor = state.floors[shard ?? -1] {
                if now < floor.deadline, state.caches.contains(where: { $0.version < floor.version }) { return true }
                state.floors[shard ?? -1] = nil
            }
            if let doubtful = state.uncertain[key] {
                let left = doubtful.filter { one in
                    guard now < one.deadline else { return false }
                    return one.object.name.isEmpty || state.caches[one.cache].shown(one.object) == one.before
                }
                state.uncertain[key] = left.isEmpty ? nil : left
            }
            return state.uncertain[key] != nil || state.gate.isBehind(key)
        }
    }

    /// This process has become the leader, by a write of the Lease that got a version: whatever the leader before wrote is older.
    func tookOver(shard: Int?, at version: String?) {
        let floor = version.flatMap(UInt64.init).map { Floor(version: $0, deadline: time.now + Self.takeover) }
        state.withLockedValue { $0.floors[shard ?? -1] = floor }
    }

    /// Follows how far an informer's store has come.
    func follow<Object: KubernetesObject>(_ informer: Informer<Object>) {
        let store = informer.store
        let id = state.withLockedValue { state in
            let id = state.caches.count
            state.caches.append(
                Cache(
                    id: id,
                    type: informer.resourceType,
                    namespace: informer.namespace,
                    version: 0,
                    isGone: { key, uid in
                        guard let object = store[key] else { return true }
                        return uid != nil && object.metadata.uid != uid
                    },
                    shown: { store.snapshot.entries[$0]?.version },
                    selection: CacheSelection(labels: informer.options.labelSelector, fields: informer.options.fieldSelector)
                )
            )
            return id
        }
        informer.addProgressHandler { [weak self] version, isList in
            guard let number = UInt64(version) else { return }
            self?.reached(cache: id, version: number, isList: isList)
        }
    }

    /// Holds a key back if a cache that should see one of its writes has not.
    ///
    /// - Returns: whether the key is held.
    func hold(_ key: Key, for writes: [ObservedWrite]) -> Bool {
        guard !writes.isEmpty else { return false }
        let now = time.now
        let (isHeld, isDoubtful) = state.withLockedValue { state in
            var requirements: Set<WriteGate<Key>.Requirement> = []
            for write in writes {
                if write.isUncertain {
                    state.doubt(key, write, until: now + Self.uncertainty)
                    continue
                }
                state.uncertain[key]?.removeAll { $0.object == write.key && state.caches[$0.cache].type == write.resourceType }
                for cache in state.caches { cache.requirement(for: write).map { _ = requirements.insert($0) } }
            }
            if state.uncertain[key]?.isEmpty == true { state.uncertain[key] = nil }
            let isDoubtful = state.uncertain[key] != nil
            guard !requirements.isEmpty else { return (false, isDoubtful) }
            state.gate.hold(key, for: Array(requirements), until: now + timeout)
            state.held.insert(key)
            return (true, isDoubtful)
        }
        if isHeld || isDoubtful { somethingIsHeld.open() }
        return isHeld
    }

    private func reached(cache id: Int, version: UInt64, isList: Bool) {
        let released = state.withLockedValue { state -> [Key] in
            // A relist of a restored cluster may go back.
            state.caches[id].version = version
            guard state.gate.count > 0 else { return [] }
            let released = state.gate.observed(cache: id, version: version, isList: isList, isGone: state.caches[id].isGone)
            state.held.subtract(released)
            return released
        }
        for key in released { release(key) }
    }

    /// Ends waits that take too long. One task runs this while the controller works, until it is cancelled.
    func runTimers(_ expired: @Sendable (Int) -> Void) async {
        while !Task.isCancelled {
            guard (try? await somethingIsHeld.wait()) != nil else { return }
            let deadline = state.withLockedValue { state -> Duration? in
                let deadline = state.nextDeadline
                if deadline == nil { somethingIsHeld.close() }
                return deadline
            }
            guard let deadline else { continue }
            // A key that begins to wait meanwhile is due in a whole timeout at the earliest; others may be overdue for longer. Without a
            // timeout they must not be looked at all the time.
            guard (try? await time.sleep(until: min(deadline, time.now + max(timeout, .seconds(1))))) != nil else { return }
            let late = state.withLockedValue { state in
                let now = time.now
                let late = state.gate.expire(now: now)
                state.held.subtract(late)
                // Each by itself: one that stayed past its deadline would be due for ever.
                for (key, doubtful) in state.uncertain where doubtful.contains(where: { $0.deadline <= now }) {
                    let left = doubtful.filter { $0.deadline > now }
                    state.uncertain[key] = left.isEmpty ? nil : left
                }
                return late
            }
            for key in late { release(key) }
            if !late.isEmpty { expired(late.count) }
        }
    }
}
