/// One numbered step of a database's schema.
public struct Migration: Sendable, Hashable {
    /// The number; migrations are applied in the order of their numbers, which begin at 1 and have no gaps.
    public var number: Int
    /// A short name, for people.
    public var name: String
    /// The statements. They run in one transaction. Once published they must never change: add another migration.
    public var sql: String
    /// The number of migrations that the oldest program knows that works with the database after this one, so that programs of the version
    /// before start and run during an upgrade, and after a rollback. It is stored with the migration.
    public var worksFrom: Int

    /// Makes a migration.
    ///
    /// - Parameter worksFrom: see the property; by default no program that does not know the migration.
    public init(number: Int, name: String, sql: String, worksFrom: Int? = nil) {
        self.number = number
        self.name = name
        self.sql = sql
        self.worksFrom = worksFrom ?? number
    }
}

/// Decides which migrations are to be applied.
struct MigrationPlan {
    /// A migration as the database remembers it.
    struct Applied: Hashable {
        var number: Int
        var name: String
        var checksum: String
        /// How many migrations a program has to know to work with it.
        var worksFrom: Int
    }

    /// The migrations to apply, in order.
    let pending: [Migration]
    /// The number of the last migration of the database after them.
    let current: Int

    /// - Parameters:
    ///   - known: the migrations of this program, in order.
    ///   - checksums: their checksums, in the same order.
    ///   - applied: what the database remembers.
    /// - Throws: `PostgresError` with `migration_invalid`, `migration_changed` or `migration_unknown`.
    init(known: [Migration], checksums: [String], applied: [Applied]) throws(PostgresError) {
        for (index, migration) in known.enumerated() where migration.number != index + 1 {
            throw PostgresError(
                .migrationInvalid,
                "Migration '\(migration.name)' has number \(migration.number) but is at position \(index + 1)."
            )
        }
        for past in applied.sorted(by: { $0.number < $1.number }) {
            if past.number > known.count, past.worksFrom <= known.count { continue }
            guard past.number >= 1, past.number <= known.count else {
                throw PostgresError(
                    .migrationUnknown,
                    "The database has migration \(past.number) '\(past.name)', but this version knows only \(known.count). "
                        + "Run a version at least as new as the one that made the database."
                )
            }
            guard checksums[past.number - 1] == past.checksum else {
                throw PostgresError(
                    .migrationChanged,
                    "Migration \(past.number) '\(past.name)' was applied with another text than this version has. "
                        + "Applied migrations must not change: restore its text and add a new migration."
                )
            }
        }
        let done = Set(applied.map(\.number))
        let pending = known.filter { !done.contains($0.number) }
        if let first = pending.first, let last = done.max(), first.number < last {
            throw PostgresError(.migrationInvalid, "Migration \(first.number) is missing in the database although \(last) was applied.")
        }
        self.pending = pending
        self.current = max(known.count, done.max() ?? 0)
    }
}
