/// How the address of a client is found: that of the connection, or behind proxies what the outermost trusted one says.
public struct ClientAddresses: Sendable, Hashable {
    /// How many proxies stand before this server, each of which appends the address it was called from to `X-Forwarded-For`.
    public var trustedProxies: Int

    /// Makes a rule.
    ///
    /// - Parameter trustedProxies: how many proxies stand before this server; default 0, which lets nobody choose the own address.
    public init(trustedProxies: Int = 0) { self.trustedProxies = max(0, trustedProxies) }

    /// The address of a client.
    ///
    /// With fewer entries than proxies the request has come round a proxy: then only the connection can be believed.
    ///
    /// - Parameters:
    ///   - channel: address of the connection's other end.
    ///   - forwardedFor: values of `X-Forwarded-For`, in their order. Callers may put entries before those of the proxies.
    func client(channel: String?, forwardedFor: [String]) -> String? {
        guard trustedProxies > 0 else { return channel }
        let entries = forwardedFor.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard entries.count >= trustedProxies else { return channel }
        let entry = entries[entries.count - trustedProxies].filter { $0 != " " && $0 != "\t" }
        return entry.isEmpty || entry.utf8.count > 64 ? channel : String(entry)
    }
}
