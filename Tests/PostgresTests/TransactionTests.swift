import LocalPostgres
import Postgres
import Testing

@Suite struct TransactionTests {
    private struct Refusal: Error {}

    @Test func commitAndRollback() async throws {
        try await withTestPool { pool in
            try await pool.execute("create table t (n int)")
            try await pool.withTransaction { tx in try await tx.execute("insert into t values (1)") }
            await #expect(throws: Refusal.self) {
                try await pool.withTransaction { tx in
                    try await tx.execute("insert into t values (2)")
                    throw Refusal()
                }
            }
            try await pool.withTransaction { tx in
                try await tx.execute("insert into t values (3)")
                await #expect(throws: PostgresError.self) {
                    try await tx.withSavepoint { try await tx.execute("insert into nowhere values (4)") }
                }
                try await tx.withSavepoint { try await tx.execute("insert into t values (5)") }
            }
            let found1 = try await pool.query("select n from t order by n").decode("n", as: Int.self)
            #expect(found1 == [1, 3, 5])
            let readOnly = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction(readOnly: true) { tx in try await tx.execute("insert into t values (6)") }
            }
            #expect(readOnly?.sqlState == "25006")
        }
    }

    @Test func aCancelledTransactionIsRolledBack() async throws {
        try await withTestPool { pool in
            try await pool.execute("create table t (n int)")
            let (started, signal) = AsyncStream<Void>.makeStream()
            let task = Task {
                try await pool.withTransaction { tx in
                    try await tx.execute("insert into t values (1)")
                    signal.finish()
                    try await tx.execute("select pg_sleep(60)")
                }
            }
            for await _ in started {}
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let found2 = try await pool.first("select count(*) from t")?.decode(0, as: Int.self)
            #expect(found2 == 0)
            // The locks are gone too.
            try await pool.execute("drop table t", timeout: .seconds(5))
        }
    }

    @Test("Nobody knows whether a transaction took effect whose commit was cut off by the server")
    func aCommitThatTheServerCutsOffIsUnknown() async throws {
        try await withTestPool { pool in
            // The trigger runs within COMMIT.
            let script = """
                create table t (n int);
                create function cut_off() returns trigger language plpgsql as $$
                begin
                    perform pg_terminate_backend(pg_backend_pid());
                    perform pg_sleep(60);
                    return null;
                end
                $$;
                create constraint trigger at_commit after insert on t deferrable initially deferred
                    for each row execute function cut_off();
                """
            try await pool.withConnection { try await $0.executeScript(script) }
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { tx in try await tx.execute("insert into t values (1)") }
            }
            #expect(error?.code == .commitUnknown && error?.isUnavailable == true)
        }
    }

    @Test func aSwallowedErrorDoesNotLookLikeACommit() async throws {
        try await withTestPool { pool in
            try await pool.execute("create table t (n int)")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { tx in
                    try await tx.execute("insert into t values (1)")
                    _ = try? await tx.execute("select 1/0")
                }
            }
            #expect(error?.code == .transactionFailed)
            let count = try await pool.first("select count(*) from t")?.decode(0, as: Int.self)
            #expect(count == 0)
        }
    }

    @Test func anEndedTransactionIsRefused() async throws {
        try await withTestPool { pool in
            let kept = try await pool.withTransaction { tx in tx }
            let error = await #expect(throws: PostgresError.self) { try await kept.query("select 1") }
            #expect(error?.code == .transactionEnded)
        }
    }

    @Test func serializationFailuresAreTriedAgain() async throws {
        try await withTestPool { pool in
            try await pool.execute("create table counter (n int)")
            try await pool.execute("insert into counter values (0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await pool.withTransaction(isolation: .serializable, retry: .serializationFailures(attempts: 100)) { tx in
                                let n = try #require(try await tx.first("select n from counter")).decode(0, as: Int.self)
                                try await tx.execute("update counter set n = \(n + 1)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let found3 = try await pool.first("select n from counter")?.decode(0, as: Int.self)
            #expect(found3 == 40)
        }
    }

    @Test func advisoryLocksExclude() async throws {
        try await withTestPool { pool in
            let lock = AdvisoryLock.named("test")
            try await pool.withAdvisoryLock(lock) { _ in
                try await pool.withConnection { other in
                    let found4 = try await other.tryLock(lock)
                    #expect(found4 == false)
                    let error = await #expect(throws: PostgresError.self) { try await other.lock(lock, timeout: .milliseconds(50)) }
                    #expect(error?.code == .lockTimeout)
                }
            }
            try await pool.withConnection { other in
                let found5 = try await other.tryLock(lock)
                #expect(found5)
                let found6 = try await other.unlock(lock)
                #expect(found6)
            }
            try await pool.withTransaction { tx in
                try await tx.lock(lock)
                let found7 = try await pool.withConnection { try await $0.tryLock(lock) }
                #expect(found7 == false)
            }
        }
    }

    @Test func notificationsArrive() async throws {
        try await withTestPool { pool in
            try await pool.withNotifications(on: ["a", "odd \"channel"]) { notifications in
                try await pool.notify("a", payload: "1")
                try await pool.withTransaction { tx in try await tx.notify("odd \"channel", payload: "2") }
                try await pool.notify("other", payload: "3")
                try await pool.notify("a")
                var iterator = notifications.makeAsyncIterator()
                var seen: [String] = []
                for _ in 0..<3 {
                    let notification = try #require(try await iterator.next())
                    seen.append("\(notification.channel):\(notification.payload)")
                }
                #expect(seen == ["a:1", "odd \"channel:2", "a:"])
            }
        }
    }

    @Test func aListenerLearnsThatItsConnectionIsLostAndCanBeCancelled() async throws {
        try await withTestPool { pool in
            let listener = Task {
                try await pool.withNotifications(on: ["a"]) { notifications in
                    for try await _ in notifications {}
                }
            }
            var ended = 0
            while ended == 0 {
                let rows = try await pool.query(
                    "select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%' and datname = current_database()"
                )
                ended = rows.count
            }
            let error = await #expect(throws: PostgresError.self) { try await listener.value }
            #expect(error?.isConnectionLost == true)
            let cancelled = Task { try await pool.withNotifications(on: ["a"]) { notifications in for try await _ in notifications {} } }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
        }
    }
}
