import LocalPostgres
import Logging
import Postgres
import Testing

@Suite struct MigratorTests {
    private static let logger = Logger(label: "migrator-tests")
    private static let first = Migration(
        number: 1,
        name: "things",
        sql: "create table things (id int primary key); insert into things values (1);"
    )
    private static let second = Migration(number: 2, name: "more", sql: "alter table things add column name text;")

    private func migrator(_ migrations: Migration...) -> Migrator { Migrator(migrations: migrations, logger: Self.logger) }

    @Test func appliesWhatIsMissingOnce() async throws {
        try await withTestPool { pool in
            let found1 = try await migrator(Self.first, Self.second).status(pool).pending
            #expect(found1 == [1, 2])
            let found2 = try await migrator(Self.first).migrate(pool).applied
            #expect(found2 == [1])
            let report = try await migrator(Self.first, Self.second).migrate(pool)
            #expect(report.applied == [2] && report.current == 2)
            let found3 = try await migrator(Self.first, Self.second).migrate(pool).applied
            #expect(found3 == [])
            let status = try await migrator(Self.first, Self.second).status(pool)
            #expect(status.applied == [1, 2] && status.pending == [])
        }
    }

    @Test func manyMigratorsAtOnceApplyEachMigrationOnce() async throws {
        try await withTestPool(options: .init(maximumConnections: 8, acquireTimeout: .seconds(30))) { pool in
            let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<8 { group.addTask { try await migrator(Self.first, Self.second).migrate(pool).applied } }
                return try await group.reduce(into: [Int]()) { $0 += $1 }
            }
            #expect(applied.sorted() == [1, 2])
        }
    }

    @Test func aFailedMigrationLeavesNothing() async throws {
        try await withTestPool { pool in
            let broken = Migration(number: 2, name: "broken", sql: "create table half (id int); select 1/0;")
            let error = await #expect(throws: PostgresError.self) { try await migrator(Self.first, broken).migrate(pool) }
            #expect(error?.code == .migrationFailed && error?.sqlState == "22012")
            let found4 = try await pool.first("select to_regclass('half')::text")?.decode(0, as: String?.self)
            #expect(found4 == nil)
            let found5 = try await migrator(Self.first, Self.second).migrate(pool).applied
            #expect(found5 == [2])
        }
    }

    @Test func changedAndUnknownMigrationsAreRefused() async throws {
        try await withTestPool { pool in
            try await migrator(Self.first, Self.second).migrate(pool)
            let older = await #expect(throws: PostgresError.self) { try await migrator(Self.first).migrate(pool) }
            #expect(older?.code == .migrationUnknown)
            var changed = Self.first
            changed.sql += " -- later thought"
            let other = await #expect(throws: PostgresError.self) { try await migrator(changed, Self.second).migrate(pool) }
            #expect(other?.code == .migrationChanged)
            let gap = await #expect(throws: PostgresError.self) { try await migrator(Self.second).migrate(pool) }
            #expect(gap?.code == .migrationInvalid)
        }
    }

    @Test func anOlderProgramWorksWhereANewerOneSaysThatItMay() async throws {
        try await withTestPool { pool in
            let added = Migration(number: 3, name: "added", sql: "alter table things add column colour text", worksFrom: 2)
            let dropped = Migration(number: 4, name: "dropped", sql: "alter table things drop column name", worksFrom: 3)
            try await migrator(Self.first, Self.second).migrate(pool)
            try await migrator(Self.first, Self.second, added).migrate(pool)
            let before = try await migrator(Self.first, Self.second).migrate(pool)
            #expect(before.applied == [] && before.current == 3)
            let status = try await migrator(Self.first, Self.second).status(pool)
            #expect(status.applied == [1, 2, 3] && status.pending == [])
            let tooOld = await #expect(throws: PostgresError.self) { try await migrator(Self.first).migrate(pool) }
            #expect(tooOld?.code == .migrationUnknown)
            try await migrator(Self.first, Self.second, added, dropped).migrate(pool)
            let twoBefore = await #expect(throws: PostgresError.self) { try await migrator(Self.first, Self.second).migrate(pool) }
            #expect(twoBefore?.code == .migrationUnknown)
            let oneBefore = try await migrator(Self.first, Self.second, added).migrate(pool).current
            #expect(oneBefore == 4)
        }
    }

    @Test func aTableOfBeforeThatWasKnownIsTaken() async throws {
        try await withTestPool { pool in
            try await migrator(Self.first).migrate(pool)
            try await pool.execute("alter table schema_migrations drop column works_from")
            let found = try await migrator(Self.first, Self.second).status(pool)
            #expect(found.applied == [1] && found.pending == [2])
            let report = try await migrator(Self.first, Self.second).migrate(pool)
            #expect(report.applied == [2])
        }
    }
}
