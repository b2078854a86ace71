import HashTreeCollections
import KubernetesModel

/// Collects a full state beside the one that is in use, and tells what changed when it takes its place.
///
/// Objects whose version did not change are not decoded again but taken over, so that a relist of an unchanged cluster needs little more
/// memory than its keys.
struct SnapshotBuilder<Object: KubernetesObject>: Sendable {
    typealias Entry = StoreSnapshot<Object>.Entry

    private var entries: [ObjectKey: Entry] = [:]

    mutating func add(_ key: ObjectKey, _ entry: Entry) { entries[key] = entry }

    mutating func remove(_ key: ObjectKey) { entries[key] = nil }

    func contains(_ key: ObjectKey) -> Bool { entries[key] != nil }

    /// Puts the collected state in place.
    ///
    /// - Returns: the differences: deletions first, then additions and changes by key.
    func commit(to snapshot: inout StoreSnapshot<Object>, version: String) -> [InformerEvent<Object>] {
        var events: [InformerEvent<Object>] = []
        for key in snapshot.entries.keys.sorted() where entries[key] == nil {
            if let gone = snapshot.remove(key) { events.append(.deleted(gone.object)) }
        }
        let isInitial = !snapshot.hasSynced
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
            let old = snapshot.set(key, entry)
            switch old {
            case nil: events.append(.added(entry.object, isInitial: isInitial))
            case let old? where old.uid != entry.uid && !old.uid.isEmpty:
                // Deleted and made again in between: two objects that share a name.
                events.append(.deleted(old.object))
                events.append(.added(entry.object, isInitial: isInitial))
            case let old? where old !== entry: events.append(.updated(old: old.object, new: entry.object, isResync: false))
            default: continue
            }
        }
        snapshot.resourceVersion = version
        snapshot.hasSynced = true
        return events
    }
}
