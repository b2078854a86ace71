import HTTPOperations
import Postgres
import SealedSecrets

/// Seals the keys of providers again with the current sealing key, so that the one before can be taken away.
public struct ProviderKeyResealing: Sendable {
    /// What came of it.
    public struct Report: Sendable, Hashable {
        /// How many keys there are.
        public var total = 0
        /// How many were sealed again.
        public var resealed = 0
    }

    private let pool: PostgresPool
    private let sealer: SecretSealer

    /// Makes one.
    ///
    /// - Parameters:
    ///   - pool: the way to PostgreSQL.
    ///   - keys: the sealing keys, the new one in front.
    public init(pool: PostgresPool, keys: SealingKeyring) {
        self.pool = pool
        sealer = SecretSealer(keys: keys)
    }

    /// Seals every key again that another sealing key sealed. It may be cut off and run again; the control plane may run meanwhile.
    ///
    /// - Throws: ``SealingError`` when one cannot be opened, which leaves it as it is; `PostgresError`.
    public func run() async throws -> Report {
        var report = Report()
        let known = try await ProviderKeyRepository(pool: pool).list(limit: 1000, cursor: nil).items
        for provider in known.filter({ $0.revision > 0 }).map(\.provider) {
            report.total += 1
            let done = try await pool.withTransaction { transaction in
                let row = try await transaction.first("select sealed_key from provider_keys where provider = \(provider) for update")
                guard let row else { return false }
                let sealed = try SealedValue(bytes: try row.decode("sealed_key", as: PostgresBytes.self).bytes)
                guard sealed.keyID != sealer.keys.current.id else { return false }
                let place = ProviderKeyRepository.place(provider)
                let again = try sealer.seal(try sealer.open(sealed, at: place), at: place)
                try await transaction.execute(
                    "update provider_keys set sealed_key = \(PostgresBytes(again.bytes)) where provider = \(provider)"
                )
                return true
            }
            if done { report.resealed += 1 }
        }
        return report
    }
}
