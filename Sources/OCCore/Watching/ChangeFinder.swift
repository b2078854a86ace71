import JSONValue

/// Finds what differs between looks at a list.
struct ChangeFinder: Sendable {
    /// One difference.
    struct Change: Sendable, Hashable {
        var object: JSON
        /// Whether it is gone; the object is then as it was last seen.
        var isGone: Bool
    }

    private var known: [String: JSON] = [:]
    private let nameMember: String

    /// Begins with nothing.
    init(nameMember: String) { self.nameMember = nameMember }

    /// What is new, differs or is gone since the last look: the present ones in their order, then those that are gone by name.
    mutating func look(_ objects: [JSON]) -> [Change] {
        var changes: [Change] = []
        var present: [String: JSON] = [:]
        for object in objects {
            let name = object[nameMember]?.text() ?? ""
            present[name] = object
            if known[name] != object { changes.append(Change(object: object, isGone: false)) }
        }
        for (name, object) in known.sorted(by: { $0.key < $1.key }) where present[name] == nil {
            changes.append(Change(object: object, isGone: true))
        }
        known = present
        return changes
    }
}
