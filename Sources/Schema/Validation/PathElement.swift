/// One step from a value to a part of it.
public enum PathElement: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A member of an object.
    case key(String)
    /// An element of an array.
    case index(Int)

    /// A member of an object.
    public init(stringLiteral value: String) { self = .key(value) }
    /// An element of an array.
    public init(integerLiteral value: Int) { self = .index(value) }
}

extension [PathElement] {
    /// The path as Kubernetes writes it: `spec.ports[0].name`; empty for the value itself.
    public var fieldPath: String {
        var text = ""
        for element in self {
            switch element {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    /// The path as a JSON pointer (RFC 6901).
    public var jsonPointer: String {
        map { element in
            switch element {
            case .key(let key):
                "/"
                    + key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                    .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
            case .index(let index): "/\(index)"
            }
        }.joined()
    }
}
