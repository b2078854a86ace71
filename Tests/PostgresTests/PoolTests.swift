import Foundation
import LocalPostgres
import Logging
import Postgres
import Testing

@Suite struct PoolTests {
    private static let logger = Logger(label: "pool-tests")

    @Test func connectionsAreSharedAndBounded() async throws {
        try await withTestPool(options: PostgresPool.Options(maximumConnections: 3, acquireTimeout: .seconds(30))) { pool in
            let processes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<60 {
                    group.addTask { try #require(try await pool.first("select pg_backend_pid(), pg_sleep(0.005)")).decode(0, as: Int.self) }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect((1...3).contains(processes.count))
            #expect(pool.usage.connections <= 3)
        }
    }

    @Test func aWaiterGivesUpInTimeAndTheQueueIsBounded() async throws {
        let options = PostgresPool.Options(maximumConnections: 1, maximumWaiters: 1, acquireTimeout: .seconds(2))
        try await withTestPool(options: options) { pool in
            try await pool.withConnection { _ in
                let start = ContinuousClock.now
                let late = await #expect(throws: PostgresError.self) { try await pool.query("select 1") }
                #expect(late?.code == .acquireTimeout && late?.isUnavailable == true)
                #expect(.now - start >= .seconds(2))
                // Of two that wait at the same time, one finds the queue full.
                async let first = Self.code { try await pool.query("select 1") }
                async let second = Self.code { try await pool.query("select 1") }
                #expect(Set([await first, await second]) == [.acquireTimeout, .poolExhausted])
            }
            let found1 = try await pool.first("select 1")?.decode(0, as: Int.self)
            #expect(found1 == 1)
        }
    }

    @Test func aCancelledWaiterLeavesTheQueue() async throws {
        try await withTestPool(options: PostgresPool.Options(maximumConnections: 1, acquireTimeout: .seconds(30))) { pool in
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.query("select 1") }
                while pool.usage.waiting == 0 { await Task.yield() }
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
            }
            let found2 = try await pool.first("select 1")
            #expect(found2 != nil)
        }
    }

    @Test func aConnectionThatWasLeftInATransactionIsNotLentAgain() async throws {
        try await withTestPool(options: PostgresPool.Options(maximumConnections: 1)) { pool in
            let first = try await pool.withConnection { connection in
                try await connection.executeScript("begin")
                return connection.serverProcess
            }
            let second = try await pool.withConnection { connection in connection.serverProcess }
            #expect(first != second)
        }
    }

    @Test func aTerminatedConnectionIsReplaced() async throws {
        try await withTestPool(options: PostgresPool.Options(maximumConnections: 1)) { pool in
            let error = await #expect(throws: PostgresError.self) { try await pool.query("select pg_terminate_backend(pg_backend_pid())") }
            #expect(error?.isConnectionLost == true)
            let found3 = try await pool.first("select 1")?.decode(0, as: Int.self)
            #expect(found3 == 1)
        }
    }

    @Test func aShutDownPoolRefuses() async throws {
        try await withTestPool { pool in
            try await pool.execute("select 1")
            await pool.shutdown()
            let error = await #expect(throws: PostgresError.self) { try await pool.query("select 1") }
            #expect(error?.code == .poolClosed)
            #expect(pool.usage.connections == 0)
        }
    }

    @Test func aWrongPasswordFailsAtOnceAndAnUnreachableServerInTime() async throws {
        try await withTestDatabase { configuration in
            let wrong = PostgresConfiguration(
                host: "127.0.0.1",
                port: configuration.port ?? 0,
                user: "opencrane",
                password: "wrong",
                database: "postgres"
            )
            let refused = PostgresPool(configuration: wrong, options: .init(acquireTimeout: .seconds(30)), logger: Self.logger)
            let error = await #expect(throws: PostgresError.self) { try await refused.query("select 1") }
            #expect(error?.code == .connectionFailed && error?.sqlState == "28P01")
            #expect(error?.cause?.contains("password authentication failed") == true)
            let missing = PostgresPool(configuration: configuration.with(database: "nowhere"), logger: Self.logger)
            let found4 = await Self.sqlState { try await missing.query("select 1") }
            #expect(found4 == "3D000")
        }
        let nobody = PostgresConfiguration(host: "127.0.0.1", port: 1, user: "x", database: "x")
        let pool = PostgresPool(configuration: nobody, options: .init(acquireTimeout: .milliseconds(200)), logger: Self.logger)
        let health = await pool.health()
        #expect(!health.isReachable && health.error?.isUnavailable == true)
        #expect(health.latency < .seconds(5))
    }

    @Test func writesSurviveARestartOfTheServer() async throws {
        try await withPrivatePostgres(isDurable: true) { server in
            let pool = PostgresPool(
                configuration: try await server.configuration,
                options: .init(maximumConnections: 4, acquireTimeout: .seconds(60)),
                logger: Self.logger
            )
            try await pool.execute("create table counted (n bigint primary key)")
            let total = 400
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        for n in stride(from: worker, to: total, by: 4) { try await Self.insert(n, pool) }
                    }
                }
                group.addTask {
                    try await Self.waitForRows(50, pool)
                    try await server.restart()
                    try await Self.waitForRows(200, pool)
                    await server.crash()
                    try await server.start()
                }
                try await group.waitForAll()
            }
            let found5 = try await pool.first("select count(*) from counted")?.decode(0, as: Int.self)
            #expect(found5 == total)
            await pool.shutdown()
        }
    }

    private static func insert(_ n: Int, _ pool: PostgresPool) async throws {
        while true {
            do {
                try await pool.execute("insert into counted values (\(n)) on conflict do nothing")
                return
            } catch let error as PostgresError where error.isUnavailable {}
        }
    }

    private static func waitForRows(_ count: Int, _ pool: PostgresPool) async throws {
        while true {
            let found = try? await pool.first("select count(*) from counted")?.decode(0, as: Int.self)
            if let found, found >= count { return }
            try Task.checkCancellation()
        }
    }

    private static func code(_ body: () async throws -> PostgresRows) async -> PostgresError.Code? {
        do { _ = try await body() } catch { return (error as? PostgresError)?.code }
        return nil
    }

    private static func sqlState(_ body: () async throws -> PostgresRows) async -> String? {
        do { _ = try await body() } catch { return (error as? PostgresError)?.sqlState }
        return nil
    }
}
