import ArgumentParser
import ControlPlane
import Foundation
import Logging
import Observability
import Postgres
import SealedSecrets

/// `opencrane provider-keys`: looks after the keys of providers of models.
struct ProviderKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider-keys",
        abstract: "Looks after the keys of providers of models.",
        subcommands: [Reseal.self]
    )

    /// `opencrane provider-keys reseal`: seals them again.
    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reseal",
            abstract: "Seals the keys of providers again with the current sealing key.",
            discussion: """
                OPENCRANE_SEALING_KEYS or OPENCRANE_SEALING_KEYS_FILE names the new sealing key first and the one before after it; afterwards \
                the one before may be taken out. The database is named as for migrate. It may be run again at any time.
                """
        )

        @Option(help: "URL of the database. Default: DATABASE_URL.")
        var database: String?

        func run() async throws {
            let environment = ProcessInfo.processInfo.environment
            guard let keys = try SealingKeyring.load(variable: "OPENCRANE_SEALING_KEYS", environment: environment) else {
                throw ValidationError("Set OPENCRANE_SEALING_KEYS or OPENCRANE_SEALING_KEYS_FILE.")
            }
            let configuration = try database.map { try PostgresConfiguration($0) } ?? PostgresConfiguration(environment: environment)
            let logger = Logger(label: "opencrane.provider-keys") { JSONLogHandler(label: $0) }
            let pool = PostgresPool(configuration: configuration, logger: logger)
            do {
                let report = try await ProviderKeyResealing(pool: pool, keys: keys).run()
                await pool.shutdown()
                print("\(report.total) keys of providers, \(report.resealed) sealed again with \(keys.current.id)")
            } catch {
                await pool.shutdown()
                throw error
            }
        }
    }
}
