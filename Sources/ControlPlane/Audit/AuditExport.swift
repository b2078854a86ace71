import AuditChain
import Foundation
import JSONValue
import Postgres
import SealedSecrets

/// Writes the sealed audit trail as JSON lines, in the order of the chain.
public struct AuditExport: Sendable {
    private let pool: PostgresPool
    private let page: Int

    /// Makes one.
    ///
    /// - Parameters:
    ///   - pool: the way to PostgreSQL.
    ///   - page: how many lines are read at a time; that many are in memory. Default 500.
    public init(pool: PostgresPool, page: Int = 500) {
        self.pool = pool
        self.page = page
    }

    /// Writes the lines after a place, as they are at one moment.
    ///
    /// - Parameters:
    ///   - sequence: the last link that is not wanted; default all are.
    ///   - write: takes the lines of a page, each with its end.
    /// - Returns: where the last line stands.
    /// - Throws: `PostgresError`; what `write` throws.
    @discardableResult
    public func run(after sequence: Int64 = 0, _ write: (String) throws -> Void) async throws -> Int64 {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            var last = sequence
            while true {
                let lines = try await AuditChainRows.page(after: last, limit: page, in: transaction)
                guard let end = lines.last else { return last }
                try write(lines.map { Self.line($0).text() + "\n" }.joined())
                last = end.link.sequence
            }
        }
    }

    private static func line(_ line: AuditChainRows.Line) -> JSON {
        var json: JSON = [
            "sequence": .integer(line.link.sequence), "part": .string(line.link.part.rawValue), "sealedAt": time(line.link.sealedAt),
            "previous": .string(ChainHead.text(of: line.link.previous)), "digest": .string(ChainHead.text(of: line.link.digest)),
            "entry": .integer(line.link.entry),
        ]
        if let code = line.link.code {
            json["key"] = .string(code.keyID)
            json["code"] = .string(ChainHead.text(of: code.bytes))
        }
        guard let record = line.record else { return json }
        let members: [(String, JSON?)] = [
            ("timestamp", time(record.at)), ("actor", .string(record.actor)), ("requestId", .string(record.requestID)),
            ("action", .string(record.action)), ("resource", .string(record.resource)), ("tenant", record.tenant.map { .string($0) }),
            ("message", .string(record.message)), ("outcome", .string(record.outcome)),
            ("before", record.before.map { (try? JSON(parsing: $0)) ?? .string($0) }),
            ("after", record.after.map { (try? JSON(parsing: $0)) ?? .string($0) }),
        ]
        for (name, value) in members { json[name] = value }
        return json
    }

    private static func time(_ microseconds: Int64) -> JSON {
        .string(RESTTimestamp.text(Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)))
    }
}
