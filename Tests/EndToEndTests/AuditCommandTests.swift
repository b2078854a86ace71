import Foundation
import LocalPostgres
import Postgres
import Testing

extension EndToEnd {
    @Suite struct AuditCommandTests {
        private static let key = "k1:" + Data((0..<32).map { UInt8($0) }).base64EncodedString()

        /// What the command's exit says is what a job can go by.
        @Test func theExitSaysWhetherTheTrailIsWhole() async throws {
            try await withPrivatePostgres { server in
                let database = try await server.url
                func run(_ arguments: [String], keys: String = "", database: String = database) async throws -> CommandResult {
                    try await Command.run(
                        Installation.opencrane,
                        arguments,
                        environment: ["DATABASE_URL": database, "OPENCRANE_SEALING_KEYS": keys, "OPENCRANE_SEALING_KEYS_FILE": ""]
                    )
                }
                #expect(try await run(["audit", "verify"]).status == 2, "there are no tables")
                let migrated = try await run(["migrate"])
                #expect(migrated.succeeded, "\(migrated.everything)")
                let empty = try await run(["audit", "verify"])
                #expect(empty.status == 0 && empty.output.hasPrefix("whole: 0 links"), "\(empty.everything)")

                // An entry that waits is no fault; one that does not wait, and was never sealed, is.
                let entry =
                    "insert into audit_entries (at, actor, request_id, action, resource, message, outcome) "
                    + "values (now(), 'a', 'r', 'x', 'y', 'm', 'failed')"
                let connection = try await PostgresConnection.connect(try await server.configuration, timeout: .seconds(60))
                try await connection.executeScript(entry)
                let waiting = try await run(["audit", "verify"], keys: Self.key)
                #expect(waiting.status == 0 && waiting.output.contains("waiting to be sealed: 1"), "\(waiting.everything)")
                try await connection.executeScript("set session_replication_role = 'replica'; " + entry)
                await connection.close()
                let broken = try await run(["audit", "verify"])
                #expect(broken.status == 1 && broken.errors.contains("entry 2: inserted"), "\(broken.everything)")

                let export = try await run(["audit", "export"])
                #expect(export.succeeded && export.output.isEmpty, "nothing is sealed: \(export.everything)")
                #expect(try await run(["audit", "verify"], database: "postgres://nobody@127.0.0.1:1/x").status == 2)
                #expect(try await run(["audit", "verify"], keys: "k1:short").status == 2)
                #expect(try await run(["audit", "verify", "--require-keys"]).status == 2)
                #expect(try await run(["audit", "verify", "--expect", "17"]).status == 64)
            }
        }
    }
}
