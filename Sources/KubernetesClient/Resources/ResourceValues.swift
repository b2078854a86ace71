import JSONValue
import KubernetesModel

/// Objects of one kind as they were at one version, or one page of them.
public struct ObjectList<Object: Sendable>: Sendable {
    /// The version, and the token of the next page.
    public var metadata: ListMeta
    /// The objects.
    public var items: [Object]

    /// Makes a list.
    public init(metadata: ListMeta, items: [Object]) {
        self.metadata = metadata
        self.items = items
    }
}

extension ObjectList: Equatable where Object: Equatable {}

/// A partial change of an object.
public enum Patch: Sendable, Hashable {
    /// RFC 7386: objects merge, `null` removes, all else replaces.
    case merge(JSON)
    /// RFC 6902: a list of operations.
    case json(JSON)
    /// Kubernetes' own, which knows lists by their keys; only for built-in kinds.
    case strategic(JSON)

    var contentType: String {
        switch self {
        case .merge: "application/merge-patch+json"
        case .json: "application/json-patch+json"
        case .strategic: "application/strategic-merge-patch+json"
        }
    }

    var body: JSON {
        switch self {
        case .merge(let json), .json(let json), .strategic(let json): json
        }
    }
}

/// How a deletion ended.
public enum Deletion<Object: Sendable>: Sendable {
    /// The server gave back the object: it goes once its finalizers or its grace period are done, or has just gone.
    case deleting(Object)
    /// The object is gone.
    case deleted(Status)
}

/// A write that an API server accepted, or may have accepted.
public struct ObservedWrite: Sendable, Hashable {
    /// The resource of the object.
    public var resourceType: ResourceType
    /// The object; its name is empty when nobody can tell which objects it concerned, as for a collection.
    public var key: ObjectKey
    /// The identity of the object, where the server told it.
    public var uid: String?
    /// The version after the write; `nil` when the object is gone.
    public var resourceVersion: String?
    /// Whether the object is gone.
    public var isDeletion: Bool
    /// The object after the write; `nil` when it is gone, or when the server answered with something else, as for a scale.
    public var object: JSON?
    /// Whether it is not known what the server did, because the answer was lost or does not tell; nothing but the resource and the key is
    /// known then.
    public var isUncertain = false
}

/// Lets a task see the writes that it and its child tasks do.
///
/// The operator runtime records them, so that an object is not reconciled again before its cache has seen them.
public enum WriteObservation {
    /// Called after each write that was stored, or whose answer does not tell whether it was. Must be quick.
    @TaskLocal public static var observer: (@Sendable (ObservedWrite) -> Void)?
}

/// Lets a task refuse the writes that it and its child tasks would do.
///
/// The operator runtime refuses those of reconciles that began under a leadership which is over.
public enum WriteFence {
    /// Called before each attempt of a request that is no read; what it throws ends the call and nothing is sent. Must be quick.
    @TaskLocal public static var check: (@Sendable () throws -> Void)?
}
