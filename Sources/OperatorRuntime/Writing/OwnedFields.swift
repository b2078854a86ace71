import JSONValue

/// Compares what a field manager wants with what it owns (`managedFields`, KEP-555) and with what there is.
///
/// The structure of the owned fields tells which lists are maps, sets or atomic, so no schema is needed.
enum OwnedFields {
    /// The fields that a manager owns by server-side apply; `nil` when it owns none.
    static func fields(of manager: String, in managedFields: [JSON], subresource: String? = nil) -> JSON? {
        managedFields.first {
            $0["manager"]?.stringValue == manager && $0["operation"]?.stringValue == "Apply"
                && ($0["subresource"]?.stringValue ?? "") == (subresource ?? "")
        }?["fieldsV1"]
    }

    /// Whether applying an object would change nothing: the manager owns exactly the fields it names, and they have the values it wants.
    ///
    /// It may say no where the server would change nothing, as when the server wrote a default into an atomic list; never the other way
    /// round.
    static func isApplied(_ desired: JSON, live: JSON, owned: JSON) -> Bool {
        var desired = desired
        for member in ["apiVersion", "kind"] { desired[member] = nil }
        for member in ["name", "namespace", "managedFields", "resourceVersion", "uid", "generation", "creationTimestamp"] {
            desired[at: ["metadata", member]] = nil
        }
        if desired["metadata"]?.objectValue?.isEmpty == true { desired["metadata"] = nil }
        return matches(desired, live, owned)
    }

    private static func matches(_ desired: JSON, _ live: JSON, _ owned: JSON) -> Bool {
        let children = (owned.objectValue ?? [:]).filter { $0.key != "." }
        switch desired {
        case .object(let members) where !children.isEmpty:
            let wanted = members.filter { !$0.value.isNull }
            guard children.keys.allSatisfy({ $0.hasPrefix("f:") && wanted[String($0.dropFirst(2))] != nil }) else { return false }
            return wanted.allSatisfy { key, value in
                guard let child = children["f:" + key] else { return false }
                // The server remembers who owns a field that it does not store because it has the zero value (`omitempty`).
                guard let current = live[key] else { return isZero(value) }
                return matches(value, current, child)
            }
        case .array(let elements) where !children.isEmpty:
            guard elements.count == children.count, let current = live.arrayValue else { return false }
            return children.allSatisfy { key, child in
                if key.hasPrefix("v:") {
                    guard let value = try? JSON(parsing: String(key.dropFirst(2))) else { return false }
                    return elements.contains(value) && current.contains(value)
                }
                guard key.hasPrefix("k:"), let keys = (try? JSON(parsing: String(key.dropFirst(2))))?.objectValue,
                    let wanted = elements.first(where: { has($0, keys, lenient: true) }),
                    let present = current.first(where: { has($0, keys, lenient: false) })
                else { return false }
                return matches(wanted, present, child)
            }
        default: return withoutNulls(desired) == live
        }
    }

    /// Whether a value is what Go's `omitempty` leaves out.
    private static func isZero(_ json: JSON) -> Bool {
        switch json {
        case .bool(let value): !value
        case .integer(let value): value == 0
        case .string(let value): value.isEmpty
        case .array(let elements): elements.isEmpty
        default: false
        }
    }

    /// Whether an element of a list has key fields; a wanted one may leave those out that have defaults.
    private static func has(_ element: JSON, _ keys: [String: JSON], lenient: Bool) -> Bool {
        keys.allSatisfy { key, value in element[key].map { $0 == value } ?? lenient }
    }

    static func withoutNulls(_ json: JSON) -> JSON {
        switch json {
        case .object(let members): .object(members.filter { !$0.value.isNull }.mapValues(withoutNulls))
        case .array(let elements): .array(elements.map(withoutNulls))
        default: json
        }
    }

    /// The paths of objects in `desired` that are owned as one value: `fieldsV1` names them without members.
    static func atomicObjects(in desired: JSON, owned: JSON) -> Set<[String]> {
        var result: Set<[String]> = []
        func visit(_ desired: JSON, _ owned: JSON, _ path: [String]) {
            guard let members = desired.objectValue, let children = owned.objectValue else { return }
            for (key, value) in members {
                guard value.objectValue != nil, let child = children["f:" + key] else { continue }
                if child.objectValue?.isEmpty ?? true { result.insert(path + [key]) } else { visit(value, child, path + [key]) }
            }
        }
        visit(desired, owned, [])
        return result
    }

    /// The values that an object has where another one names values; lists are taken whole.
    ///
    /// - Parameter atomic: paths at which objects are taken whole too; see ``atomicObjects(in:owned:)``.
    static func projection(of live: JSON, on desired: JSON, atomic: Set<[String]> = []) -> JSON {
        func visit(_ live: JSON, _ desired: JSON, _ path: [String]) -> JSON {
            guard let wanted = desired.objectValue, let present = live.objectValue, !atomic.contains(path) else { return live }
            var result: [String: JSON] = [:]
            for (key, value) in wanted where !value.isNull { result[key] = present[key].map { visit($0, value, path + [key]) } }
            return .object(result)
        }
        return visit(live, desired, [])
    }
}
