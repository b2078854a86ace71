import JSONValue

/// One step of the path to a field, as server-side apply names fields (KEP-555).
enum FieldPathElement: Sendable, Hashable {
    /// A member of an object: `f:name`.
    case field(String)
    /// The element of a keyed list, by the values of its keys: `k:{"name":"http"}`.
    case key([String: JSON])
    /// An element of a set: `v:"a"`.
    case value(JSON)
    /// An element of a list by position: `i:0`.
    case index(Int)

    /// Reads the serialised form; `nil` when it is none.
    init?(serialized text: String) {
        guard text.count > 1, text.dropFirst().first == ":" else { return nil }
        let rest = String(text.dropFirst(2))
        switch text.first {
        case "f": self = .field(rest)
        case "k":
            guard let keys = try? JSON(parsing: rest), case .object(let members) = keys else { return nil }
            self = .key(members)
        case "v":
            guard let value = try? JSON(parsing: rest) else { return nil }
            self = .value(value)
        case "i":
            guard let index = Int(rest) else { return nil }
            self = .index(index)
        default: return nil
        }
    }

    /// The form within `fieldsV1`.
    var serialized: String {
        switch self {
        case .field(let name): "f:\(name)"
        case .key(let keys): "k:\(JSON.object(keys).text())"
        case .value(let value): "v:\(value.text())"
        case .index(let index): "i:\(index)"
        }
    }

    /// The form within sentences: `.name`, `[name="http"]`, `[="a"]`, `[0]`.
    var rendered: String {
        switch self {
        case .field(let name): ".\(name)"
        case .key(let keys):
            "[" + keys.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text())" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(value.text())]"
        case .index(let index): "[\(index)]"
        }
    }
}

extension FieldPathElement: Comparable {
    private var rank: Int {
        switch self {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }

    /// Members first by name, then keyed elements, values, positions: the order in which conflicts are reported.
    static func < (left: FieldPathElement, right: FieldPathElement) -> Bool {
        switch (left, right) {
        case (.field(let a), .field(let b)): a < b
        case (.index(let a), .index(let b)): a < b
        case (.key, .key), (.value, .value): left.serialized < right.serialized
        default: left.rank < right.rank
        }
    }
}

extension [FieldPathElement] {
    /// The path within sentences: `.spec.ports[name="http"].port`.
    var rendered: String { map(\.rendered).joined() }
}
