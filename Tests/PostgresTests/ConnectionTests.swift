import Foundation
import LocalPostgres
import Logging
import Postgres
import Testing

@Suite struct ConnectionTests {
    @Test func cancellingTheTaskCancelsTheStatementOnTheServer() async throws {
        try await withTestPool { pool in
            try await pool.withConnection { connection in
                let marker = "marker_\(connection.serverProcess)"
                let sleeper = Task { try await connection.query("select pg_sleep(60), \(unescaped: "'\(marker)'")") }
                try await Self.waitForRunning(connection.serverProcess, count: 1, pool)
                sleeper.cancel()
                await #expect(throws: CancellationError.self) { try await sleeper.value }
                try await Self.waitForRunning(connection.serverProcess, count: 0, pool)
                let found1 = try await connection.first("select 7")?.decode(0, as: Int.self)
                #expect(found1 == 7)
            }
        }
    }

    @Test func aCancellationAtAnyMomentEndsTheStatementAndLeavesTheConnectionGood() async throws {
        try await withTestPool { pool in
            try await pool.withConnection { connection in
                for delay in 0..<60 {
                    // A text of its own, so that the cancellation also meets the preparation.
                    let sleeper = Task { try await connection.query("select pg_sleep(60), \(unescaped: String(delay))") }
                    for _ in 0..<(delay * 20) { await Task.yield() }
                    sleeper.cancel()
                    let start = ContinuousClock.now
                    await #expect(throws: CancellationError.self) { try await sleeper.value }
                    #expect(.now - start < .seconds(4))
                }
                let found = try await connection.first("select 7")?.decode(0, as: Int.self)
                #expect(found == 7)
            }
        }
    }

    @Test func aStatementThatTakesTooLongIsCancelled() async throws {
        try await withTestPool { pool in
            try await pool.withConnection { connection in
                let start = ContinuousClock.now
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.query("select pg_sleep(60)", timeout: .milliseconds(100))
                }
                #expect(error?.code == .statementTimeout)
                #expect(.now - start < .seconds(10))
                let found2 = try await connection.first("select 7")?.decode(0, as: Int.self)
                #expect(found2 == 7)
            }
        }
    }

    @Test func statementsOfOneConnectionTakeTurns() async throws {
        try await withTestPool { pool in
            try await pool.withConnection { connection in
                let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                    for n in 1...50 { group.addTask { try #require(try await connection.first("select \(n)")).decode(0) } }
                    return try await group.reduce(0, +)
                }
                #expect(sum == 1275)
            }
        }
    }

    @Test func serverErrorsCarryTheirDetailsAndTheConnectionStaysGood() async throws {
        try await withTestPool { pool in
            try await pool.withConnection { connection in
                try await connection.executeScript("create table t (id int primary key, size int constraint positive check (size > 0))")
                try await connection.execute("insert into t values (1, 1)")
                let unique = await #expect(throws: PostgresError.self) { try await connection.execute("insert into t values (\(1), \(2))") }
                #expect(unique?.isUniqueViolation == true && unique?.constraint == "t_pkey" && unique?.detail?.contains("(1)") == true)
                let check = await #expect(throws: PostgresError.self) { try await connection.execute("insert into t values (\(2), \(-2))") }
                #expect(check?.isCheckViolation == true && check?.constraint == "positive")
                let syntax = await #expect(throws: PostgresError.self) { try await connection.query("selec 1") }
                #expect(syntax?.sqlState == "42601" && syntax?.isUnavailable == false)
                let found3 = try await connection.execute("update t set size = 5")
                #expect(found3 == 1)
            }
        }
    }

    @Test func aChangedTableDoesNotBreakPreparedStatements() async throws {
        try await withTestPool { pool in
            try await pool.withConnection { connection in
                try await connection.executeScript("create table t (a int); insert into t values (1)")
                let found4 = try await connection.query("select * from t").columns
                #expect(found4 == ["a"])
                try await connection.executeScript("alter table t add column b text default 'x'")
                let found5 = try await connection.query("select * from t").columns
                #expect(found5 == ["a", "b"])
                try await connection.executeScript("deallocate all")
                let found6 = try await connection.query("select * from t").count
                #expect(found6 == 1)
            }
        }
    }

    @Test func fewStatementsStayPrepared() async throws {
        try await withTestDatabase { configuration in
            let connection = try await PostgresConnection.connect(configuration, options: .init(preparedStatements: 3))
            for round in 0..<2 {
                for n in 0..<10 {
                    let row = try await connection.first("select \(unescaped: String(n)) + \(round)")
                    #expect(try row?.decode(0, as: Int.self) == n + round)
                }
            }
            // The count itself is one of them.
            let found7 = try await connection.first("select count(*) from pg_prepared_statements")?.decode(0, as: Int.self) ?? 9
            #expect(found7 <= 4)
            let none = try await PostgresConnection.connect(configuration, options: .init(preparedStatements: 0))
            let found8 = try await none.first("select \(5)")?.decode(0, as: Int.self)
            #expect(found8 == 5)
            let found9 = try await none.first("select count(*) from pg_prepared_statements")?.decode(0, as: Int.self)
            #expect(found9 == 0)
            await none.close()
            await connection.close()
        }
    }

    @Test func aPipelineIsOneTransactionAndReportsTheFirstError() async throws {
        try await withTestPool { pool in
            try await pool.execute("create table t (id int primary key, text text)")
            let inserts = (0..<500).map { n -> SQL in "insert into t values (\(n), \(String(repeating: "x", count: 2_000))) returning id" }
            let results = try await pool.pipeline(inserts + ["select count(*) from t"])
            #expect(results.count == 501)
            #expect(try results[7].first?.decode(0, as: Int.self) == 7)
            #expect(try results[500].first?.decode(0, as: Int.self) == 500)
            let error = await #expect(throws: PostgresError.self) {
                try await pool.pipeline(["insert into t values (\(1000), \("a"))", "insert into t values (\(1), \("b"))", "select \(1)"])
            }
            #expect(error?.isUniqueViolation == true)
            let found10 = try await pool.first("select count(*) from t")?.decode(0, as: Int.self)
            #expect(found10 == 500)
            let none = try await pool.pipeline([])
            #expect(none.isEmpty)
        }
    }

    @Test func bulkUpsertThroughUnnest() async throws {
        try await withTestPool { pool in
            try await pool.execute("create table t (id bigint primary key, name text)")
            let ids = Array(0..<5_000)
            let sql: SQL = """
                insert into t select * from unnest(\(ids), \(ids.map { "n\($0)" })) on conflict (id) do update set name = excluded.name
                """
            let found11 = try await pool.execute(sql)
            #expect(found11 == 5_000)
            let found12 = try await pool.execute(sql)
            #expect(found12 == 5_000)
            let found13 = try await pool.query("select id from t order by id").decode("id", as: Int.self)
            #expect(found13 == ids)
        }
    }

    @Test func configurationsAreReadAndPasswordsHidden() throws {
        let url = try PostgresConfiguration("postgres://ada:s%40cret@db.test:6432/crane?sslmode=require")
        #expect(url.host == "db.test" && url.port == 6432 && url.user == "ada" && url.database == "crane")
        #expect(!url.description.contains("cret") && !"\(url)".contains("cret"))
        let pairs = try PostgresConfiguration("host=/run/postgresql dbname=crane user=ada")
        #expect(pairs.host == "/run/postgresql" && pairs.with(database: "other").database == "other")
        let variables = try PostgresConfiguration(environment: ["PGHOST": "h", "PGUSER": "u", "PGDATABASE": "d", "PGPORT": "7"])
        #expect(variables.host == "h" && variables.port == 7 && variables.user == "u" && variables.database == "d")
        let wrong = #expect(throws: PostgresError.self) { try PostgresConfiguration("secret nonsense") }
        #expect(wrong?.code == .invalidConfiguration && wrong?.description.contains("secret") == false)
        #expect(throws: PostgresError.self) { try PostgresConfiguration(environment: [:]) }
        #expect(throws: PostgresError.self) { try PostgresConfiguration("  ") }
    }

    private static func waitForRunning(_ process: Int32, count: Int, _ pool: PostgresPool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let running = try await pool.first("select count(*) from pg_stat_activity where pid = \(process) and state = 'active'")
            if try running?.decode(0, as: Int.self) == count { return }
        }
        Issue.record("the server process \(process) never ran \(count) statements")
    }
}
