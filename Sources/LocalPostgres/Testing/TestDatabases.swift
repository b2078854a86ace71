import Foundation
import Logging
import Postgres

/// Runs a closure with a cluster of its own, for tests that stop or crash the server.
///
/// - Parameters:
///   - isDurable: whether what was committed survives `crash()`; default not, which is faster.
///   - body: uses the running server.
/// - Throws: what `body` throws; `LocalPostgresError`.
@discardableResult
nonisolated(nonsending) public func withPrivatePostgres<R>(
    isDurable: Bool = false,
    _ body: nonisolated(nonsending) (PrivatePostgres) async throws -> R
) async throws -> R {
    let server = PrivatePostgres(isDurable: isDurable)
    do {
        try await server.start()
        let result = try await body(server)
        await server.end()
        return result
    } catch {
        await server.end()
        throw error
    }
}

/// Runs a closure with an empty database of its own in the cluster that all tests of this process share.
///
/// - Parameter body: uses the database, which is dropped afterwards.
/// - Throws: what `body` throws; `LocalPostgresError`; `PostgresError`.
@discardableResult
nonisolated(nonsending) public func withTestDatabase<R>(
    _ body: nonisolated(nonsending) (PostgresConfiguration) async throws -> R
) async throws -> R {
    let administration = try await SharedCluster.shared.configuration()
    let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    try await run("create database \(SQL.quoted(identifier: name))", administration)
    let result: R
    do {
        result = try await body(administration.with(database: name))
    } catch {
        await drop(name, administration)
        throw error
    }
    await drop(name, administration)
    return result
}

/// Runs a closure with a pool on an empty database of its own; see `withTestDatabase`.
///
/// - Parameters:
///   - options: limits and times of the pool; by default four connections.
///   - body: uses the pool, which is shut down afterwards.
/// - Throws: what `body` throws; `LocalPostgresError`; `PostgresError`.
@discardableResult
nonisolated(nonsending) public func withTestPool<R>(
    options: PostgresPool.Options = PostgresPool.Options(maximumConnections: 4, acquireTimeout: .seconds(30), shutdownTimeout: .seconds(2)),
    _ body: nonisolated(nonsending) (PostgresPool) async throws -> R
) async throws -> R {
    try await withTestDatabase { configuration in
        let pool = PostgresPool(configuration: configuration, options: options, logger: Logger(label: "test-pool"))
        do {
            let result = try await body(pool)
            await pool.shutdown()
            return result
        } catch {
            await pool.shutdown()
            throw error
        }
    }
}

/// Drops a test's database. A failure leaves it to the end of the cluster, which is temporary.
private func drop(_ name: String, _ administration: PostgresConfiguration) async {
    // Not in the test's task, which may be cancelled.
    await Task { try? await run("drop database if exists \(SQL.quoted(identifier: name)) with (force)", administration) }.value
}

private func run(_ statement: String, _ configuration: PostgresConfiguration) async throws {
    let connection = try await PostgresConnection.connect(configuration, timeout: .seconds(30))
    do {
        try await connection.executeScript(statement, timeout: .seconds(60))
        await connection.close()
    } catch {
        await connection.close()
        throw error
    }
}

/// The cluster that all tests of this process share; started by the first of them, ended with the process.
private actor SharedCluster {
    static let shared = SharedCluster()

    private let server = PrivatePostgres(maximumConnections: 300)
    private var starting: Task<PostgresConfiguration, any Error>?

    func configuration() async throws -> PostgresConfiguration {
        if starting == nil {
            let server = server
            starting = Task {
                try await server.start()
                return try await server.configuration
            }
        }
        guard let starting else { throw LocalPostgresError(.startFailed, "The shared PostgreSQL is not running.") }
        return try await starting.value
    }
}
