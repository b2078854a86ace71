import JSONValue

/// Short ways to the members that every object has.
enum ObjectFields {
    static func labels(_ object: JSON) -> [String: String] {
        (object["metadata"]?["labels"]?.objectValue ?? [:]).compactMapValues { $0.stringValue }
    }

    static func name(_ object: JSON) -> String { object["metadata"]?["name"]?.stringValue ?? "" }

    static func namespace(_ object: JSON) -> String { object["metadata"]?["namespace"]?.stringValue ?? "" }

    static func uid(_ object: JSON) -> String { object["metadata"]?["uid"]?.stringValue ?? "" }

    static func finalizers(_ object: JSON) -> [String] {
        (object["metadata"]?["finalizers"]?.arrayValue ?? []).compactMap { $0.stringValue }
    }

    static func isDeleting(_ object: JSON) -> Bool { object["metadata"]?["deletionTimestamp"]?.stringValue != nil }

    static func resourceVersion(_ object: JSON) -> String? {
        guard let version = object["metadata"]?["resourceVersion"]?.stringValue, !version.isEmpty, version != "0" else { return nil }
        return version
    }

    static func generation(_ object: JSON) -> Int64 { object["metadata"]?["generation"]?.integerValue ?? 0 }

    static func ownerReferences(_ object: JSON) -> [JSON] { object["metadata"]?["ownerReferences"]?.arrayValue ?? [] }

    /// A field by its dotted path, as text: what a field selector compares.
    static func text(_ object: JSON, path: String) -> String {
        switch object[at: path.split(separator: ".").map(String.init)] {
        case .string(let value): value
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .bool(let value): String(value)
        default: ""
        }
    }
}

extension Dictionary where Key == String, Value == JSON {
    /// Sets a member unless it is empty (`""`, `[]`, `{}`, null): as Go's `omitempty` does.
    mutating func setUnlessEmpty(_ key: String, _ value: JSON?) {
        switch value {
        case nil, .null, .string(""), .array([]), .object([:]): self[key] = nil
        default: self[key] = value
        }
    }
}
