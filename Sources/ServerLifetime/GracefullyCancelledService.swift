import Logging
import ServiceLifecycle

/// A server whose cancellation is a graceful shutdown.
///
/// A server of SwiftNIO that is cancelled drops the connections that it has accepted and not looked at yet, and a dropped connection ends the
/// process (`Deinited NIOAsyncWriter without calling finish()`). Shut down gracefully it closes its door first and looks at each of them.
public struct GracefullyCancelledService: Service {
    private let base: any Service
    private let limit: Duration
    private let started: @Sendable () async -> Void
    private let logger: Logger

    /// Wraps a server.
    ///
    /// - Parameters:
    ///   - base: the server.
    ///   - limit: how long it may take to end when it is cancelled; then it is cancelled itself.
    ///   - started: returns when the server listens, or when it has ended without: before, it cannot be shut down.
    ///   - logger: takes the log of the shutdown.
    public init(_ base: any Service, within limit: Duration, started: @escaping @Sendable () async -> Void, logger: Logger) {
        self.base = base
        self.limit = limit
        self.started = started
        self.logger = logger
    }

    /// Runs the server until it ends by itself, is shut down or cancelled.
    public func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: base, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger
            )
        )
        // Not a child: a child would be cancelled with us. It is waited for all the same.
        let serving = Task { try await group.run() }
        let (limit, started) = (limit, started)
        try await withTaskCancellationHandler {
            try await serving.value
        } onCancel: {
            Task {
                await started()
                await group.triggerGracefulShutdown()
                try? await Task.sleep(for: limit)
                serving.cancel()
            }
        }
    }
}
