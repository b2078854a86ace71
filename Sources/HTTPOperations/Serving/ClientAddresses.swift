import NIOCore

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

    /// What limits should count an address by: whoever has one address of IPv6 has a whole network of them, of 64 bits.
    ///
    /// - Parameter address: an address; anything else stands for itself.
    public static func network(of address: String) -> String {
        guard let parsed = try? SocketAddress(ipAddress: address, port: 0) else { return address }
        guard case .v6(let six) = parsed else { return parsed.ipAddress ?? address }
        // The address begins after family, port and flow label, on every platform (RFC 3493 section 3.3).
        let bytes = withUnsafeBytes(of: six.address) { Array($0.dropFirst(8).prefix(16)) }
        // ::ffff:a.b.c.d is an address of IPv4 (RFC 4291 section 2.5.5.2).
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes.suffix(4).map(String.init).joined(separator: ".")
        }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }
}
