import AuditChain
import Foundation
import JSONValue
import LocalPostgres
import Logging
import Observability
import Postgres
import Projection
import SealedSecrets

@testable import ControlPlane

/// An audit trail in a database of its own.
struct Trail: Sendable {
    let pool: PostgresPool
    let ring: SealingKeyring?
    /// When it is.
    var now = Date(timeIntervalSince1970: 1_800_000_000)

    /// The keys as the chain needs them.
    var authenticator: MessageAuthenticator? { ring.map { MessageAuthenticator(keys: $0, purpose: AuditSealer.purpose) } }

    /// A sealer.
    func sealer(batch: Int = 1000) -> AuditSealer {
        let date = now
        return AuditSealer(
            pool: pool,
            authenticator: authenticator,
            batch: batch,
            now: { date },
            logger: Logger(label: "trail") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Writes an entry.
    @discardableResult
    func write(_ name: String, outcome: AuditOutcome = .succeeded) async throws -> Int64 {
        try await AuditRepository(pool: pool).append(
            AuditDraft(
                actor: "ann",
                requestID: "r-\(name)",
                action: "Updated",
                resource: "Tenant/\(name)",
                tenant: name,
                message: "\(name) was updated.",
                before: ["number": 1.5, "name": .string(name)],
                after: ["number": 2]
            ),
            outcome: outcome,
            now: now
        )
    }

    /// Writes entries and seals them.
    func fill(_ count: Int) async throws {
        for number in 1...count { try await write("t\(number)") }
        try await sealer().seal()
    }

    /// Checks it.
    func verify(_ keys: SealingKeyring?? = nil, expected: [ChainHead] = []) async throws -> AuditVerification.Report {
        try await AuditVerification(pool: pool, keys: keys ?? ring, page: 7).run(expected: expected)
    }

    /// Kind and place of what is found, such as `changed 3`; `whole` when nothing is.
    func found(_ keys: SealingKeyring?? = nil) async throws -> String {
        guard let finding = try await verify(keys).finding else { return "whole" }
        return "\(finding.kind.rawValue) \(finding.sequence.map { String($0) } ?? "entry \(finding.entry ?? 0)")"
    }

    /// Does something to the tables as nobody may: as the superuser, past every trigger.
    func tamper(_ statements: [String]) async throws {
        try await pool.withTransaction { transaction in
            try await transaction.execute("set local session_replication_role = 'replica'")
            for statement in statements { try await transaction.execute("\(unescaped: statement)") }
        }
    }

    func count(_ table: String) async throws -> Int {
        try await pool.first("select count(*) from \(identifier: table)")?.decode(0, as: Int.self) ?? -1
    }

    static func key(_ id: String) throws -> SealingKey {
        try SealingKey(id: id, material: Secret((0..<32).map { UInt8($0) &+ (id.utf8.last ?? 0) }))
    }

    static func ring(_ id: String, _ older: String...) throws -> SealingKeyring {
        try SealingKeyring(current: key(id), older: older.map { try key($0) })
    }
}

/// Runs a test with an empty audit trail.
func withTrail(keys ring: SealingKeyring? = nil, _ body: @escaping @Sendable (Trail) async throws -> Void) async throws {
    try await withTestDatabase { configuration in
        let logger = Logger(label: "trail") { _ in SwiftLogNoOpLogHandler() }
        let pool = PostgresPool(configuration: configuration, options: .init(maximumConnections: 8), logger: logger)
        try await ProjectionSchema.migrate(pool, logger: logger)
        do {
            try await body(Trail(pool: pool, ring: ring))
        } catch {
            await pool.shutdown()
            throw error
        }
        await pool.shutdown()
    }
}
