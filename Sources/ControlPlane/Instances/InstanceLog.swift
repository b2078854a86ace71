import Foundation
import Postgres

/// A line of an instance's log.
struct InstanceLogLine: Sendable, Hashable {
    /// Its number, from 1.
    var seq: Int
    /// What it is about.
    var stage: String
    /// `info` or `error`.
    var level: String
    /// For people.
    var message: String
    /// When it was written.
    var createdAt: Date
}

/// Reads the logs of instances: the finished steps of provisioning and the reports of the machine, as one.
struct InstanceLog: Sendable {
    let pool: PostgresPool

    /// The newest lines of a tenant, in order.
    ///
    /// - Parameters:
    ///   - uid: the unique id of the tenant; nil has no lines.
    ///   - limit: how many at most; default 1000.
    /// - Returns: the lines, and how many there are in all.
    /// - Throws: `PostgresError`.
    func list(_ uid: String?, limit: Int = 1000) async throws -> (lines: [InstanceLogLine], total: Int) {
        guard let uid else { return ([], 0) }
        let rows = try await pool.reads.query(
            """
            select seq, stage, level, message, created_at, total from (
                select row_number() over (order by created_at, source, id) as seq, count(*) over () as total, stage, level, message, created_at
                from (
                    select 0 as source, id, step as stage, case status when 'failed' then 'error' else 'info' end as level,
                        coalesce(nullif(message, ''), step || ' is ' || status) as message, created_at
                    from provisioning_log where uid = \(uid)
                    union all
                    select 1, id, stage, level, message, created_at from bootstrap_log where uid = \(uid)
                ) as line
            ) as numbered where seq > total - \(limit) order by seq
            """
        )
        let lines = try rows.map { row in
            InstanceLogLine(
                seq: try row.decode("seq"),
                stage: try row.decode("stage"),
                level: try row.decode("level"),
                message: try row.decode("message"),
                createdAt: try row.decode("created_at")
            )
        }
        return (lines, try rows.first?.decode("total", as: Int.self) ?? 0)
    }
}
