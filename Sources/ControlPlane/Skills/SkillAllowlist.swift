import JSONValue

/// Which skills a tenant takes, as its `spec.skillAllowlist` says: the contract names no others, and no others are delivered. Pure.
struct SkillAllowlist: Sendable, Hashable {
    /// Names and ids; nil for all.
    private let listed: Set<String>?

    /// Reads a tenant's specification. A list that cannot be read allows nothing: it was to restrict.
    init(_ spec: JSON) {
        switch spec["skillAllowlist"] {
        case nil, .null?: listed = nil
        case let value?: listed = Set((value.arrayValue ?? []).compactMap(\.stringValue))
        }
    }

    /// Whether a skill is among them.
    func allows(name: String, id: String) -> Bool {
        guard let listed else { return true }
        return listed.contains(name) || listed.contains(id)
    }
}
