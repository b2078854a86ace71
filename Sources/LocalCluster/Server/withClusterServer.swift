import Logging

/// Runs a server for the time of `body`, and stops it afterwards.
///
/// - Parameters:
///   - configuration: In memory and on a free port by default.
///   - logger: Errors only by default.
///   - body: Begins when the server answers.
/// - Throws: What the server's start or `body` throws.
public func withClusterServer<Result: Sendable>(
    _ configuration: ClusterServer.Configuration = ClusterServer.Configuration(),
    logger: Logger? = nil,
    _ body: @Sendable (ClusterServer) async throws -> Result
) async throws -> Result {
    var quiet = Logger(label: "local-cluster")
    quiet.logLevel = .error
    let server = try ClusterServer(configuration: configuration, logger: logger ?? quiet)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let result: Swift.Result<Result, any Error>
        do {
            try await server.waitUntilReady()
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        group.cancelAll()
        do {
            try await group.waitForAll()
        } catch {
            // What stopped the server early explains more than that it was not there.
            if case .failure(ClusterServerError.stopped) = result { throw error }
        }
        return try result.get()
    }
}
