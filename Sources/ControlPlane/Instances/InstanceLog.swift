import Foundation
import HTTPOperations
import Postgres

/// A line of an instance's log.
struct InstanceLogLine: Sendable, Hashable {
    /// Its number, from 1, in the order in which lines came to be known: it never changes, and a later line has a higher one.
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

    /// The newest lines of a tenant, in the order of their numbers.
    ///
    /// - Parameters:
    ///   - uid: the unique id of the tenant; nil has no lines.
    ///   - limit: how many at most; default 1000.
    ///   - before: only lines with lower numbers; nil for all.
    /// - Returns: the lines, how many there are in all, and the number before which there are more, if there are.
    /// - Throws: `PostgresError`.
    func list(
        _ uid: String?,
        limit: Int = 1000,
        before: Int64? = nil
    ) async throws -> (lines: [InstanceLogLine], total: Int, next: Int64?) {
        guard let uid else { return ([], 0, nil) }
        let rows = try await pool.reads.query(
            """
            select line.seq, coalesce(p.step, b.stage) as stage,
                case when p.status = 'failed' then 'error' else coalesce(b.level, 'info') end as level,
                coalesce(nullif(p.message, ''), p.step || ' is ' || p.status, b.message) as message,
                coalesce(p.created_at, b.created_at) as created_at,
                (select max(seq) from instance_log_lines where uid = \(uid)) as total
            from (select * from instance_log_lines where uid = \(uid) and seq < \(before ?? .max) order by seq desc limit \(limit + 1))
                as line
                left join provisioning_log p on line.source = 0 and p.id = line.line_id
                left join bootstrap_log b on line.source = 1 and b.id = line.line_id
            order by line.seq
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
        let page = Array(lines.suffix(limit))
        let next = lines.count > limit ? page.first.map { Int64($0.seq) } : nil
        return (page, try rows.first?.decode("total", as: Int.self) ?? 0, next)
    }

    /// The number that a cursor says.
    ///
    /// - Throws: ``OperationError`` 400 when it is none of ours.
    static func place(_ cursor: String) throws(OperationError) -> Int64 {
        guard let number = Int64(try Cursor(parsing: cursor, count: 1).keys[0]), number > 0 else { throw .invalidCursor }
        return number
    }
}
