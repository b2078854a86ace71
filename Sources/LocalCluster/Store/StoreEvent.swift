/// One change of the store, as the history keeps it and watchers receive it.
struct StoreEvent: Sendable {
    enum Change: Sendable { case added, modified, deleted }

    var change: Change
    /// The new state; of a deletion the last state, with the revision of the deletion.
    var object: StoredObject
    /// The state before; nil when the object was created.
    var previous: StoredObject?

    var revision: Int64 { object.revision }
}
