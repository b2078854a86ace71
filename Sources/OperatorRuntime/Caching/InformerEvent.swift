import KubernetesModel

/// What an informer learned.
public enum InformerEvent<Object: KubernetesObject>: Sendable {
    /// An object appeared; `isInitial` when it was there before the informer began, or when a handler was added later.
    case added(Object, isInitial: Bool)
    /// An object changed; `isResync` when it did not, and is only told again.
    case updated(old: Object, new: Object, isResync: Bool)
    /// An object went. Its last known state, which may be older than its last.
    case deleted(Object)

    /// The object as it is, or was last.
    public var object: Object {
        switch self {
        case .added(let object, _), .updated(_, let object, _), .deleted(let object): object
        }
    }

    /// The object's key.
    public var key: ObjectKey { object.key }

    /// Whether this is old news: told because somebody begins, not because something happened.
    public var isReplay: Bool {
        switch self {
        case .added(_, let isInitial): isInitial
        case .updated(_, _, let isResync): isResync
        case .deleted: false
        }
    }
}
