import HashTreeCollections
import KubernetesModel

/// The objects of a store at one moment. It does not change, and holding it costs only what changed in the store since.
public struct StoreSnapshot<Object: KubernetesObject>: Sendable {
    /// One object with what is needed to compare versions without decoding it again.
    final class Entry: Sendable {
        let object: Object
        let version: String
        let uid: String

        init(object: Object, version: String, uid: String) {
            self.object = object
            self.version = version
            self.uid = uid
        }
    }

    /// The version of the cluster that this state belongs to; `nil` before the first list.
    public internal(set) var resourceVersion: String?
    /// Whether a complete list has been stored.
    public internal(set) var hasSynced = false

    var entries = TreeDictionary<ObjectKey, Entry>()
    var indexed: [String: TreeDictionary<String, TreeSet<ObjectKey>>] = [:]
    let indexes: [StoreIndex<Object>]
    let keyForm: KeyForm?

    init(indexes: [StoreIndex<Object>], keyForm: KeyForm? = nil) {
        self.indexes = indexes
        self.keyForm = keyForm
        for index in indexes { indexed[index.name] = [:] }
    }

    /// How many objects there are.
    public var count: Int { entries.count }

    /// The object of a key; see ``Store/subscript(_:)`` for keys of the wrong form.
    public subscript(key: ObjectKey) -> Object? {
        guard let entry = entries[key] else {
            keyForm?.missed(key)
            return nil
        }
        return entry.object
    }

    /// All keys, in no order.
    public var keys: [ObjectKey] { Array(entries.keys) }

    /// All objects, in no order.
    public var objects: [Object] { entries.values.map(\.object) }

    /// The objects of a namespace. Quick when the store has the index ``StoreIndex/byNamespace``.
    public func objects(inNamespace namespace: String) -> [Object] {
        if indexed["namespace"] != nil { return objects(index: "namespace", value: namespace) }
        return entries.lazy.filter { $0.key.namespace == namespace }.map(\.value.object)
    }

    /// The objects that an index holds under a value, sorted by key; empty when the store has no such index.
    public func objects(index: String, value: String) -> [Object] {
        guard let keys = indexed[index]?[value] else { return [] }
        return keys.sorted().compactMap { entries[$0]?.object }
    }

    /// The objects whose labels match.
    public func objects(matching selector: LabelSelector) -> [Object] {
        entries.values.lazy.map(\.object).filter { selector.matches($0.metadata.labels) }
    }

    @discardableResult
    mutating func set(_ key: ObjectKey, _ entry: Entry) -> Entry? {
        let old = entries.updateValue(entry, forKey: key)
        if old !== entry { reindex(key, old: old?.object, new: entry.object) }
        return old
    }

    mutating func remove(_ key: ObjectKey) -> Entry? {
        guard let old = entries.removeValue(forKey: key) else { return nil }
        reindex(key, old: old.object, new: nil)
        return old
    }

    private mutating func reindex(_ key: ObjectKey, old: Object?, new: Object?) {
        for index in indexes {
            let before = old.map(index.values) ?? []
            let after = new.map(index.values) ?? []
            guard before != after else { continue }
            for value in before where !after.contains(value) {
                indexed[index.name]?[value]?.remove(key)
                if indexed[index.name]?[value]?.isEmpty == true { indexed[index.name]?[value] = nil }
            }
            for value in after where !before.contains(value) { indexed[index.name]?[value, default: []].insert(key) }
        }
    }
}
