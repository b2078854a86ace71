/// A value that must not be seen in logs, errors, dumps or serialised output.
///
/// Whatever prints it, directly or as part of something larger, prints `<redacted>`, and it cannot be encoded. The value itself comes out
/// only through ``reveal()``, which is easy to find in review.
public struct Secret<Value: Sendable>: Sendable {
    private let hidden: @Sendable () -> Value

    /// Hides a value.
    public init(_ value: Value) {
        // Kept by a closure, so that reflection (`dump`, debuggers' summaries) finds no stored value to walk into.
        hidden = { value }
    }

    /// The value. Use it where it is needed and do not keep it.
    public func reveal() -> Value { hidden() }
}

/// A hidden text: a token, a password, a key in PEM.
public typealias SensitiveString = Secret<String>

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// Shows no children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Equatable where Value: Equatable {
    /// Compares the hidden values; not in constant time, so not for checking what a caller presents.
    public static func == (left: Secret, right: Secret) -> Bool { left.reveal() == right.reveal() }
}

extension Secret: Hashable where Value: Hashable {
    /// Hashes the hidden value.
    public func hash(into hasher: inout Hasher) { hasher.combine(reveal()) }
}

extension Secret: Decodable where Value: Decodable {
    /// Reads the value and hides it.
    public init(from decoder: any Decoder) throws { self.init(try Value(from: decoder)) }
}

extension Secret: ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral, ExpressibleByStringLiteral
where Value == String {
    /// Hides a literal; for tests and development defaults.
    public init(stringLiteral value: String) { self.init(value) }
}
