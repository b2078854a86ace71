import Foundation
import JSONValue
import ModelProxy
import Postgres
import Projection

/// Revocations of model keys that have been asked for and are not over.
///
/// The model proxy hears of one after it was noted here, with its audit entry: whoever is cut off anywhere after that leaves it behind, and
/// whoever looks at the tenant next ends it.
struct ModelKeyRevocations: Sendable {
    let pool: PostgresPool

    /// Notes that a key is about to end, and what was spent with it: it counts for the next one, whoever makes that and whenever.
    ///
    /// - Parameters:
    ///   - tenant: the tenant.
    ///   - key: its key as the proxy has it; nil when the proxy has none any more.
    ///   - audit: the audit entry, which is pending from now on.
    ///   - now: the time.
    /// - Returns: number of the audit entry.
    /// - Throws: `PostgresError`.
    func begin(_ tenant: String, key: ModelKey?, audit: AuditDraft, now: Date) async throws -> Int64 {
        try await pool.withTransaction { transaction in
            if let key { try await ModelKeyRepository.carry(key.spend, of: tenant, now: now, in: transaction) }
            let id = try await AuditRepository.append(audit, outcome: .pending, now: now, in: transaction)
            try await transaction.execute(
                "insert into model_key_revocations (audit_id, tenant, key_hash, asked_at) values (\(id), \(tenant), \(key?.hash), \(now))"
            )
            // The next look at tenants finds it, should nobody else end this.
            try await transaction.execute("update model_key_state set settled = null where tenant = \(tenant)")
            return id
        }
    }

    /// Hashes of the keys of a tenant that are to end; nil stands for whatever the tenant has had.
    ///
    /// - Throws: `PostgresError`.
    func asked(of tenant: String) async throws -> [String?] {
        try await pool.query("select distinct key_hash from model_key_revocations where tenant = \(tenant)").map {
            try $0.decode("key_hash")
        }
    }

    /// Notes that a key has ended.
    ///
    /// - Throws: `PostgresError`.
    static func finish(_ tenant: String, hash: String?, now: Date, in transaction: PostgresTransaction) async throws {
        let ids = try await transaction.query(
            "delete from model_key_revocations where tenant = \(tenant) and key_hash is not distinct from \(hash) returning audit_id"
        ).map { try $0.decode("audit_id", as: Int64.self) }
        // Somebody else has noted it, and the tenant may have another key since.
        guard !ids.isEmpty else { return }
        try await ModelKeyRepository.end(tenant, hash: hash, now: now, in: transaction)
        try await AuditRepository.settle(ids, .succeeded, in: transaction)
    }

    /// Notes that the proxy has not ended a key.
    ///
    /// - Parameter id: number of the audit entry.
    /// - Returns: false when somebody else has ended it meanwhile.
    /// - Throws: `PostgresError`.
    func retract(_ id: Int64) async throws -> Bool {
        try await pool.withTransaction { transaction in
            guard try await transaction.execute("delete from model_key_revocations where audit_id = \(id)") > 0 else { return false }
            try await AuditRepository.settle([id], .failed, in: transaction)
            return true
        }
    }
}
