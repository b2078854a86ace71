import KubernetesModel

/// What values look like as text, and how large they are.
enum CELText {
    /// The text of a value as the conversion to a string gives it; `nil` when there is none.
    static func string(_ value: CELValue) -> String? {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .double(let number): double(number)
        case .bool(let truth): String(truth)
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        case .timestamp(let nanos): CELTimes.text(ofTimestamp: nanos)
        case .duration(let nanos): CELTimes.text(ofDuration: nanos)
        case .quantity(let quantity): quantity.description
        default: nil
        }
    }

    private static func double(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return String(number)
    }

    /// The number of characters, bytes, elements or members.
    static func size(_ value: CELValue) -> Int {
        switch value {
        case .string(let text): text.unicodeScalars.count
        case .bytes(let bytes): bytes.count
        case .list(let items): items.count
        case .map(let members): members.count
        default: 0
        }
    }

    /// A position in a list.
    static func index(_ value: CELValue) -> Int? {
        switch value {
        case .int(let number): Int(exactly: number)
        case .uint(let number): Int(exactly: number)
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }

    /// Whether it is the zero value of its type.
    static func isZero(_ value: CELValue) -> Bool {
        switch value {
        case .null, .bool(false), .int(0), .uint(0), .double(0), .string(""), .duration(0): true
        case .list(let items): items.isEmpty
        case .map(let members): members.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        default: false
        }
    }
}
