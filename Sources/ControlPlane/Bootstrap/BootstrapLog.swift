import CraneAPI
import Foundation
import Postgres

/// Keeps the reports of machines that were accepted, each once, in the order in which they were.
struct BootstrapLog: Sendable {
    let pool: PostgresPool
    /// Most lines of one tenant: a machine cannot fill the table.
    var limit = 2000

    /// Appends a report, unless it is there.
    ///
    /// - Parameters:
    ///   - report: what was accepted.
    ///   - uid: the unique id of the tenant.
    ///   - date: when it was accepted.
    /// - Throws: `PostgresError`.
    func append(_ report: BootstrapStatus, uid: String, at date: Date) async throws {
        guard let seq = report.seq, let stage = report.stage, !uid.isEmpty else { return }
        try await pool.execute(
            """
            insert into bootstrap_log (uid, credential_hash, seq, stage, level, message, created_at)
            select \(uid), \(report.credentialHash ?? ""), \(seq), \(stage), \(report.level ?? "info"), \(report.message ?? ""),
                \(date)
            where (select count(*) from bootstrap_log where uid = \(uid)) < \(limit)
            on conflict do nothing
            """
        )
    }
}
