import ArgumentParser
import Foundation
import Logging
import Observability
import Postgres
import Projection

/// `opencrane migrate`: brings the database up to date.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Applies the database's migrations.",
        discussion: "The database is named by DATABASE_URL, else by PGHOST and the other variables of libpq. Several may run at once."
    )

    @Option(help: "URL of the database. Default: DATABASE_URL.")
    var database: String?

    func run() async throws {
        let logger = Logger(label: "opencrane.migrate") { JSONLogHandler(label: $0) }
        let configuration =
            try database.map { try PostgresConfiguration($0) }
            ?? PostgresConfiguration(environment: ProcessInfo.processInfo.environment)
        let pool = PostgresPool(configuration: configuration, logger: logger)
        let report = try await ProjectionSchema.migrate(pool, logger: logger)
        await pool.shutdown()
        let applied = report.applied.isEmpty ? "nothing to do" : "applied \(report.applied.map(String.init).joined(separator: ", "))"
        print("database at migration \(report.current): \(applied)")
    }
}
