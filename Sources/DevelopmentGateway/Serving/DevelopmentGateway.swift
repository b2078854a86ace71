import Foundation
import JSONValue
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import OpenClawGateway
import ServiceLifecycle

/// A gateway for development: the protocol of a real one over a real socket, with real files on disk, and agents that have no model behind them.
///
/// It keeps nothing in memory that matters: ended at any moment and started again in the same directory, it goes on where it was.
public final class DevelopmentGateway: Service, Sendable {
    private let configuration: DevelopmentGatewayConfiguration
    private let logger: Logger
    private let tls: NIOSSLContext?
    private let hub: GatewayHub
    private let core: GatewayCore
    private let bound: AsyncStream<Int>
    private let announce: AsyncStream<Int>.Continuation

    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
    private typealias Requests = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>
    private enum Upgrade: Sendable {
        case socket(Frames)
        case plain(Requests)
    }
    /// A connection whose first request has not come.
    private struct Pending: Sendable {
        var channel: any Channel
        var upgrade: EventLoopFuture<Upgrade>
    }

    /// A gateway; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: what it is started with.
    ///   - logger: for people.
    /// - Throws: when the state directory cannot be made, or the certificate cannot be used.
    public init(_ configuration: DevelopmentGatewayConfiguration, logger: Logger) throws {
        let time = GatewayTime.system
        let identifier: @Sendable () -> String = { UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "") }
        let disk = try GatewayDisk(stateDirectory: configuration.stateDirectory)
        self.configuration = configuration
        self.logger = logger
        tls = try configuration.tls.map { files in
            let certificates = try NIOSSLCertificate.fromPEMFile(files.certificateFile).map { NIOSSLCertificateSource.certificate($0) }
            let key = try NIOSSLPrivateKey(file: files.keyFile, format: .pem)
            return try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: certificates, privateKey: .privateKey(key)))
        }
        core = GatewayCore(
            configuration,
            disk: disk,
            elapsed: { time.now().elapsed },
            milliseconds: { time.now().milliseconds },
            identifier: identifier
        )
        hub = GatewayHub(
            core: core,
            configuration: configuration,
            elapsed: { time.now().elapsed },
            milliseconds: { time.now().milliseconds },
            identifier: identifier
        )
        (bound, announce) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(1))
    }

    /// The port it listens at; waits until it does, and is `nil` when that failed. For one caller.
    public func port() async -> Int? {
        for await port in bound { return port }
        return nil
    }

    /// Serves until the task is cancelled or the service is shut down.
    ///
    /// - Throws: when the port is taken.
    public func run() async throws {
        defer { announce.finish() }
        let server: NIOAsyncChannel<Pending, Never>
        let tls = tls
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture { Pending(channel: channel, upgrade: try Self.configure(channel, tls)) }
            }
        let port = server.channel.localAddress?.port ?? configuration.port
        announce.yield(port)
        await core.log("listening at \(configuration.host):\(port)")
        logger.info("The development gateway listens", metadata: ["address": "\(configuration.host):\(port)"])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await self.accept(server) } }
            group.addTask { await self.tick() }
            await group.next()
            group.cancelAll()
        }
    }

    private func tick() async {
        while !Task.isCancelled {
            do { try await ContinuousClock().sleep(for: configuration.tickInterval) } catch { return }
            await hub.tick()
        }
    }

    /// Serves connections until cancelled. Each one that was accepted is run to its end: a channel that is thrown away would end the process.
    private func accept(_ server: NIOAsyncChannel<Pending, Never>) async {
        let serving = Task {
            try? await server.executeThenClose { inbound in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await pending in inbound {
                        group.addTask { await self.serve(pending) }
                    }
                    await self.sayGoodbye()
                    group.cancelAll()
                }
            }
        }
        await withTaskCancellationHandler {
            await serving.value
        } onCancel: {
            // Ends the stream after what is in it, which a cancellation would not.
            server.channel.close(promise: nil)
        }
    }

    /// Tells everybody that the gateway goes away, and gives them a moment to hear it.
    private func sayGoodbye() async {
        await hub.tell(GatewayEvent(name: "shutdown", payload: ["reason": "stopped"]))
        await hub.closeAll(1001, "going away")
        for _ in 0..<50 where await !hub.isEmpty { try? await ContinuousClock().sleep(for: .milliseconds(10)) }
    }

    private func serve(_ pending: Pending) async {
        // A client may never send its request: only a closed channel ends the wait for it.
        let channel = pending.channel
        let limit = channel.eventLoop.scheduleTask(in: TimeAmount(ServerConnection.handshake)) { channel.close(promise: nil) }
        do {
            let upgrade = try await withTaskCancellationHandler {
                try await pending.upgrade.get()
            } onCancel: {
                channel.close(promise: nil)
            }
            limit.cancel()
            switch upgrade {
            case .socket(let channel): try await serve(channel)
            case .plain(let channel): try await serve(channel)
            }
        } catch {
            // A client that breaks its connection is no news to anybody else.
            logger.trace("A connection ended", metadata: ["error": "\(error)"])
        }
    }

    private func serve(_ channel: Frames) async throws {
        let address = channel.channel.remoteAddress
        let (outgoing, continuation) = AsyncStream.makeStream(of: Outgoing.self, bufferingPolicy: .bufferingOldest(GatewayHub.buffer))
        try await channel.executeThenClose { inbound, outbound in
            let id = await hub.opened(continuation, address: address?.ipAddress ?? "", isLoopback: Self.isLoopback(address))
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await Self.write(outgoing, outbound) }
                group.addTask { try? await self.read(inbound, outbound, id) }
                await group.next()
                group.cancelAll()
            }
            await hub.closed(id)
        }
    }

    private static func write(_ outgoing: AsyncStream<Outgoing>, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
        for await item in outgoing {
            switch item {
            case .text(let bytes): try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: bytes)))
            case .close(let code, let reason):
                var data = ByteBuffer(integer: code)
                data.writeString(String(reason.prefix(100)))
                try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
                return
            }
        }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>,
        _ id: Int
    ) async throws {
        for try await frame in inbound {
            switch frame.opcode {
            case .text: await hub.received(Array(buffer: frame.unmaskedData), from: id)
            case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            case .connectionClose:
                try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData))
                return
            default: break
            }
        }
    }

    private func serve(_ channel: Requests) async throws {
        let isLoopback = Self.isLoopback(channel.channel.remoteAddress)
        try await channel.executeThenClose { inbound, outbound in
            for try await part in inbound {
                guard case .head(let head) = part else { continue }
                let answer = ProbeAnswer(method: head.method, path: head.uri, uptime: await hub.uptime, isLoopback: isLoopback)
                let body = ByteBuffer(bytes: answer.body.serialized())
                var headers: HTTPHeaders = [
                    "Content-Type": "application/json", "Content-Length": "\(body.readableBytes)", "Cache-Control": "no-store",
                    "Connection": "close",
                ]
                if let allow = answer.allow { headers.add(name: "Allow", value: allow) }
                try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)))
                if head.method != .HEAD { try await outbound.write(.body(body)) }
                try await outbound.write(.end(nil))
                return
            }
        }
    }

    private static func isLoopback(_ address: SocketAddress?) -> Bool {
        guard let ip = address?.ipAddress else { return false }
        return ip.hasPrefix("127.") || ip == "::1" || ip.hasPrefix("::ffff:127.")
    }

    private static func configure(_ channel: any Channel, _ tls: NIOSSLContext?) throws -> EventLoopFuture<Upgrade> {
        if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
        let upgrader = NIOTypedWebSocketServerUpgrader<Upgrade>(
            maxFrameSize: WebSocketTransport.largestMessage,
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 0,
                            maxAccumulatedFrameCount: 4096,
                            maxAccumulatedFrameSize: WebSocketTransport.largestMessage
                        )
                    )
                    return .socket(try Frames(wrappingChannelSynchronously: channel))
                }
            }
        )
        let configuration = NIOTypedHTTPServerUpgradeConfiguration<Upgrade>(
            upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HTTPByteBufferResponsePartHandler())
                    return .plain(try Requests(wrappingChannelSynchronously: channel))
                }
            }
        )
        return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
            configuration: .init(upgradeConfiguration: configuration)
        )
    }
}

/// Lets responses be written with plain buffers.
private final class HTTPByteBufferResponsePartHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: OutboundOut =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end(let trailers): .end(trailers)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}
