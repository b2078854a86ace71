import JSONValue

/// A set of fields of an object: what a manager owns, or what changed (`FieldsV1` of `managedFields`, KEP-555).
///
/// A tree: at each level the fields that are in the set themselves, and the sets below fields.
struct FieldSet: Sendable, Hashable {
    /// The fields of this level that are in the set.
    private(set) var members: Set<FieldPathElement> = []
    /// What is in the set below fields of this level; never an empty set.
    private(set) var children: [FieldPathElement: FieldSet] = [:]

    /// The empty set.
    init() {}

    /// Reads `fieldsV1`; entries that cannot be read are left out.
    init(fieldsV1 json: JSON) {
        for (key, value) in json.objectValue ?? [:] where key != "." {
            guard let element = FieldPathElement(serialized: key) else { continue }
            let below = FieldSet(fieldsV1: value)
            if value.objectValue?["."] != nil || below.isEmpty { members.insert(element) }
            if !below.isEmpty { children[element] = below }
        }
    }

    /// The serialised form.
    var fieldsV1: JSON {
        var result: [String: JSON] = [:]
        for element in members { result[element.serialized] = children[element] == nil ? [:] : [".": [:]] }
        for (element, below) in children {
            var value = below.fieldsV1
            if members.contains(element) { value["."] = [:] }
            result[element.serialized] = value
        }
        return .object(result)
    }

    /// Whether nothing is in the set.
    var isEmpty: Bool { members.isEmpty && children.isEmpty }

    /// Whether the field itself is in the set.
    func contains(_ path: some Collection<FieldPathElement>) -> Bool {
        guard let first = path.first else { return false }
        if path.count == 1 { return members.contains(first) }
        return children[first]?.contains(path.dropFirst()) ?? false
    }

    /// What is in the set below one field of the first level.
    func below(_ element: FieldPathElement) -> FieldSet { children[element] ?? FieldSet() }

    /// Adds a field.
    mutating func insert(_ path: some Collection<FieldPathElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            members.insert(first)
        } else {
            children[first, default: FieldSet()].insert(path.dropFirst())
        }
    }

    /// Sets what is below a field of the first level; an empty set is left out.
    mutating func setBelow(_ element: FieldPathElement, _ set: FieldSet) { children[element] = set.isEmpty ? nil : set }

    /// What is in either.
    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.members.formUnion(other.members)
        for (element, below) in other.children { result.children[element] = result.children[element]?.union(below) ?? below }
        return result
    }

    /// What is in both.
    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.intersection(other.members)
        for (element, below) in children {
            if let there = other.children[element] { result.setBelow(element, below.intersection(there)) }
        }
        return result
    }

    /// What is in this set and not in the other.
    func difference(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (element, below) in children {
            result.setBelow(element, other.children[element].map { below.difference($0) } ?? below)
        }
        return result
    }

    /// What is left when each field of the other set goes together with everything below it.
    func recursiveDifference(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (element, below) in children where !other.members.contains(element) {
            result.setBelow(element, other.children[element].map { below.recursiveDifference($0) } ?? below)
        }
        return result
    }

    /// The set with every named member of a typed object added that has something of the set below it.
    ///
    /// An owner of `spec.ports[name="http"]` implies `spec` and `spec.ports`, so that they go when all below them goes.
    func ensuringNamedMembers(_ schema: MergeSchema) -> FieldSet {
        var result = FieldSet()
        result.members = members
        for (element, below) in children {
            if case .field(let name) = element, schema.declares(name) { result.members.insert(element) }
            result.setBelow(element, below.ensuringNamedMembers(schema.descend(element)))
        }
        return result
    }

    /// Every field, in the order in which conflicts are reported: of each level first its own, then what is below.
    var paths: [[FieldPathElement]] {
        var result: [[FieldPathElement]] = members.sorted().map { [$0] }
        for element in children.keys.sorted() {
            result += below(element).paths.map { [element] + $0 }
        }
        return result
    }
}
