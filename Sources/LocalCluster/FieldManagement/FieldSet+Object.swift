import JSONValue

extension FieldSet {
    /// The fields that a configuration states: its plain values, its list elements, and what is empty.
    init(stated object: JSON, schema: MergeSchema) {
        self.init()
        var path: [FieldPathElement] = []
        state(object, schema, &path)
    }

    private mutating func state(_ value: JSON, _ schema: MergeSchema, _ path: inout [FieldPathElement]) {
        switch MergeShape(schema, value) {
        case .map:
            for (name, member) in value.objectValue ?? [:] {
                path.append(.field(name))
                state(member, schema.descend(.field(name)), &path)
                // A member of a map of any names is stated by being there; one of a typed object only by what it holds.
                if !schema.declares(name) || member.isNull || member.objectValue?.isEmpty == true { insert(path) }
                path.removeLast()
            }
        case .list:
            for (element, item) in schema.elements(of: value.arrayValue ?? []) {
                path.append(element)
                state(item, schema.descend(element), &path)
                insert(path)
                path.removeLast()
            }
        case .leaf:
            if Self.isUnsetContainer(value, schema) { return }
            insert(path)
        }
    }

    /// `null` where an object or list is wanted states nothing by itself.
    private static func isUnsetContainer(_ value: JSON, _ schema: MergeSchema) -> Bool {
        switch schema {
        case .map, .keyedList, .set: value.isNull
        default: false
        }
    }
}

extension JSON {
    /// The object without the fields of a set.
    func removing(_ fields: FieldSet, schema: MergeSchema) -> JSON {
        if fields.isEmpty { return self }
        switch MergeShape(schema, self) {
        case .map:
            var result: [String: JSON] = [:]
            for (name, member) in objectValue ?? [:] where !fields.members.contains(.field(name)) {
                result[name] = member.removing(fields.below(.field(name)), schema: schema.descend(.field(name)))
            }
            return .object(result)
        case .list:
            var result: [JSON] = []
            for (element, item) in schema.elements(of: arrayValue ?? []) where !fields.members.contains(element) {
                result.append(item.removing(fields.below(element), schema: schema.descend(element)))
            }
            return .array(result)
        case .leaf: return self
        }
    }

    /// The object with another laid over it: the other's plain values win, lists with keys and maps merge.
    func overlaid(by other: JSON?, schema: MergeSchema) -> JSON {
        guard let other else { return self }
        switch MergeShape(schema, self, other) {
        case .map where !self.isNull && !other.isNull:
            guard case .object(var members) = self, let over = other.objectValue else { return other }
            for (name, member) in over {
                members[name] = members[name]?.overlaid(by: member, schema: schema.descend(.field(name))) ?? member
            }
            return .object(members)
        case .list where !self.isNull && !other.isNull:
            return .array(Self.overlay(schema.elements(of: arrayValue ?? []), schema.elements(of: other.arrayValue ?? []), schema))
        default: return other
        }
    }

    private typealias Item = (element: FieldPathElement, value: JSON)

    /// The order of both lists is kept; where they disagree about elements of both, the applied list's order counts.
    private static func overlay(_ live: [Item], _ applied: [Item], _ schema: MergeSchema) -> [JSON] {
        let wanted = Set(applied.map(\.element))
        let present = Dictionary(live.map { ($0.element, $0.value) }, uniquingKeysWith: { first, _ in first })
        var result: [JSON] = []
        var emitted: Set<FieldPathElement> = []
        var left = live[...]
        func takeOwn() {
            // Elements that only the live object has keep their place before the next shared one.
            while let next = left.first {
                if wanted.contains(next.element) {
                    guard emitted.contains(next.element) else { return }
                } else {
                    result.append(next.value)
                }
                left = left.dropFirst()
            }
        }
        for item in applied where !emitted.contains(item.element) {
            takeOwn()
            emitted.insert(item.element)
            let own = present[item.element]
            result.append(own?.overlaid(by: item.value, schema: schema.descend(item.element)) ?? item.value)
        }
        takeOwn()
        return result
    }
}
