/// Where a server listens.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    public var host: String
    public var port: Int

    /// The address of the API, e.g. `https://127.0.0.1:6443`.
    public var url: String { "https://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    public var description: String { url }
}
