import Postgres

extension AuditRepository {
    /// Says what came of actions that were recorded as begun.
    ///
    /// - Parameters:
    ///   - ids: numbers of their entries; those that are settled stay.
    ///   - outcome: what came of them.
    ///   - transaction: what the other statements run in.
    /// - Throws: `PostgresError`.
    public static func settle(_ ids: [Int64], _ outcome: AuditOutcome, in transaction: some PostgresQuerying) async throws {
        for id in ids { try await transaction.execute(settle(id, outcome, message: nil, after: nil)) }
    }
}
