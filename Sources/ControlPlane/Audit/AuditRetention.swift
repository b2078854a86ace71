import AuditChain
import Foundation
import Postgres
import SealedSecrets

/// Removes the beginning of the audit trail when its time is over, so that the rest can still be checked.
struct AuditRetention: Sendable {
    /// The keys; nil when there are none.
    let authenticator: MessageAuthenticator?

    /// Removes the next links, and the entries of which no other is left, in a transaction that may remove.
    ///
    /// What is removed is checked first, against what was removed before: a broken beginning stays, so that it can be looked into. The last
    /// link stays always, and an entry that was not settled yet stays with all that came after it.
    ///
    /// - Parameters:
    ///   - transaction: the sweep's.
    ///   - cutoff: what was sealed before may go.
    ///   - limit: how many links at most.
    ///   - now: the time.
    /// - Returns: how many links went.
    /// - Throws: `ChainFinding` for a broken beginning; ``AuditKeysMissing``; `PostgresError`.
    func remove(in transaction: PostgresTransaction, before cutoff: Date, limit: Int, now: Date) async throws -> Int {
        guard let last = try await AuditChainRows.last(in: transaction) else { return 0 }
        let anchor = try await AuditChainRows.anchor(in: transaction)
        let lines = try await AuditChainRows.page(after: anchor?.head.sequence ?? 0, limit: limit, in: transaction)
        var verifier = ChainVerifier(anchor: anchor, authenticator: authenticator)
        let oldest = AuditChainRows.microseconds(cutoff)
        for line in lines {
            guard line.link.sealedAt < oldest, line.link.sequence < last.head.sequence, line.record?.outcome != "pending" else { break }
            if let finding = verifier.check(line.link, line.record) { throw finding }
        }
        guard verifier.count > 0 else { return 0 }
        if last.isKeyed, authenticator == nil { throw AuditKeysMissing() }
        try await AuditChainRows.remove(
            AuditAnchor(
                removingTo: verifier.head,
                removed: (anchor?.removed ?? 0) + verifier.count,
                removedAt: AuditChainRows.microseconds(now),
                authenticator: authenticator
            ),
            in: transaction
        )
        return Int(verifier.count)
    }
}
