import Foundation
import Glibc
import LocalPostgres
import Logging
import Testing

@testable import Postgres

/// What callers of a pool see while PostgreSQL restarts or hangs.
@Suite struct OutageTests {
    private static let logger = Logger(label: "outage-tests")

    @Test func connectionsThatEndedWhileIdleAreNotLent() async throws {
        try await withTestDatabase { configuration in
            let pool = PostgresPool(configuration: configuration, options: .init(maximumConnections: 1), logger: Self.logger)
            let other = PostgresPool(configuration: configuration, options: .init(maximumConnections: 1), logger: Self.logger)
            for _ in 0..<20 {
                let process = try await pool.withConnection { $0.serverProcess }
                try await other.execute("select pg_terminate_backend(\(process)::integer, 5000)")
                let found = try await pool.first("select 1")?.decode(0, as: Int.self)
                #expect(found == 1)
            }
            await pool.shutdown()
            await other.shutdown()
        }
    }

    @Test func aReadIsRepeatedOnceOnAnotherConnection() async throws {
        try await withTestPool(options: .init(maximumConnections: 2)) { pool in
            // Ends its own connection the first time only: a sequence is not rolled back.
            try await pool.execute("create sequence tries")
            let sql: SQL = "select case when nextval('tries') = 1 then pg_terminate_backend(pg_backend_pid()) end, pg_sleep(0.01)"
            let rows = try await pool.reads.query(sql)
            #expect(rows.count == 1)
            await #expect(throws: PostgresError.self) { try await pool.reads.query("select pg_terminate_backend(pg_backend_pid())") }
        }
    }

    @Test func aServerThatHangsIsNoticedInTimeAndThenRefusedAtOnce() async throws {
        try await withPrivatePostgres { server in
            var options = PostgresPool.Options.serving()
            options.connection.statementTimeout = .milliseconds(400)
            options.connection.cancellationGrace = .milliseconds(300)
            options.connectTimeout = .milliseconds(500)
            let pool = PostgresPool(configuration: try await server.configuration, options: options, logger: Self.logger)
            let backend = try await pool.withConnection { $0.serverProcess }
            let postmaster = try Self.parent(of: backend)
            for process in [postmaster, backend] { #expect(kill(process, SIGSTOP) == 0) }
            let clock = ContinuousClock()
            var start = clock.now
            let first = await #expect(throws: PostgresError.self) { try await pool.query("select 1") }
            #expect(first?.code == .noAnswer && first?.isUnavailable == true)
            #expect(clock.now - start < .seconds(5))
            // One looks whether it is back; the others are refused meanwhile.
            start = clock.now
            try await withThrowingTaskGroup(of: PostgresError.Code?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do { _ = try await pool.query("select 1") } catch let error as PostgresError { return error.code }
                        return nil
                    }
                }
                for try await code in group { #expect(code == .connectionFailed) }
            }
            #expect(clock.now - start < .seconds(4))
            for process in [backend, postmaster] { #expect(kill(process, SIGCONT) == 0) }
            while (try? await pool.query("select 1")) == nil { try Task.checkCancellation() }
            await pool.shutdown()
        }
    }

    private static func parent(of process: Int32) throws -> Int32 {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("PPid:") })
        return try #require(Int32(line.dropFirst(5).trimmingCharacters(in: .whitespaces)))
    }

    @Test func whileTheServerIsDownOneCallerAtATimeTries() {
        var backoff = ConnectBackoff()
        let start = ContinuousClock.now
        var admitted = [backoff.admits(now: start), backoff.admits(now: start)]
        #expect(admitted == [true, true])
        backoff.failed(PostgresError(.connectTimeout, "m"), now: start, jitter: 0)
        let later = start + .seconds(3)
        admitted = [backoff.admits(now: start), backoff.admits(now: later), backoff.admits(now: later)]
        #expect(admitted == [false, true, false])
        backoff.abandoned()
        admitted = [backoff.admits(now: later)]
        #expect(admitted == [true])
        backoff.succeeded()
        admitted = [backoff.admits(now: later), backoff.admits(now: later)]
        #expect(admitted == [true, true])
    }
}
