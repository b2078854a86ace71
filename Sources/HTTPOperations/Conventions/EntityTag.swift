import HTTPTypes

/// A strong entity tag (RFC 9110 section 8.8.3) and the conditions that name one.
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// The opaque text between the quotes.
    public let value: String

    /// Makes a tag.
    ///
    /// - Parameter value: opaque text; anything outside visible ASCII, and quotes, is dropped.
    public init(_ value: String) {
        self.value = String(String.UnicodeScalarView(value.unicodeScalars.filter { (0x21...0x7E).contains($0.value) && $0 != "\"" }))
    }

    /// As the `ETag` header writes it.
    public var description: String { "\"\(value)\"" }

    /// Whether this tag satisfies an `If-Match` header (strong comparison). Without the header: yes.
    public func matches(ifMatch header: String?) -> Bool {
        guard let header else { return true }
        return Self.contains(header, value, weak: false)
    }

    /// Whether an `If-None-Match` header names this tag (weak comparison), so that a read may answer 304.
    public func isNamed(ifNoneMatch header: String?) -> Bool {
        guard let header else { return false }
        return Self.contains(header, value, weak: true)
    }

    private static func contains(_ header: String, _ value: String, weak: Bool) -> Bool {
        header.split(separator: ",").contains { item in
            var text = item.drop { $0 == " " || $0 == "\t" }
            while text.last == " " || text.last == "\t" { text.removeLast() }
            if text == "*" { return true }
            if text.hasPrefix("W/") {
                guard weak else { return false }
                text = text.dropFirst(2)
            }
            guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return false }
            return text.dropFirst().dropLast() == value
        }
    }
}
