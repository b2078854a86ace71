import Foundation
import Logging
import Postgres
import Projection
import ReleaseFixtures
import Testing

/// The migrations of this version, on the databases that releases left behind.
@Suite struct MigrationTests {
    private static let logger = Logger(label: "migrations") { _ in SwiftLogNoOpLogHandler() }

    private func migrator(_ count: Int = ProjectionSchema.migrations.count) -> Migrator {
        Migrator(migrations: Array(ProjectionSchema.migrations.prefix(count)), logger: Self.logger)
    }

    @Test(arguments: try Release.all()) func theFixtureIsWhole(_ release: Release) async throws {
        try await release.withDatabase { pool in
            let status = try await migrator(release.migration).status(pool)
            #expect(status.pending.isEmpty && status.applied == Array(1...release.migration))
            for (table, content) in try await TableContents.all(pool) {
                #expect(content.rows > 0, "\(table) is empty: rows.sql has to fill it")
            }
        }
    }

    @Test(arguments: try Release.all()) func everyRowIsThereAfterwards(_ release: Release) async throws {
        try await release.withDatabase { pool in
            let columns = try await TableContents.columns(pool)
            let before = try await TableContents.all(pool)
            let report = try await migrator().migrate(pool)
            #expect(report.applied == Array(release.migration + 1..<ProjectionSchema.migrations.count + 1))
            let now = try await TableContents.columns(pool)
            #expect(Removed.tables.isDisjoint(with: now.keys), "what has been removed is there")
            for (table, names) in columns {
                guard let remaining = now[table] else {
                    #expect(Removed.tables.contains(table), "the table \(table) is gone")
                    continue
                }
                let gone = Set(names.map(\.name)).subtracting(remaining.map(\.name)).subtracting(Removed.columns[table] ?? [])
                #expect(gone.isEmpty, "\(table) has lost \(gone)")
                // What the former program does not know must not keep it from writing, and what it knows is as it was.
                for column in remaining where !names.contains(column) {
                    let former = names.first { $0.name == column.name }
                    #expect(former == nil, "\(table).\(column.name) has changed: it was \(former.map { "\($0)" } ?? "")")
                    #expect(column.mayBeLeftOut, "the former program cannot insert into \(table) without \(column.name)")
                }
                if gone.isEmpty, (Removed.columns[table] ?? []).isEmpty {
                    let after = try await TableContents.of(table, columns: names.map(\.name), pool)
                    #expect(after == before[table], "the rows of \(table) have changed")
                }
            }
            // Again there is nothing to do, and nothing is done.
            let all = try await TableContents.all(pool)
            #expect(try await migrator().migrate(pool).applied.isEmpty)
            #expect(try await TableContents.all(pool) == all)
        }
    }

    @Test(arguments: try Release.all()) func replicasMayMigrateAtTheSameTime(_ release: Release) async throws {
        try await release.withDatabase { pool in
            let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<4 { group.addTask { try await migrator().migrate(pool).applied } }
                return try await group.reduce(into: [Int]()) { $0 += $1 }
            }
            #expect(applied.sorted() == Array(release.migration + 1..<ProjectionSchema.migrations.count + 1))
        }
    }

    /// The connection is ended while a migration waits for somebody who reads the table that it drops.
    @Test func aMigrationThatIsKilledLeavesWhatWas() async throws {
        let release = try Release("0.1.0")
        try await release.withDatabase { pool in
            let before = try await TableContents.all(pool)
            try await pool.withTransaction { reader in
                _ = try await reader.first("select count(*) from model_proxy_leases")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: PostgresError.self) { try await migrator().migrate(pool) }
                    }
                    #expect(try await killOneThatWaits(pool), "no migration has waited for the reader")
                    try await group.waitForAll()
                }
            }
            let status = try await migrator(release.migration).status(pool)
            #expect(status.applied == Array(1...release.migration))
            #expect(try await TableContents.all(pool) == before)
            #expect(try await migrator().migrate(pool).current == ProjectionSchema.migrations.count)
            #expect(try await migrator().status(pool).pending.isEmpty)
        }
    }

    private func killOneThatWaits(_ pool: PostgresPool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let killed = try await pool.first(
                """
                select pg_terminate_backend(pid) from pg_locks
                where not granted and locktype = 'relation' and relation = 'model_proxy_leases'::regclass
                """
            )
            if killed != nil { return true }
            // wait: for the migration to reach the table, with a deadline
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// One version apart in either direction; two versions are refused.
    @Test func theProgramBeforeWorksAndTheOneBeforeThatIsRefused() async throws {
        let release = try #require(try Release.all().last)
        let later = ProjectionSchema.migrations.dropFirst(release.migration)
        for migration in later {
            #expect(
                migration.worksFrom <= release.migration,
                "migration \(migration.number) keeps \(release.version) from starting: it works from \(migration.worksFrom)"
            )
        }
        try await release.withDatabase { pool in
            // Forward: this program meets the database of the one before.
            #expect(try await migrator().status(pool).pending == later.map(\.number))
            try await migrator().migrate(pool)
            // Back: the one before meets the database of this one, and changes nothing.
            let former = try await migrator(release.migration).migrate(pool)
            #expect(former.applied.isEmpty && former.current == ProjectionSchema.migrations.count)
            let older = await #expect(throws: PostgresError.self) { try await migrator(release.migration - 1).migrate(pool) }
            #expect(older?.code == .migrationUnknown)
            #expect(try await migrator().status(pool).pending.isEmpty)
        }
    }
}

/// What migrations after a release have taken away, and may: the release did not use it any more.
enum Removed {
    /// Tables. `model_proxy_leases` was followed by `background_leases` in 0.1.0.
    static let tables: Set<String> = ["model_proxy_leases"]
    /// Columns, by table.
    static let columns: [String: Set<String>] = [:]
}
