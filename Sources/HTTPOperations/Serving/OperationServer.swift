import Hummingbird
import HummingbirdCore
import Logging
import NIOConcurrencyHelpers
import NIOCore
import ServerLifetime
import ServiceLifecycle

/// Serves surfaces over HTTP until cancelled or shut down. A shutdown lets requests in flight end, for a bounded time.
public final class OperationServer: Service {
    /// Where and how to listen.
    public struct Configuration: Sendable {
        /// Address to listen on.
        public var host: String
        /// Port to listen on; 0 for any free one.
        public var port: Int
        /// How long requests in flight may take after a shutdown has begun.
        public var shutdownDeadline: Duration
        /// Connections without traffic for this long are closed.
        public var idleTimeout: Duration
        /// Connections that take nothing of an answer for this long are closed.
        public var writeTimeout: Duration

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - host: address to listen on; default loopback.
        ///   - port: port; default 0, any free one.
        ///   - shutdownDeadline: how long requests in flight may take after a shutdown has begun; default 20 s.
        ///   - idleTimeout: after how long a silent connection is closed; default 75 s.
        ///   - writeTimeout: after how long a connection is closed that takes nothing of an answer; default 30 s.
        public init(
            host: String = "127.0.0.1",
            port: Int = 0,
            shutdownDeadline: Duration = .seconds(20),
            idleTimeout: Duration = .seconds(75),
            writeTimeout: Duration = .seconds(30)
        ) {
            self.host = host
            self.port = port
            self.shutdownDeadline = shutdownDeadline
            self.idleTimeout = idleTimeout
            self.writeTimeout = writeTimeout
        }
    }

    private enum State {
        case starting([CheckedContinuation<Int, any Error>])
        case listening(Int)
        case ended
    }

    private let configuration: Configuration
    private let responder: OperationResponder
    private let logger: Logger
    private let state = NIOLockedValueBox<State>(.starting([]))

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - responder: answers the requests.
    ///   - configuration: where and how to listen.
    ///   - logger: takes the access log.
    public init(responder: OperationResponder, configuration: Configuration, logger: Logger) {
        self.responder = responder
        self.configuration = configuration
        self.logger = logger
    }

    /// The application, for tests that need no socket.
    public var application: Application<OperationResponder> {
        let state = state
        let logger = logger
        let writeLimit = TimeAmount.nanoseconds(configuration.writeTimeout.nanoseconds)
        return Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [WriteDeadlineHandler(limit: writeLimit)],
                    idleTimeout: .nanoseconds(configuration.idleTimeout.nanoseconds)
                )
            ),
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                let waiting = state.withLockedValue { state -> [CheckedContinuation<Int, any Error>] in
                    guard case .starting(let waiting) = state else { return [] }
                    state = .listening(port)
                    return waiting
                }
                logger.info("listening", metadata: ["port": .stringConvertible(port)])
                for continuation in waiting { continuation.resume(returning: port) }
            },
            logger: logger
        )
    }

    /// Serves until cancelled or shut down.
    ///
    /// - Throws: what prevents listening, such as a port in use.
    public func run() async throws {
        defer { end() }
        let application = application
        let deadline = configuration.shutdownDeadline
        let serving = GracefullyCancelledService(
            application,
            within: .seconds(2),
            started: { [self] in _ = try? await waitUntilReady() },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serving.run() }
            group.addTask {
                // Ends only by the deadline: without a shutdown it waits until the group is cancelled.
                try? await gracefulShutdown()
                try? await Task.sleep(for: deadline)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Waits until the server listens.
    ///
    /// - Returns: its port.
    /// - Throws: ``ServerEnded`` when it ended before.
    public func waitUntilReady() async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLockedValue { state -> Result<Int, any Error>? in
                switch state {
                case .starting(let waiting):
                    state = .starting(waiting + [continuation])
                    return nil
                case .listening(let port): return .success(port)
                case .ended: return .failure(ServerEnded())
                }
            }
            if let result { continuation.resume(with: result) }
        }
    }

    private func end() {
        let waiting = state.withLockedValue { state -> [CheckedContinuation<Int, any Error>] in
            defer { state = .ended }
            if case .starting(let waiting) = state { return waiting }
            return []
        }
        for continuation in waiting { continuation.resume(throwing: ServerEnded()) }
    }
}

/// The server ended before it listened.
public struct ServerEnded: Error, CustomStringConvertible {
    /// Stable code.
    public let code = "SERVER_ENDED"
    public var description: String { "the server ended before it listened on its port" }
}
