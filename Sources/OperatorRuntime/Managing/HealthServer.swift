import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import Observability
import ServiceLifecycle

/// Answers `/healthz`, `/readyz`, `/workz` and `/metrics` on a port and a thread of its own, so that probes never wait behind the work.
///
/// `/healthz` says whether the process must be restarted, `/readyz` whether it is ready for work, `/workz` whether its work goes on; with
/// `/NAME` behind it one check is done. The text lists the checks; why one failed is in the log only. All but `/readyz` are answered
/// without any task, hence also while something blocks all threads that tasks share: then `/workz` fails and `/healthz` does not, because
/// a restart would only repeat what blocks.
public final class HealthServer: ServiceLifecycle.Service {
    /// Where it listens.
    public struct Address: Sendable, Hashable {
        /// The address of the interface.
        public var host: String
        /// The port; 0 for any free one.
        public var port: Int

        /// Makes an address. Default: all interfaces, port 8081.
        public init(host: String = "0.0.0.0", port: Int = 8081) {
            self.host = host
            self.port = port
        }
    }

    private let address: Address
    private let pages: HealthPages
    private let checks: HealthChecks
    private let boundPort = NIOLockedValueBox<Int?>(nil)
    private let bound = Latch()

    /// Makes a server.
    ///
    /// - Parameter registry: what `/metrics` shows; without one that path is not there.
    public init(address: Address, checks: HealthChecks, registry: PrometheusRegistry?, logger: Logger) {
        self.address = address
        self.checks = checks
        pages = HealthPages(checks: checks, registry: registry, logger: logger)
    }

    /// The port it listens on; `nil` before it does.
    public var port: Int? { boundPort.withLockedValue { $0 } }

    /// Returns the port once it listens.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilListening() async throws -> Int {
        try await bound.wait()
        return port ?? address.port
    }

    /// Serves until the task is cancelled or the service group shuts down.
    ///
    /// - Throws: when the port cannot be had.
    public func run() async throws {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: threads)
        } catch {
            try? await threads.shutdownGracefully()
            throw error
        }
        try? await threads.shutdownGracefully()
    }

    private func serve(on threads: MultiThreadedEventLoopGroup) async throws {
        let connections = ConnectionCount()
        let channel = try await ServerBootstrap(group: threads)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [pages] channel in
                channel.eventLoop.makeCompletedFuture {
                    try connections.enter(channel)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(60)))
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(HealthHandler(pages: pages))
                }
            }
            .bind(host: address.host, port: address.port).get()
        boundPort.withLockedValue { $0 = channel.localAddress?.port }
        bound.open()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.checks.runPulse() }
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
        try? await channel.close().get()
    }

    /// Bounds how many connections there are at once.
    private final class ConnectionCount: Sendable {
        private struct TooMany: Error {}
        private static let limit = 128
        private let count = NIOLockedValueBox(0)

        func enter(_ channel: any Channel) throws {
            try count.withLockedValue { count in
                guard count < Self.limit else { throw TooMany() }
                count += 1
            }
            channel.closeFuture.whenComplete { [count] _ in count.withLockedValue { $0 -= 1 } }
        }
    }
}
