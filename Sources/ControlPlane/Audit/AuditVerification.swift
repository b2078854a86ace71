import AuditChain
import Postgres
import SealedSecrets

/// Checks that the audit trail is whole: every link, every entry, and that no entry is there without one.
public struct AuditVerification: Sendable {
    /// What came of it.
    public struct Report: Sendable, Hashable {
        /// How many links were checked.
        public var links: Int64
        /// Where the chain ends.
        public var head: ChainHead
        /// How many links were removed in time before the first one.
        public var removed: Int64
        /// Parts of entries that wait to be sealed, up to 100,000.
        public var waiting: Int
        /// How far the keys vouch for it.
        public var standing: ChainVerifier.Standing
        /// The last link whose code is right.
        public var authenticatedTo: Int64?
        /// Where it is broken; nil when it is whole.
        public var finding: ChainFinding?
    }

    private let pool: PostgresPool
    private let authenticator: MessageAuthenticator?
    private let page: Int

    /// Makes one.
    ///
    /// - Parameters:
    ///   - pool: the way to PostgreSQL.
    ///   - keys: the sealing keys; without them nobody can tell whether the whole chain was made anew.
    ///   - page: how many links are read at a time; that many are in memory. Default 500.
    public init(pool: PostgresPool, keys: SealingKeyring?, page: Int = 500) {
        self.pool = pool
        authenticator = keys.map { MessageAuthenticator(keys: $0, purpose: AuditSealer.purpose) }
        self.page = page
    }

    /// Checks the trail as it is at one moment; writes and sealing go on meanwhile.
    ///
    /// - Parameter expected: ends that were kept elsewhere, which the chain must hold.
    /// - Throws: `PostgresError` when it could not be checked.
    public func run(expected: [ChainHead] = []) async throws -> Report {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            let anchor = try await AuditChainRows.anchor(in: transaction)
            var verifier = ChainVerifier(anchor: anchor, authenticator: authenticator, expected: expected)
            var finding: ChainFinding?
            var last = anchor?.head.sequence ?? 0
            reading: while true {
                let lines = try await AuditChainRows.page(after: last, limit: page, in: transaction)
                for line in lines {
                    finding = verifier.check(line.link, line.record)
                    if finding != nil { break reading }
                }
                guard lines.count == page, let end = lines.last else { break }
                last = end.link.sequence
            }
            if finding == nil { finding = verifier.finish() }
            if finding == nil { finding = try await Self.unchained(in: transaction) }
            let waiting = try await transaction.first("select count(*) from (select from audit_unsealed limit 100000) as noted")
            return Report(
                links: verifier.count,
                head: verifier.head,
                removed: anchor?.removed ?? 0,
                waiting: try waiting?.decode(0, as: Int.self) ?? 0,
                standing: verifier.standing,
                authenticatedTo: verifier.authenticatedTo,
                finding: finding
            )
        }
    }

    /// What is in the tables and not in the chain, though it should be or should not be there.
    private static func unchained(in transaction: PostgresTransaction) async throws -> ChainFinding? {
        let limit = Duration.seconds(3600)
        let gone = try await transaction.first(
            """
            select n.entry_id as id from audit_unsealed n left join audit_entries e on e.id = n.entry_id
            where e.id is null order by n.number limit 1
            """,
            timeout: limit
        )
        if let id = try gone?.decode("id", as: Int64.self) {
            return ChainFinding(.deleted, entry: id, "The entry \(id) is gone, before it was sealed.")
        }
        // A settled entry has, or waits for, a link of its end; one that is not settled, of its beginning, unless that was removed in time.
        let strange = try await transaction.first(
            """
            select e.id as id, exists (select from audit_chain c where c.entry_id = e.id) as is_known from audit_entries e
            where not exists (select from audit_chain c where c.entry_id = e.id
                    and c.part = case e.outcome when 'pending' then 'begun' else 'ended' end)
                and not exists (select from audit_unsealed n where n.entry_id = e.id
                    and n.part = case e.outcome when 'pending' then 'begun' else 'ended' end)
            order by e.id limit 1
            """,
            timeout: limit
        )
        guard let strange else { return nil }
        let id = try strange.decode("id", as: Int64.self)
        return try strange.decode("is_known", as: Bool.self)
            ? ChainFinding(.changed, entry: id, "The entry \(id) was settled past the chain.")
            : ChainFinding(.inserted, entry: id, "The entry \(id) was never sealed and does not wait for it.")
    }
}
