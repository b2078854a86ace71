/// The types of the Common Expression Language, as far as rules on objects need them.
indirect enum CELType: Sendable, Hashable {
    /// Known at evaluation only.
    case dyn
    case null, bool, int, uint, double, string, bytes, timestamp, duration, type, quantity
    /// Elements of one type.
    case list(CELType)
    /// Keys and values.
    case map(CELType, CELType)
    /// An object with declared members.
    case object([String: CELType])
    /// Perhaps a value.
    case optional(CELType)

    /// As in messages.
    var name: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .type: "type"
        case .quantity: "kubernetes.Quantity"
        case .list(let element): "list(\(element.name))"
        case .map(let key, let value): "map(\(key.name), \(value.name))"
        case .object: "object"
        case .optional(let wrapped): "optional_type(\(wrapped.name))"
        }
    }

    /// Whether values of both types may stand for each other.
    func accepts(_ other: CELType) -> Bool {
        switch (self, other) {
        case (.dyn, _), (_, .dyn): true
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)): a.accepts(b)
        case (.map(let a, let b), .map(let c, let d)): a.accepts(c) && b.accepts(d)
        // An object may be compared with null, and with a map in the text.
        case (.object, .null), (.null, .object), (.object, .map), (.map, .object), (.object, .object): true
        default: self == other
        }
    }

    /// The type of either of two values.
    func joined(_ other: CELType) -> CELType {
        if self == other { return self }
        switch (self, other) {
        case (.list(let a), .list(let b)): return .list(a.joined(b))
        case (.map(let a, let b), .map(let c, let d)): return .map(a.joined(c), b.joined(d))
        default: return .dyn
        }
    }
}
