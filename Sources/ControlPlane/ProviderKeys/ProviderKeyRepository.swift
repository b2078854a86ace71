import Foundation
import HTTPOperations
import Postgres
import SealedSecrets

/// A provider of models.
struct ProviderName: Sendable, Hashable {
    /// Its name here.
    let text: String

    /// The providers that are always listed.
    static let listed = ["claude", "openai"]

    /// A name that is known to be one.
    init(known text: String) { self.text = text }

    /// Reads a name; upper and lower case mean the same.
    ///
    /// - Returns: nil when it is none.
    init?(_ text: String) {
        let lower = text.lowercased()
        guard (1...63).contains(lower.utf8.count), let first = lower.utf8.first, (0x61...0x7A).contains(first),
            lower.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F })
        else { return nil }
        self.text = lower
    }

    /// Its name in LiteLLM.
    var upstream: String { text == "claude" ? "anthropic" : text }

    /// Name of its credential in the model proxy, for `litellm_credential_name` of models.
    var credential: String { "opencrane-\(text)" }
}

/// Whether a provider has a key.
struct ProviderKeyStatus: Sendable, Hashable {
    /// The provider.
    var provider: String
    /// The version of its key; 0 without one.
    var revision: Int64
    /// When its key was last set; nil without one.
    var updatedAt: Date?
    /// When the model proxy took this key; nil while it has not.
    var toldAt: Date?
    /// Why the model proxy has not taken it yet, when it was tried last; nil without a failure.
    var failure: String?
}

/// Keeps the keys of providers, sealed.
struct ProviderKeyRepository: Sendable {
    /// Topic of keys that the proxy has to be told.
    static let topic = "model-proxy.credential"

    let pool: PostgresPool

    /// What a sealed key is bound to.
    static func place(_ provider: String) -> RowIdentity {
        RowIdentity(table: "provider_keys", column: "sealed_key", key: [provider])
    }

    /// Which providers have keys, by their names, and those that are always listed.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - cursor: where the page before ended; nil for the first.
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func list(limit: Int, cursor: String?) async throws -> Page<ProviderKeyStatus> {
        let last = try cursor.map { try Cursor(parsing: $0, count: 1).keys[0] } ?? ""
        // Names are ASCII, and put in order as bytes: as here, whatever the database's language.
        let known = try await pool.reads.query(
            """
            select provider, revision, updated_at, case when told_revision = revision then told_at end as told_at, (
                select last_error from outbox where topic = \(Self.topic) and key = provider order by id limit 1) as failure
            from provider_keys where provider collate "C" > \(last) order by provider collate "C" limit \(limit + 1)
            """
        ).map(ProviderKeyStatus.init)
        // One that is known and not among these comes after all of them, and so after the page.
        let missing = ProviderName.listed.filter { name in name > last && !known.contains { $0.provider == name } }
            .map { ProviderKeyStatus(provider: $0, revision: 0, updatedAt: nil) }
        let rows = (known + missing).sorted { $0.provider < $1.provider }
        return Page(rows: rows, limit: limit) { Cursor($0.provider) }
    }

    /// Whether a provider has a key; it changes for nobody else until the transaction ends.
    ///
    /// - Throws: `PostgresError`.
    static func lock(_ provider: String, in transaction: PostgresTransaction) async throws -> ProviderKeyStatus? {
        try await BudgetRepository.lock("provider-keys/\(provider)", in: transaction)
        return try await transaction.first(
            """
            select provider, revision, updated_at, null::timestamptz as told_at, null::text as failure from provider_keys
            where provider = \(provider)
            """
        ).map(ProviderKeyStatus.init)
    }

    /// How many there are.
    ///
    /// - Throws: `PostgresError`.
    static func count(in transaction: PostgresTransaction) async throws -> Int {
        try await transaction.first("select count(*) from provider_keys")?.decode(0, as: Int.self) ?? 0
    }

    /// Sets a key, and has the proxy told.
    ///
    /// - Throws: `PostgresError`.
    static func set(_ provider: String, _ sealed: SealedValue, now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into provider_keys as known (provider, sealed_key, revision, updated_at)
            values (\(provider), \(PostgresBytes(sealed.bytes)), 1, \(now))
            on conflict (provider) do update set sealed_key = excluded.sealed_key, revision = known.revision + 1,
                updated_at = excluded.updated_at
            """
        )
        try await OutboxRepository.announce(topic: topic, keys: [provider], in: transaction)
    }

    /// Takes a key away, and has the proxy told.
    ///
    /// - Throws: `PostgresError`.
    static func remove(_ provider: String, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from provider_keys where provider = \(provider)")
        try await OutboxRepository.announce(topic: topic, keys: [provider], in: transaction)
    }

    /// The sealed key of a provider and its version; nil without one.
    ///
    /// - Throws: `PostgresError`; ``SealingError`` `SEALED_VALUE_MALFORMED`.
    func sealed(_ provider: String) async throws -> (key: SealedValue, revision: Int64)? {
        try await pool.first("select sealed_key, revision from provider_keys where provider = \(provider)").map {
            (try SealedValue(bytes: try $0.decode("sealed_key", as: PostgresBytes.self).bytes), try $0.decode("revision"))
        }
    }

    /// Notes that the proxy has taken a version of a key.
    ///
    /// - Throws: `PostgresError`.
    func told(_ provider: String, revision: Int64, now: Date) async throws {
        try await pool.execute(
            "update provider_keys set told_revision = \(revision), told_at = \(now) where provider = \(provider) and revision >= \(revision)"
        )
    }
}

extension ProviderKeyStatus {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            provider: try row.decode("provider"),
            revision: try row.decode("revision"),
            updatedAt: try row.decode("updated_at"),
            toldAt: try row.decode("told_at", as: Date?.self),
            failure: try row.decode("failure", as: String?.self)
        )
    }
}
