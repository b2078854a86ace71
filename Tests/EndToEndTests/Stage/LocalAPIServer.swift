import LocalCluster
import Logging
import NIOConcurrencyHelpers

/// LocalCluster on a port of its own, stopped and started at will.
final class LocalAPIServer: Sendable {
    private let port: Int
    private let dataDirectory: String?
    private let current = NIOLockedValueBox<Running?>(nil)

    private struct Running: Sendable {
        var server: ClusterServer
        var task: Task<Void, any Error>
    }

    /// Describes a server; ``start()`` starts it.
    ///
    /// - Parameter dataDirectory: where its objects are kept; `nil` keeps them in memory until it is stopped.
    init(dataDirectory: String?) throws {
        port = try freePort()
        self.dataDirectory = dataDirectory
    }

    /// The server that runs now.
    var server: ClusterServer {
        get throws {
            guard let running = current.withLockedValue({ $0 }) else { throw NotRunning() }
            return running.server
        }
    }

    /// Starts it and waits until it answers.
    func start() async throws {
        var configuration = ClusterServer.Configuration()
        configuration.port = port
        configuration.dataDirectory = dataDirectory
        // The programs have the rights that are shipped, and no others.
        configuration.authorization = .rbac
        var logger = Logger(label: "local-cluster")
        logger.logLevel = .warning
        let server = try ClusterServer(configuration: configuration, logger: logger)
        let task = Task { try await server.run() }
        current.withLockedValue { $0 = Running(server: server, task: task) }
        do {
            _ = try await server.waitUntilReady()
        } catch {
            // What ended the server says more than that it ended.
            try await task.value
            throw error
        }
    }

    /// Stops it; connections are closed.
    func stop() async {
        guard
            let running = current.withLockedValue({ value in
                defer { value = nil }
                return value
            })
        else { return }
        running.task.cancel()
        _ = await running.task.result
    }

    struct NotRunning: Error, CustomStringConvertible {
        let description = "The API server of the test is stopped"
    }
}
