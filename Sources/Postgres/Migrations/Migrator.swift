import Logging

/// Brings the schema of a database up to date.
///
/// Each migration runs in a transaction of its own together with its entry in `schema_migrations`, so a failure leaves the database at
/// the migration before. An advisory lock lets several processes start at once: one applies, the others wait and find nothing to do.
public struct Migrator: Sendable {
    /// What a run did.
    public struct Report: Sendable, Hashable {
        /// The numbers of the migrations that were applied now.
        public var applied: [Int]
        /// The number of the last migration of the database.
        public var current: Int
    }

    /// What is done and what is not.
    public struct Status: Sendable, Hashable {
        /// The numbers of the migrations the database has.
        public var applied: [Int]
        /// The numbers of those it lacks.
        public var pending: [Int]
    }

    private let migrations: [Migration]
    private let lock: AdvisoryLock
    private let logger: Logger

    /// Makes a migrator.
    ///
    /// - Parameters:
    ///   - migrations: all migrations, in the order of their numbers.
    ///   - lock: the advisory lock that programs with the same migrations share.
    ///   - logger: one line for each migration that is applied.
    public init(migrations: [Migration], lock: AdvisoryLock = .named("opencrane.schema_migrations"), logger: Logger) {
        self.migrations = migrations
        self.lock = lock
        self.logger = logger
    }

    /// Applies what is missing.
    ///
    /// - Parameters:
    ///   - pool: the database.
    ///   - lockTimeout: how long to wait for another process that migrates; default 120 s.
    ///   - timeout: how long one migration may take; default 600 s.
    /// - Throws: `PostgresError` with `migration_changed`, `migration_unknown`, `migration_invalid`, `migration_failed` or `lock_timeout`.
    @discardableResult
    public func migrate(
        _ pool: PostgresPool,
        lockTimeout: Duration = .seconds(120),
        timeout: Duration = .seconds(600)
    ) async throws -> Report {
        try await pool.withAdvisoryLock(lock, timeout: lockTimeout) { connection in
            try await connection.executeScript(Self.table)
            let checksums = try await checksums(connection)
            let plan = try MigrationPlan(known: migrations, checksums: checksums, applied: try await applied(connection))
            for migration in plan.pending {
                try await apply(migration, checksum: checksums[migration.number - 1], connection, timeout)
            }
            return Report(applied: plan.pending.map(\.number), current: plan.current)
        }
    }

    /// Says what is done and what is not, and changes nothing.
    ///
    /// - Throws: as `migrate`, when the database does not fit.
    public func status(_ pool: PostgresPool) async throws -> Status {
        try await pool.withConnection { connection in
            let exists = try await connection.first("select to_regclass('schema_migrations') is not null")?.decode(0, as: Bool.self)
            let applied = exists == true ? try await applied(connection) : []
            let plan = try MigrationPlan(known: migrations, checksums: try await checksums(connection), applied: applied)
            return Status(applied: applied.map(\.number).sorted(), pending: plan.pending.map(\.number))
        }
    }

    private func apply(_ migration: Migration, checksum: String, _ connection: PostgresConnection, _ timeout: Duration) async throws {
        do {
            try await connection.withTransaction { transaction in
                try await transaction.executeScript(migration.sql, timeout: timeout)
                try await transaction.execute(
                    """
                    insert into schema_migrations (number, name, checksum, works_from)
                    values (\(migration.number), \(migration.name), \(checksum), \(migration.worksFrom))
                    """
                )
            }
        } catch var error as PostgresError {
            error.code = error.isConnectionLost ? error.code : .migrationFailed
            error.message = "Migration \(migration.number) '\(migration.name)' failed and was undone: \(error.message)"
            throw error
        }
        logger.info("migration applied", metadata: ["number": "\(migration.number)", "name": "\(migration.name)"])
    }

    private func applied(_ connection: PostgresConnection) async throws -> [MigrationPlan.Applied] {
        // The column came later: a database whose table has not got it yet has it empty.
        try await connection.query(
            """
            select number, name, checksum, coalesce((to_jsonb(schema_migrations) ->> 'works_from')::int, number) as works_from
            from schema_migrations order by number
            """
        ).map { row in
            MigrationPlan.Applied(
                number: try row.decode("number"),
                name: try row.decode("name"),
                checksum: try row.decode("checksum"),
                worksFrom: try row.decode("works_from")
            )
        }
    }

    /// The SHA-256 of each text; PostgreSQL computes it, so that this module needs no cryptography of its own.
    private func checksums(_ connection: PostgresConnection) async throws -> [String] {
        let rows = try await connection.query(
            """
            select encode(sha256(convert_to(text, 'UTF8')), 'hex') as checksum
            from unnest(\(migrations.map(\.sql))) with ordinality as migration (text, position) order by position
            """
        )
        return try rows.decode("checksum")
    }

    private static let table = """
        create table if not exists schema_migrations (
            number integer primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null default now(),
            works_from integer
        );
        alter table schema_migrations add column if not exists works_from integer;
        """
}
