import JSONValue

/// Who owns whom: from the uid of an owner to the objects that name it.
struct OwnerIndex: Sendable {
    /// One object of the store.
    struct Node: Sendable, Hashable {
        var resource: String
        var key: StoreKey
    }

    private var dependents: [String: Set<Node>] = [:]
    private(set) var known: Set<String> = []

    /// Takes a change of the store in.
    mutating func apply(_ event: StoreEvent) {
        let node = Node(resource: event.object.resource, key: event.object.key)
        let before = event.previous.map { Self.owners($0.json) } ?? []
        let after = event.change == .deleted ? [] : Self.owners(event.object.json)
        for uid in before.subtracting(after) {
            dependents[uid]?.remove(node)
            if dependents[uid]?.isEmpty ?? false { dependents[uid] = nil }
        }
        for uid in after { dependents[uid, default: []].insert(node) }
        if event.change == .deleted { known.remove(event.object.uid) } else { known.insert(event.object.uid) }
    }

    func dependents(of uid: String) -> [Node] { Array(dependents[uid] ?? []) }

    static func owners(_ object: JSON) -> Set<String> {
        Set(ObjectFields.ownerReferences(object).compactMap { $0["uid"]?.stringValue })
    }
}
