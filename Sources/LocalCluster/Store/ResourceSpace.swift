import DequeModule

/// The objects of one resource: their present state in key order, and the last changes, from which older states are rebuilt.
struct ResourceSpace: Sendable {
    private(set) var objects: [StoreKey: StoredObject] = [:]
    private var keys: [StoreKey] = []
    private var history: Deque<StoreEvent> = []
    /// Changes at or before this revision are no longer known one by one.
    private(set) var compacted: Int64
    /// The revision of the latest change.
    private(set) var lastChange: Int64 = 0

    init(compacted: Int64) {
        self.compacted = compacted
    }

    var count: Int { keys.count }

    /// Puts an object that was read from disk in place, without a change in the history.
    mutating func load(_ object: StoredObject) {
        if objects.updateValue(object, forKey: object.key) == nil { insert(object.key) }
        lastChange = max(lastChange, object.revision)
    }

    /// Records a change and drops the oldest ones over `limit`.
    mutating func apply(_ event: StoreEvent, limit: Int) {
        let key = event.object.key
        lastChange = event.revision
        switch event.change {
        case .added:
            objects[key] = event.object
            insert(key)
        case .modified:
            objects[key] = event.object
        case .deleted:
            objects[key] = nil
            let index = position(of: key)
            if index < keys.count, keys[index] == key { keys.remove(at: index) }
        }
        history.append(event)
        while history.count > limit, let dropped = history.popFirst() { compacted = dropped.revision }
    }

    /// Forgets the changes up to `revision`.
    mutating func compact(to revision: Int64) {
        while let first = history.first, first.revision <= revision { history.removeFirst() }
        compacted = max(compacted, revision)
    }

    /// The present objects in key order, of one namespace or of all.
    func list(namespace: String?) -> [StoredObject] {
        guard let namespace else { return keys.compactMap { objects[$0] } }
        var result: [StoredObject] = []
        var index = position(of: StoreKey(namespace: namespace, name: ""))
        while index < keys.count, keys[index].namespace == namespace {
            if let object = objects[keys[index]] { result.append(object) }
            index += 1
        }
        return result
    }

    /// The objects as they were at `revision`, in key order.
    func list(namespace: String?, at revision: Int64) throws(StoreError) -> [StoredObject] {
        guard revision >= compacted else { throw .expired(requested: revision, oldest: compacted) }
        guard let last = history.last, last.revision > revision else { return list(namespace: namespace) }
        var undone: [StoreKey: StoredObject?] = [:]
        for event in history.reversed() {
            guard event.revision > revision else { break }
            undone[event.object.key] = .some(event.previous)
        }
        var result: [StoredObject] = list(namespace: namespace).compactMap { object in
            guard let earlier = undone.removeValue(forKey: object.key) else { return object }
            return earlier
        }
        let gone = undone.compactMap { $0.value }.filter { namespace == nil || $0.key.namespace == namespace }
        if !gone.isEmpty {
            result.append(contentsOf: gone)
            result.sort { $0.key < $1.key }
        }
        return result
    }

    /// The changes after `revision`.
    func changes(after revision: Int64) throws(StoreError) -> [StoreEvent] {
        guard revision >= compacted else { throw .expired(requested: revision, oldest: compacted) }
        var low = 0
        var high = history.count
        while low < high {
            let middle = (low + high) / 2
            if history[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return Array(history[low...])
    }

    private func position(of key: StoreKey) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func insert(_ key: StoreKey) {
        if let last = keys.last, last < key { keys.append(key) } else { keys.insert(key, at: position(of: key)) }
    }
}
