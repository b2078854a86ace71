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
        var selection: CacheSelection

        /// What the cache must have seen to know of a write; `nil` when it knows, or will never hear of it.
        func requirement(for write: ObservedWrite) -> WriteGate<Key>.Requirement? {
            guard type == write.resourceType, namespace == nil || namespace == write.key.namespace else { return nil }
            if write.isDeletion {
                return isGone(write.key, write.uid) ? nil : .init(cache: id, what: .gone(write.key, uid: write.uid))
            }
            guard let version = write.resourceVersion.flatMap(UInt64.init), version > self.version else { return nil }
            // A cache of some objects hears of those it selects, and of those that leave the selection.
            guard write.object.map(selection.matches) == true || !isGone(write.key, nil) else { return nil }
            return .init(cache: id, what: .version(version))
        }
    }

    private struct State {
        var gate = WriteGate<Key>()
        var caches: [Cache] = []
        var held: Set<Key> = []
    }

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

    /// Whether caches have not seen all writes of a key, although it has waited for that.
    func isBehind(_ key: Key) -> Bool { state.withLockedValue { $0.gate.isBehind(key) } }

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
                    selection: CacheSelection(labels: informer.options.labelSelector, fields: informer.options.fieldSelector)
                )
            )
            return id
        }
        informer.addProgressHandler { [weak self] version, _ in
            guard let number = UInt64(version) else { return }
            self?.reached(cache: id, version: number)
        }
    }

    /// Holds a key back if a cache that should see one of its writes has not.
    ///
    /// - Returns: whether the key is held.
    func hold(_ key: Key, for writes: [ObservedWrite]) -> Bool {
        guard !writes.isEmpty else { return false }
        let isHeld = state.withLockedValue { state in
            var requirements: Set<WriteGate<Key>.Requirement> = []
            for write in writes { for cache in state.caches { cache.requirement(for: write).map { _ = requirements.insert($0) } } }
            guard !requirements.isEmpty else { return false }
            state.gate.hold(key, for: Array(requirements), until: time.now + timeout)
            state.held.insert(key)
            return true
        }
        if isHeld { somethingIsHeld.open() }
        return isHeld
    }

    private func reached(cache id: Int, version: UInt64) {
        let released = state.withLockedValue { state -> [Key] in
            // A relist of a restored cluster may go back.
            state.caches[id].version = version
            guard state.gate.count > 0 else { return [] }
            let released = state.gate.observed(cache: id, version: version, isGone: state.caches[id].isGone)
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
                let deadline = state.gate.nextDeadline
                if deadline == nil { somethingIsHeld.close() }
                return deadline
            }
            guard let deadline else { continue }
            // A key that begins to wait meanwhile is due in a whole timeout at the earliest; others may be overdue for longer.
            guard (try? await time.sleep(until: min(deadline, time.now + timeout))) != nil else { return }
            let late = state.withLockedValue { state in
                let late = state.gate.expire(now: time.now)
                state.held.subtract(late)
                return late
            }
            for key in late { release(key) }
            if !late.isEmpty { expired(late.count) }
        }
    }
}
