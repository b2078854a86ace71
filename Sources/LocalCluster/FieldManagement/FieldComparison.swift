import JSONValue

/// Which fields differ between two states of an object.
struct FieldComparison {
    /// Fields that only the new state has.
    private(set) var added = FieldSet()
    /// Fields whose value differs.
    private(set) var modified = FieldSet()
    /// Fields that only the old state has.
    private(set) var removed = FieldSet()

    /// Compares.
    init(old: JSON, new: JSON, schema: MergeSchema) {
        var path: [FieldPathElement] = []
        walk(old, new, schema, &path)
    }

    /// Leaves out fields and everything below them.
    mutating func exclude(_ fields: FieldSet) {
        added = added.recursiveDifference(fields)
        modified = modified.recursiveDifference(fields)
        removed = removed.recursiveDifference(fields)
    }

    private mutating func walk(_ old: JSON?, _ new: JSON?, _ schema: MergeSchema, _ path: inout [FieldPathElement]) {
        switch MergeShape(schema, old, new) {
        case .map where !(Self.isEmpty(old) && Self.isEmpty(new)):
            let before = old?.objectValue ?? [:]
            let after = new?.objectValue ?? [:]
            for name in Set(before.keys).union(after.keys) {
                path.append(.field(name))
                walk(before[name], after[name], schema.descend(.field(name)), &path)
                path.removeLast()
            }
            noteContainer(old, new, path)
        case .list where !(Self.isEmpty(old) && Self.isEmpty(new)):
            let before = Self.grouped(old, schema)
            let after = Self.grouped(new, schema)
            for element in Set(before.keys).union(after.keys) {
                let left = before[element] ?? []
                let right = after[element] ?? []
                path.append(element)
                if left.count > 1 || right.count > 1 {
                    noteLeaf(left.isEmpty ? nil : .array(left), right.isEmpty ? nil : .array(right), path)
                } else {
                    walk(left.first, right.first, schema.descend(element), &path)
                }
                path.removeLast()
            }
            noteContainer(old, new, path)
        default: noteLeaf(old, new, path)
        }
    }

    private mutating func noteLeaf(_ old: JSON?, _ new: JSON?, _ path: [FieldPathElement]) {
        if old == nil {
            added.insert(path)
        } else if new == nil {
            removed.insert(path)
        } else if old != new {
            modified.insert(path)
        }
    }

    private mutating func noteContainer(_ old: JSON?, _ new: JSON?, _ path: [FieldPathElement]) {
        if old == nil { added.insert(path) } else if new == nil { removed.insert(path) }
    }

    private static func isEmpty(_ value: JSON?) -> Bool {
        switch value {
        case .object(let members): members.isEmpty
        case .array(let elements): elements.isEmpty
        default: true
        }
    }

    /// The elements by their keys; more than one where the list breaks its own rule.
    private static func grouped(_ list: JSON?, _ schema: MergeSchema) -> [FieldPathElement: [JSON]] {
        Dictionary(grouping: schema.elements(of: list?.arrayValue ?? []), by: \.element).mapValues { $0.map(\.value) }
    }
}
