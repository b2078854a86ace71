import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Sockets to gateways over TCP, with or without TLS (RFC 6455).
public struct WebSocketTransport: GatewayTransport {
    /// The largest message that is taken, in bytes, as the protocol's `maxPayload`.
    public static let largestMessage = 26_214_400

    /// How long connecting may take, with TLS and upgrade. Default: 10 seconds.
    public var connectTimeout: Duration = .seconds(10)
    /// How long the other side may take to answer a close before the socket is closed all the same. Default: 2 seconds.
    public var closeTimeout: Duration = .seconds(2)
    private let group: any EventLoopGroup

    /// A transport.
    ///
    /// - Parameter group: the threads to run on. Default: those that everybody shares.
    public init(group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) { self.group = group }

    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
    private struct Pending: Sendable {
        var channel: any Channel
        var upgrade: EventLoopFuture<Frames?>
    }

    /// Opens a socket; see ``GatewayTransport``.
    public func run(
        to endpoint: GatewayEndpoint,
        opened: @Sendable (any GatewayOutbound) async -> Void,
        received: @Sendable ([UInt8]) async -> Void
    ) async throws -> GatewayClosing {
        guard let channel = try await connect(to: endpoint) else {
            throw GatewayError(.unreachable, "What listens at \(endpoint) does not speak WebSocket.")
        }
        return try await channel.executeThenClose { inbound, outbound in
            let outbox = WebSocketOutbox(channel.channel, closeTimeout: closeTimeout)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                // A failed write shows as the end of what comes in.
                group.addTask { try? await outbox.drain(to: outbound) }
                defer { group.cancelAll() }
                await opened(outbox)
                return try await Self.read(inbound, outbox, received)
            }
        }
    }

    private static func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbox: WebSocketOutbox,
        _ received: @Sendable ([UInt8]) async -> Void
    ) async throws -> GatewayClosing {
        do {
            for try await frame in inbound {
                switch frame.opcode {
                case .text, .binary: await received(Array(buffer: frame.unmaskedData))
                case .ping: outbox.pong(frame.unmaskedData)
                case .connectionClose:
                    var data = frame.unmaskedData
                    let closing = GatewayClosing(code: data.readInteger(), reason: String(buffer: data))
                    outbox.close(code: closing.code ?? 1000, reason: "")
                    await outbox.ended()
                    return closing
                default: break
                }
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return GatewayClosing()
        }
        try Task.checkCancellation()
        return GatewayClosing()
    }

    /// A channel that is made has to be run: one that is thrown away would end the process.
    private func connect(to endpoint: GatewayEndpoint) async throws -> Frames? {
        let tls = try endpoint.isSecure ? Self.context(endpoint) : nil
        let doubts = TLSDoubts()
        let limit = TimeAmount(connectTimeout)
        do {
            try Task.checkCancellation()
            let pending = try await ClientBootstrap(group: group)
                .connectTimeout(limit)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connect(host: endpoint.host, port: endpoint.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        Pending(channel: channel, upgrade: try Self.configure(channel, endpoint, tls, doubts))
                    }
                }
            // The other side may never answer: only a closed channel ends the wait for it.
            let channel = pending.channel
            let end = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
            defer { end.cancel() }
            return try await withTaskCancellationHandler {
                try await pending.upgrade.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch let error as GatewayError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            try Task.checkCancellation()
            if let doubt = doubts.sentence ?? TLSDoubts.sentence(error) {
                throw GatewayError(.untrusted, "The certificate of \(endpoint) is not trusted: \(doubt).")
            }
            throw GatewayError(.unreachable, "There is no connection to \(endpoint): \(Self.reason(error)).")
        }
    }

    private static func context(_ endpoint: GatewayEndpoint) throws(GatewayError) -> NIOSSLContext {
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            if let pem = endpoint.certificateAuthority {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw GatewayError(.untrusted, "The certificate authority given for \(endpoint) is no certificate in PEM form.")
        }
    }

    private static func configure(
        _ channel: any Channel,
        _ endpoint: GatewayEndpoint,
        _ tls: NIOSSLContext?,
        _ doubts: TLSDoubts
    ) throws -> EventLoopFuture<Frames?> {
        let pipeline = channel.pipeline.syncOperations
        if let tls {
            // An address is no name a certificate can be asked for by; the certificate must be for the address then.
            let isAddress = (try? SocketAddress(ipAddress: endpoint.host, port: 0)) != nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : endpoint.host))
            try pipeline.addHandler(TLSDoubtHandler(doubts))
        }
        let upgrader = NIOTypedWebSocketClientUpgrader<Frames?>(
            maxFrameSize: largestMessage,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 0,
                            maxAccumulatedFrameCount: 4096,
                            maxAccumulatedFrameSize: largestMessage
                        )
                    )
                    return try Frames(wrappingChannelSynchronously: channel)
                }
            }
        )
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: endpoint.path, headers: ["Host": endpoint.authority])
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Frames?>(
            upgradeRequestHead: head,
            upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in channel.close().map { nil } }
        )
        var settings = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
        // A gateway speaks first: its challenge often comes together with the answer to the upgrade.
        settings.leftOverBytesStrategy = .forwardBytes
        return try pipeline.configureUpgradableHTTPClientPipeline(configuration: settings)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(describing: error)
        case is ChannelError: "it took too long or was closed"
        case is NIOSSLError: "TLS failed"
        default: "\(type(of: error))"
        }
    }
}
