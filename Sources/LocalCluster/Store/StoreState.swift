import JSONValue

/// The whole store as a value: one counter of revisions over all resources, and the space of each.
struct StoreState: Sendable {
    /// The greatest object in bytes: etcd takes no greater request.
    static let objectLimit = 1536 * 1024

    private(set) var revision: Int64
    private var spaces: [String: ResourceSpace] = [:]
    private let historyLimit: Int
    /// Revisions up to this one were written by an earlier process; their changes are not known one by one.
    private let origin: Int64

    /// - Parameters:
    ///   - revision: The revision to go on from; 0 of a new store. Watches from before it are answered with "expired".
    ///   - historyLimit: How many changes of each resource are kept.
    init(revision: Int64, historyLimit: Int) {
        self.revision = max(revision, 1)
        self.origin = revision
        self.historyLimit = historyLimit
    }

    subscript(resource: String) -> ResourceSpace { spaces[resource] ?? ResourceSpace(compacted: origin) }

    var resources: [String] { Array(spaces.keys) }

    mutating func load(_ object: StoredObject) {
        spaces[object.resource, default: ResourceSpace(compacted: origin)].load(object)
    }

    /// Writes one object if its revision is the expected one.
    ///
    /// - Parameters:
    ///   - expected: The revision of the state that the new one was made from; nil: the object must not exist.
    mutating func put(_ json: JSON, resource: String, key: StoreKey, expected: Int64?) throws(StoreError) -> StoreEvent {
        let current = self[resource].objects[key]
        if let expected {
            guard let current else { throw .notFound }
            guard current.revision == expected else { throw .conflict(current: current) }
        } else if current != nil {
            throw .alreadyExists
        }
        let object = StoredObject(resource: resource, key: key, revision: revision + 1, json: json)
        guard object.body.count <= Self.objectLimit else { throw .tooLarge }
        return record(current == nil ? .added : .modified, object, previous: current)
    }

    /// Removes one object if its revision is the expected one. The event's object is `json` (or the last state) at the new revision.
    mutating func delete(resource: String, key: StoreKey, expected: Int64, last json: JSON?) throws(StoreError) -> StoreEvent {
        guard let current = self[resource].objects[key] else { throw .notFound }
        guard current.revision == expected else { throw .conflict(current: current) }
        let object = StoredObject(resource: resource, key: key, revision: revision + 1, json: json ?? current.json)
        return record(.deleted, object, previous: current)
    }

    /// Forgets all changes up to now: watches and pages from before are answered with "expired".
    mutating func compact() {
        for resource in spaces.keys { spaces[resource]?.compact(to: revision) }
    }

    private mutating func record(_ change: StoreEvent.Change, _ object: StoredObject, previous: StoredObject?) -> StoreEvent {
        revision = object.revision
        let event = StoreEvent(change: change, object: object, previous: previous)
        spaces[object.resource, default: ResourceSpace(compacted: origin)].apply(event, limit: historyLimit)
        return event
    }
}
