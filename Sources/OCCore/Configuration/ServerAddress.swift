import Foundation

/// The address of a control plane.
public struct ServerAddress: Sendable, Hashable {
    /// Scheme, host, port and the path of the API, without a slash at the end.
    public let base: String
    /// The address without the path of the API: the fleet's and the instances' paths are below it.
    public let root: String
    /// Whether a token sent there can be read on the way.
    public let isExposed: Bool

    /// Reads an address; the API's path is added unless it is there.
    ///
    /// - Throws: ``OCError`` (usage) when the text is no HTTP address or carries a password.
    public init(_ text: String) throws(OCError) {
        guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = components.host, !host.isEmpty, components.query == nil,
            components.fragment == nil
        else {
            throw OCError(
                .usage,
                code: "BAD_SERVER",
                "\"\(text)\" is not the address of a server: write for instance https://crane.example.com"
            )
        }
        guard components.user == nil, components.password == nil else {
            throw OCError(.usage, code: "BAD_SERVER", "The address of a server must not hold a password; run `oc login`")
        }
        var path = components.path
        while path.hasSuffix("/") { path.removeLast() }
        if !path.hasSuffix("/api/v1") { path += "/api/v1" }
        let port = components.port.map { ":\($0)" } ?? ""
        base = "\(scheme)://\(host)\(port)\(path)"
        root = String(base.dropLast("/api/v1".count))
        isExposed = scheme == "http" && !["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
    }
}
