/// A URL that passed, with the one address to connect to. The name is not looked up again, so it cannot lead elsewhere by then.
public struct PinnedDestination: Sendable, Hashable, CustomStringConvertible {
    /// The URL. Its host is what TLS and the `Host` header name.
    public let url: OutboundURL
    /// Where to connect.
    public let address: IPAddress

    init(url: OutboundURL, address: IPAddress) {
        self.url = url
        self.address = address
    }

    /// The URL and the address; for logs.
    public var description: String { "\(url) at \(address)" }
}
