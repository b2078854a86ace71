import Foundation
import NIOSSL

/// Where a gateway listens.
public struct GatewayEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// The port gateways listen on when nothing else is said.
    public static let defaultPort = 18_789

    /// A name or an address.
    public let host: String
    /// The port.
    public let port: Int
    /// Whether the socket is encrypted (`wss`).
    public let isSecure: Bool
    /// The path. Default: `/`.
    public let path: String
    /// The PEM of the authorities to trust; `nil` means the system's.
    public var certificateAuthority: String?

    /// An endpoint from its parts.
    public init(host: String, port: Int = defaultPort, isSecure: Bool = false, path: String = "/", certificateAuthority: String? = nil) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.path = path.isEmpty ? "/" : path
        self.certificateAuthority = certificateAuthority
    }

    /// An endpoint from a URL such as `ws://127.0.0.1:18789`.
    ///
    /// - Parameter url: its scheme is `ws` or `wss`. Credentials and queries have no place in it, for they end up in logs.
    /// - Throws: ``GatewayError`` `gateway_unreachable` when it is no such URL.
    public init(url: String) throws(GatewayError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), ["ws", "wss"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, parts.query == nil
        else { throw GatewayError(.unreachable, "The gateway's address is no ws:// or wss:// URL without credentials and query.") }
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.init(host: bare, port: parts.port ?? (scheme == "wss" ? 443 : Self.defaultPort), isSecure: scheme == "wss", path: parts.path)
    }

    /// The URL.
    public var url: String { "\(isSecure ? "wss" : "ws")://\(authority)\(path == "/" ? "" : path)" }

    /// The URL.
    public var description: String { url }

    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
