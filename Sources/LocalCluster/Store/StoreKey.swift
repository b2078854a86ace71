/// The key of one object within its resource: ordered by namespace, then name, as a list is.
struct StoreKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Empty for a cluster-scoped object.
    var namespace: String
    var name: String

    var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    static func < (left: StoreKey, right: StoreKey) -> Bool {
        left.namespace == right.namespace ? left.name < right.name : left.namespace < right.namespace
    }
}
