import JSONValue

extension MergeSchema {
    /// What keeps a configuration from being applied: elements of keyed lists and sets that cannot be told apart. `nil` when nothing does.
    ///
    /// - Parameter path: where the value stands, as in `.spec.ports`.
    func ambiguity(in value: JSON, at path: String = "") -> String? {
        switch (self, value) {
        case (.map(let fields, let rest), .object(let members)):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if let found = (fields[name] ?? rest ?? .untyped).ambiguity(in: member, at: "\(path).\(name)") { return found }
            }
        case (.keyedList(let keys, let defaults, let element), .array(let items)):
            for (index, item) in items.enumerated() where item.objectValue != nil {
                guard let key = keys.first(where: { (item[$0] ?? .null).isNull && defaults[$0] == nil }) else { continue }
                return
                    "\(path): element \(index): associative list with keys has an element that omits key field \"\(key)\" (and doesn't have "
                    + "default value)"
            }
            if let twice = firstRepeated(items) { return "\(path): duplicate entries for key \(twice)" }
            for (place, item) in elements(of: items) {
                if let found = element.ambiguity(in: item, at: path + place.rendered) { return found }
            }
        case (.set, .array(let items)):
            if let twice = firstRepeated(items) { return "\(path): duplicate entries for key \(twice)" }
        default: return nil
        }
        return nil
    }

    private func firstRepeated(_ items: [JSON]) -> String? {
        var seen: Set<FieldPathElement> = []
        return elements(of: items).first { !seen.insert($0.element).inserted }?.element.rendered
    }
}
