import JSONValue

/// How the values at and below a place of an object merge: the part of a type that server-side apply needs (KEP-555).
indirect enum MergeSchema: Sendable, Hashable {
    /// A plain value.
    case scalar
    /// An object or list that is one value to managers.
    case atomic
    /// An object whose members are managed each for itself: declared members, and the rest (`nil`: as `untyped`).
    case map(fields: [String: MergeSchema], element: MergeSchema?)
    /// A list whose elements are told apart by keys; `defaults` stand for keys that an element leaves out.
    case keyedList(keys: [String], defaults: [String: JSON], element: MergeSchema)
    /// A list of different plain values.
    case set
    /// Nothing is known: objects merge by member, lists are atomic.
    case untyped

    /// Whether a member of that name is declared.
    func declares(_ name: String) -> Bool {
        if case .map(let fields, _) = self { fields[name] != nil } else { false }
    }

    /// The schema one step further.
    func descend(_ element: FieldPathElement) -> MergeSchema {
        switch (self, element) {
        case (.map(let fields, let rest), .field(let name)): fields[name] ?? rest ?? .untyped
        case (.keyedList(_, _, let element), _): element
        case (.set, _): .scalar
        default: .untyped
        }
    }

    /// The path element of each element of a keyed list or set.
    func elements(of list: [JSON]) -> [(element: FieldPathElement, value: JSON)] {
        switch self {
        case .keyedList(let keys, let defaults, _):
            list.map { item in
                var values: [String: JSON] = [:]
                for key in keys { values[key] = item[key] ?? defaults[key] ?? .null }
                return (.key(values), item)
            }
        case .set: list.map { (.value($0), $0) }
        default: list.enumerated().map { (.index($0.offset), $0.element) }
        }
    }
}

/// What a value is to the merge: the schema decides, the value where nothing is known.
enum MergeShape {
    /// One value.
    case leaf
    /// Members.
    case map
    /// Elements with keys, or a set.
    case list

    /// The shape of one or both sides at a place; a value of another kind than the schema says is one value.
    init(_ schema: MergeSchema, _ sides: JSON?...) {
        let values = sides.compactMap { $0 }.filter { !$0.isNull }
        let allObjects = values.allSatisfy { $0.objectValue != nil }
        let allLists = values.allSatisfy { $0.arrayValue != nil }
        switch schema {
        case .map, .untyped: self = !values.isEmpty && allObjects ? .map : .leaf
        case .keyedList, .set: self = !values.isEmpty && allLists ? .list : .leaf
        case .scalar, .atomic: self = .leaf
        }
    }
}
