import ArgumentParser
import AuditChain
import ControlPlane
import Foundation
import Logging
import Observability
import Postgres
import SealedSecrets

/// `opencrane audit`: checks the audit trail and writes it out.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Checks that the audit trail is whole, and writes it out.",
        subcommands: [Verify.self, Export.self]
    )

    /// Where the trail is.
    struct Source: ParsableArguments {
        @Option(help: "URL of the database. Default: DATABASE_URL.")
        var database: String?

        /// Runs something with the way to the database.
        func withPool<Value>(_ body: (PostgresPool) async throws -> Value) async throws -> Value {
            let environment = ProcessInfo.processInfo.environment
            let configuration = try database.map { try PostgresConfiguration($0) } ?? PostgresConfiguration(environment: environment)
            let logger = Logger(label: "opencrane.audit") { JSONLogHandler(label: $0) }
            let pool = PostgresPool(configuration: configuration, options: .init(maximumConnections: 1), logger: logger)
            do {
                let value = try await body(pool)
                await pool.shutdown()
                return value
            } catch {
                await pool.shutdown()
                throw error
            }
        }
    }

    /// `opencrane audit verify`: checks it.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Checks that nothing in the audit trail was changed, removed, put in or put elsewhere.",
            discussion: """
                The exit code is 0 when the trail is whole, 1 when it is broken, and 2 when it could not be checked. The database is named as \
                for migrate. With OPENCRANE_SEALING_KEYS or OPENCRANE_SEALING_KEYS_FILE a trail that was made anew by somebody without the \
                keys is told as well. The end that is printed can be kept elsewhere and given with --expect later: so a trail is told that \
                was cut off.
                """
        )

        @OptionGroup var source: Source

        @Option(help: "An end that the chain once had, as this command prints it: SEQUENCE:DIGEST. May be given several times.")
        var expect: [String] = []

        @Flag(help: "Fail with 2 when no keys are given.")
        var requireKeys = false

        func validate() throws {
            for text in expect where ChainHead(text) == nil { throw ValidationError("'\(text)' is not SEQUENCE:DIGEST.") }
        }

        func run() async throws {
            let report: AuditVerification.Report
            do {
                let keys = try SealingKeyring.load(
                    variable: "OPENCRANE_SEALING_KEYS",
                    environment: ProcessInfo.processInfo.environment
                )
                if requireKeys, keys == nil { throw ValidationError("Set OPENCRANE_SEALING_KEYS or OPENCRANE_SEALING_KEYS_FILE.") }
                report = try await source.withPool { pool in
                    try await AuditVerification(pool: pool, keys: keys).run(expected: expect.compactMap { ChainHead($0) })
                }
            } catch {
                Self.complain("not checked: \(error)")
                throw ExitCode(2)
            }
            if let finding = report.finding {
                Self.complain("broken at \(finding)")
                throw ExitCode(1)
            }
            var lines = ["whole: \(report.links) links", "end: \(report.head)"]
            if report.removed > 0 { lines.append("removed in time: \(report.removed) links") }
            if report.waiting > 0 { lines.append("waiting to be sealed: \(report.waiting)") }
            switch report.standing {
            case .authentic: lines.append("made with the keys")
            case .empty: break
            case .unchecked: lines.append("keys: not checked, none were given")
            case .unknownKey(let id):
                print(lines.joined(separator: "\n"))
                Self.complain("not checked: the end was made with the key '\(id)', which was not given")
                throw ExitCode(2)
            }
            print(lines.joined(separator: "\n"))
        }

        private static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
    }

    /// `opencrane audit export`: writes it out.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Writes the sealed audit trail to standard output, one JSON object a line, the oldest first."
        )

        @OptionGroup var source: Source

        @Option(help: "Only what comes after this place of the chain.")
        var after: Int64 = 0

        func validate() throws {
            guard after >= 0 else { throw ValidationError("--after cannot be negative.") }
        }

        func run() async throws {
            _ = try await source.withPool { pool in
                try await AuditExport(pool: pool).run(after: after) { text in
                    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
                }
            }
        }
    }
}
