import JSONValue
import NIOConcurrencyHelpers

/// The store of a running server: the state behind a lock, the watchers that hear of its changes, and the disk.
final class ObjectStore: Sendable {
    private struct Shared: Sendable {
        var state: StoreState
        var watchers: [Int: WatchMailbox] = [:]
        var nextWatcher = 0
        var isClosed = false
    }

    /// A consistent list: the objects and the revision at which they were so.
    struct Snapshot: Sendable {
        var objects: [StoredObject]
        var revision: Int64
    }

    private let shared: NIOLockedValueBox<Shared>
    private let persistence: ObjectPersistence?

    init(state: StoreState, persistence: ObjectPersistence?) {
        self.shared = NIOLockedValueBox(Shared(state: state))
        self.persistence = persistence
    }

    /// The present revision.
    var revision: Int64 { shared.withLockedValue { $0.state.revision } }

    func get(_ resource: String, _ key: StoreKey) -> StoredObject? {
        shared.withLockedValue { $0.state[resource].objects[key] }
    }

    /// The objects of one resource now, or at an earlier revision.
    func list(_ resource: String, namespace: String?, at revision: Int64? = nil) throws(StoreError) -> Snapshot {
        let (space, current) = shared.withLockedValue { ($0.state[resource], $0.state.revision) }
        guard let revision else { return Snapshot(objects: space.list(namespace: namespace), revision: current) }
        guard revision <= current else { throw .future(requested: revision, current: current) }
        return Snapshot(objects: try space.list(namespace: namespace, at: revision), revision: revision)
    }

    /// The revision of the latest change of any of some resources.
    func lastChange(of resources: [String]) -> Int64 {
        shared.withLockedValue { shared in resources.reduce(0) { max($0, shared.state[$1].lastChange) } }
    }

    /// The number of objects of every resource that has any.
    func counts() -> [String: Int] {
        shared.withLockedValue { shared in
            Dictionary(shared.state.resources.map { ($0, shared.state[$0].count) }, uniquingKeysWith: { $1 })
        }
    }

    /// Writes one object made from the state at revision `expected` (nil: a new one), and returns when it is on disk.
    func put(_ json: JSON, resource: String, key: StoreKey, expected: Int64?) async throws -> StoredObject {
        let event: StoreEvent
        do throws(StoreError) {
            event = try commit { state throws(StoreError) in
                try state.put(json, resource: resource, key: key, expected: expected)
            }
        } catch {
            if case .tooLarge = error { throw APIError.unclassified("etcdserver: request is too large") }
            throw error
        }
        try await persistence?.flush(upTo: event.revision)
        return event.object
    }

    /// Removes one object whose revision is `expected`; `last` is the state that watchers are told.
    @discardableResult
    func delete(resource: String, key: StoreKey, expected: Int64, last: JSON? = nil) async throws -> StoredObject {
        let event = try commit { state throws(StoreError) in
            try state.delete(resource: resource, key: key, expected: expected, last: last)
        }
        try await persistence?.flush(upTo: event.revision)
        return event.object
    }

    /// Forgets the history up to now.
    func compact() {
        shared.withLockedValue { $0.state.compact() }
    }

    private func commit(_ change: (inout StoreState) throws(StoreError) -> StoreEvent) throws(StoreError) -> StoreEvent {
        let result = shared.withLockedValue { shared -> Result<StoreEvent, StoreError> in
            do throws(StoreError) {
                let event = try change(&shared.state)
                persistence?.enqueue(event)
                for watcher in shared.watchers.values { watcher.deliver(event) }
                return .success(event)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension ObjectStore {
    /// Starts a watch.
    ///
    /// - Parameters:
    ///   - resource: Whose changes; nil for all resources.
    ///   - after: Changes after this revision; nil: the present objects come first, as additions.
    ///   - limit: How many changes may wait for the reader before the watch is ended.
    func watch(_ resource: String?, namespace: String?, after revision: Int64?, limit: Int = 10_000) throws(StoreError) -> WatchMailbox {
        let result = shared.withLockedValue { shared -> Result<WatchMailbox, StoreError> in
            var events: [StoreEvent] = []
            if let revision, let resource {
                do throws(StoreError) {
                    events = try shared.state[resource].changes(after: revision)
                } catch {
                    return .failure(error)
                }
                if let namespace { events.removeAll { $0.object.key.namespace != namespace } }
            } else if revision == nil {
                for name in resource.map({ [$0] }) ?? shared.state.resources {
                    events += shared.state[name].list(namespace: namespace).map { StoreEvent(change: .added, object: $0, previous: nil) }
                }
            }
            let mailbox = WatchMailbox(
                id: shared.nextWatcher,
                resource: resource,
                namespace: namespace,
                after: revision,
                initial: events,
                started: shared.state.revision,
                limit: limit
            )
            shared.nextWatcher += 1
            if shared.isClosed { mailbox.end(.shutdown) } else { shared.watchers[mailbox.id] = mailbox }
            return .success(mailbox)
        }
        return try result.get()
    }

    func remove(_ mailbox: WatchMailbox) {
        shared.withLockedValue { _ = $0.watchers.removeValue(forKey: mailbox.id) }
    }

    /// The present revision if the reader of this mailbox has taken everything: what a bookmark may say.
    func revision(ifCaughtUp mailbox: WatchMailbox) -> Int64? {
        shared.withLockedValue { mailbox.isEmpty ? $0.state.revision : nil }
    }

    /// Wakes the watches whose time for a bookmark or for their end has come.
    func tick(_ now: ContinuousClock.Instant) {
        for watcher in shared.withLockedValue({ Array($0.watchers.values) }) { watcher.wake(at: now) }
    }

    /// Ends the watches that `selected` names.
    func endWatches(_ reason: WatchMailbox.End, where selected: (String?) -> Bool = { _ in true }) {
        let watchers = shared.withLockedValue { shared in
            if reason == .shutdown { shared.isClosed = true }
            return shared.watchers.values.filter { selected($0.resource) }
        }
        for watcher in watchers { watcher.end(reason) }
    }

    /// The number of open watches.
    var watchCount: Int { shared.withLockedValue { $0.watchers.count } }

    /// Writes what is waiting to disk and marks the file as closed.
    func close() async throws {
        try await persistence?.close()
    }
}
