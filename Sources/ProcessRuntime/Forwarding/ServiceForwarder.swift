import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Listens at a port of this machine and leads each connection to one of several places, in turn.
struct ServiceForwarder: Service {
    /// The places a connection may be led to now.
    typealias Targets = @Sendable () -> [(address: String, port: Int)]

    private let listener: any Channel

    /// The port it listens at.
    var port: Int { listener.localAddress?.port ?? 0 }

    /// Listens at a port of 127.0.0.1.
    ///
    /// - Throws: ``ProcessRuntimeError`` with the code `port_taken`.
    static func listen(port: Int, targets: @escaping Targets) async throws -> ServiceForwarder {
        let turn = Turn()
        do {
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in
                    let targets = targets()
                    let first = targets.isEmpty ? 0 : turn.next() % targets.count
                    return Self.connect(channel, to: Array(targets[first...] + targets[..<first])[...])
                }
                .bind(host: "127.0.0.1", port: port).get()
            return ServiceForwarder(listener: listener)
        } catch {
            throw ProcessRuntimeError(.portTaken, "The port \(port) of 127.0.0.1 cannot be listened at: \(error)")
        }
    }

    /// Leads connections on until the task is cancelled or the service group shuts down.
    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
        }
    }

    /// Connects to the first place that lets itself be connected to.
    private static func connect(_ client: any Channel, to targets: ArraySlice<(address: String, port: Int)>) -> EventLoopFuture<Void> {
        guard let target = targets.first else { return client.eventLoop.makeFailedFuture(ChannelError.eof) }
        return ClientBootstrap(group: client.eventLoop)
            .connectTimeout(.seconds(2))
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
            .connect(host: target.address, port: target.port)
            .flatMap { server in
                client.eventLoop.makeCompletedFuture {
                    try client.pipeline.syncOperations.addHandler(RelayHandler(other: server))
                    try server.pipeline.syncOperations.addHandler(RelayHandler(other: client))
                }
            }
            .flatMapError { _ in connect(client, to: targets.dropFirst()) }
    }
}
