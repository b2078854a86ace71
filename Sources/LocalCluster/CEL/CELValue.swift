import KubernetesModel

/// A value of the Common Expression Language.
enum CELValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// Nanoseconds since 1970.
    case timestamp(Int128)
    /// Nanoseconds.
    case duration(Int128)
    case list([CELValue])
    case map([CELValue: CELValue])
    case type(String)
    case quantity(Quantity)
    indirect case optional(CELValue?)

    /// The name of its type.
    var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .list: "list"
        case .map: "map"
        case .type: "type"
        case .quantity: "kubernetes.Quantity"
        case .optional: "optional_type"
        }
    }

    /// Equality of the language: numbers by value whatever their type, others only within their type.
    func equals(_ other: CELValue) -> Bool {
        switch (self, other) {
        case (.int, .uint), (.int, .double), (.uint, .int), (.uint, .double), (.double, .int), (.double, .uint):
            return compared(to: other) == 0
        case (.list(let a), .list(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
        case (.map(let a), .map(let b)): return a.count == b.count && a.allSatisfy { key, value in b[key].map(value.equals) ?? false }
        case (.quantity(let a), .quantity(let b)): return a.nanos == b.nanos
        default: return self == other
        }
    }

    /// Below zero, zero or above as this is less, equal or greater; `nil` when the values have no order.
    func compared(to other: CELValue) -> Int? {
        func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a == b ? 0 : 1 }
        switch (self, other) {
        case (.int(let a), .int(let b)): return order(a, b)
        case (.uint(let a), .uint(let b)): return order(a, b)
        case (.int(let a), .uint(let b)): return a < 0 ? -1 : order(UInt64(a), b)
        case (.uint(let a), .int(let b)): return b < 0 ? 1 : order(a, UInt64(b))
        case (.double(let a), .double(let b)): return a.isNaN || b.isNaN ? nil : order(a, b)
        case (.int(let a), .double(let b)): return b.isNaN ? nil : order(Double(a), b)
        case (.double(let a), .int(let b)): return a.isNaN ? nil : order(a, Double(b))
        case (.uint(let a), .double(let b)): return b.isNaN ? nil : order(Double(a), b)
        case (.double(let a), .uint(let b)): return a.isNaN ? nil : order(a, Double(b))
        case (.string(let a), .string(let b)): return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) ? -1 : a == b ? 0 : 1
        case (.bytes(let a), .bytes(let b)):
            return a.lexicographicallyPrecedes(b) ? -1 : a == b ? 0 : 1
        case (.bool(let a), .bool(let b)): return order(a ? 1 : 0, b ? 1 : 0)
        case (.timestamp(let a), .timestamp(let b)), (.duration(let a), .duration(let b)): return order(a, b)
        default: return nil
        }
    }
}
