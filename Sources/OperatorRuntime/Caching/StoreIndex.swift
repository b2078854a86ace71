import KubernetesModel

/// A further way to find the objects of a store.
public struct StoreIndex<Object: KubernetesObject>: Sendable {
    /// The name by which it is asked.
    public var name: String
    /// The values under which an object is found. Must depend on the object only.
    public var values: @Sendable (Object) -> [String]

    /// Makes an index.
    public init(_ name: String, _ values: @escaping @Sendable (Object) -> [String]) {
        self.name = name
        self.values = values
    }

    /// By the namespace; named `namespace`.
    public static var byNamespace: StoreIndex { StoreIndex("namespace") { $0.key.namespace.map { [$0] } ?? [] } }

    /// By the identity (`uid`) of the owner that manages the object; named `owner`.
    public static var byOwner: StoreIndex { StoreIndex("owner") { $0.metadata.controller.map { [$0.uid] } ?? [] } }

    /// By the value of a label; named `label:` and the label's key.
    public static func byLabel(_ key: String) -> StoreIndex {
        StoreIndex("label:\(key)") { $0.metadata.labels[key].map { [$0] } ?? [] }
    }
}
