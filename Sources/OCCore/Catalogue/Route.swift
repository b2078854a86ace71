/// An operation of the API: a method, and a path with places for names, as in `GET /tenants/{name}`.
///
/// A path is below `/api/v1`, unless it begins with `/api/` or `/v1/`: then it is below the server's root, as the API's document has it.
public struct Route: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The HTTP method.
    public let method: String
    /// The path, with `{…}` where names go.
    public let path: String

    /// Reads `METHOD /path/{name}`.
    public init(stringLiteral text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        method = parts.first.map(String.init) ?? ""
        path = parts.count == 2 ? String(parts[1]) : ""
    }

    /// How many names the path takes.
    public var arity: Int { path.reduce(0) { $1 == "{" ? $0 + 1 : $0 } }

    /// The path with names in its places, escaped.
    func filled(_ names: some Collection<String>) -> String {
        var names = Array(names)[...]
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .map { part in part.first == "{" ? names.popFirst().map(APIClient.escape) ?? String(part) : String(part) }
            .joined(separator: "/")
    }

    public var description: String { "\(method) \(path)" }
}
