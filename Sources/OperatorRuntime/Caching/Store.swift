import HashTreeCollections
import KubernetesModel
import NIOConcurrencyHelpers

/// The objects of a resource as an informer knows them. Anybody may read at any time; only the informer writes.
public final class Store<Object: KubernetesObject>: Sendable {
    private let state: NIOLockedValueBox<StoreSnapshot<Object>>

    /// Makes an empty store.
    public init(indexes: [StoreIndex<Object>] = []) { state = NIOLockedValueBox(StoreSnapshot(indexes: indexes)) }

    init(indexes: [StoreIndex<Object>], keyForm: KeyForm) {
        state = NIOLockedValueBox(StoreSnapshot(indexes: indexes, keyForm: keyForm))
    }

    /// All objects as of now, in constant time. Reads that belong together are done on one snapshot.
    public var snapshot: StoreSnapshot<Object> { state.withLockedValue { $0 } }

    /// The object of a key. The key of an object with a namespace names it; a key of the wrong form finds nothing, and an informer's store
    /// says so in the log, at `error`.
    public subscript(key: ObjectKey) -> Object? {
        let (entry, keyForm) = state.withLockedValue { ($0.entries[key], $0.keyForm) }
        if entry == nil { keyForm?.missed(key) }
        return entry?.object
    }

    /// How many objects there are.
    public var count: Int { state.withLockedValue { $0.count } }

    /// All objects, in no order.
    public var objects: [Object] { snapshot.objects }

    /// All keys, in no order.
    public var keys: [ObjectKey] { snapshot.keys }

    /// The objects of a namespace. Quick when the store has the index ``StoreIndex/byNamespace``.
    public func objects(inNamespace namespace: String) -> [Object] { snapshot.objects(inNamespace: namespace) }

    /// The objects that an index holds under a value, sorted by key; empty when the store has no such index.
    public func objects(index: String, value: String) -> [Object] { snapshot.objects(index: index, value: value) }

    /// The objects whose labels match.
    public func objects(matching selector: LabelSelector) -> [Object] { snapshot.objects(matching: selector) }

    /// The version of the cluster that the state belongs to; `nil` before the first list.
    public var resourceVersion: String? { state.withLockedValue { $0.resourceVersion } }

    /// Whether a complete list has been stored.
    public var hasSynced: Bool { state.withLockedValue { $0.hasSynced } }

    func update<Result>(_ body: (inout StoreSnapshot<Object>) -> Result) -> Result { state.withLockedValue(body) }
}
