/// Why a selector of a query string cannot be read.
public struct SelectorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence for people.
    public var description: String

    init(_ description: String) { self.description = description }
}
