import KubernetesModel
import OpenClawGateway

/// A gateway to be watched: where it is, and how the platform proves itself.
struct GatewayTarget: Sendable, Hashable {
    /// A name or an address.
    var host: String
    /// The port.
    var port: Int
    /// The shared token.
    var token: String
    /// The 32 bytes of the platform's key.
    var device: [UInt8]

    /// The gateway of a machine.
    init(host: String, port: Int, token: String, device: [UInt8]) {
        self.host = host
        self.port = port
        self.token = token
        self.device = device
    }

    var endpoint: GatewayEndpoint { GatewayEndpoint(host: host, port: port) }

    /// Where it tells whether it lives.
    var probe: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/healthz" }
}

/// What is known of a gateway.
struct GatewayView: Sendable, Hashable {
    /// Whether it answers.
    var gateway: ProvisioningEvidence.Finding
    /// Its release.
    var version: String?
    /// The protocol version agreed on.
    var protocolVersion: Int?
    /// Its channels; `nil` when it could not tell.
    var channels: [ChannelAccount]?

    /// Whether the channels that are wanted work.
    ///
    /// - Parameter wanted: names of channels, as `discord`.
    func connectivity(_ wanted: [String]) -> ProvisioningEvidence.Finding {
        guard !wanted.isEmpty else { return .good("no channels are wanted") }
        guard let channels else { return .pending("the gateway has not told of its channels") }
        for name in wanted.sorted() {
            let accounts = channels.filter { $0.channel == name }
            if accounts.isEmpty { return .pending("channel \(name) is not there") }
            if let broken = accounts.first(where: { !$0.works }) {
                let error = broken.lastError.map { ": \($0.prefix(200))" } ?? ""
                return .pending("channel \(name) is not connected\(error)")
            }
        }
        return .good("all channels are connected")
    }
}
