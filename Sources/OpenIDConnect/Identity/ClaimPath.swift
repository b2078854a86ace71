import JSONValue

/// Where a claim is: its name, or the names of nested members with dots between, such as `realm_access.roles`.
///
/// A claim that bears the whole text as its name (`https://example.com/groups`) is found first.
public struct ClaimPath: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let text: String

    /// A path.
    public init(_ text: String) { self.text = text }

    /// A path.
    public init(stringLiteral value: String) { self.init(value) }

    /// The path as it was given.
    public var description: String { text }

    /// The value; `nil` when there is none.
    func value(in claims: JSON) -> JSON? {
        if let value = claims[text] { return value }
        let names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard names.count > 1 else { return nil }
        return Self.descend(claims, names[...])
    }

    /// Names may have dots themselves (`resource_access.my.client.roles`): the longest that fits is taken first.
    private static func descend(_ value: JSON, _ names: ArraySlice<String>) -> JSON? {
        if names.isEmpty { return value }
        guard value.objectValue != nil else { return nil }
        for length in (1...names.count).reversed() {
            guard let member = value[names.prefix(length).joined(separator: ".")] else { continue }
            if let found = descend(member, names.dropFirst(length)) { return found }
        }
        return nil
    }

    /// The texts of a list, or one text; sorted, each once. Anything else counts as none.
    func texts(in claims: JSON) -> [String] {
        switch value(in: claims) {
        case .string(let one): one.isEmpty ? [] : [one]
        case .array(let several): Set(several.compactMap(\.stringValue).filter { !$0.isEmpty }).sorted()
        default: []
        }
    }
}
