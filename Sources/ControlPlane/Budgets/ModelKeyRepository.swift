import Foundation
import ModelProxy
import Postgres

/// A key of a tenant for the model proxy, as it is remembered.
struct ModelKeyRecord: Sendable, Hashable {
    /// The tenant.
    var tenant: String
    /// The tenant's unique id; nil when it is not known.
    var tenantUID: String?
    /// Its name in the proxy.
    var alias: String
    /// Hash of its value.
    var hash: String
    /// The Secret that holds its value.
    var secretName: String
    /// What may be spent with it in a month.
    var budget: USD?
    /// When it was made.
    var issuedAt: Date
    /// When it was taken away.
    var revokedAt: Date?
}

/// Remembers the keys of tenants, and which tenants were looked at.
struct ModelKeyRepository: Sendable {
    /// Topic of tenants whose keys have to be looked at.
    static let topic = "model-proxy.key"

    let pool: PostgresPool

    /// The newest key of a tenant.
    ///
    /// - Parameters:
    ///   - tenant: the tenant's name.
    ///   - uid: the tenant's unique id: keys of others who had its name are not its own; nil for keys of any.
    ///   - querying: what the statement runs in.
    /// - Throws: `PostgresError`.
    static func newest(_ tenant: String, uid: String? = nil, in querying: some PostgresQuerying) async throws -> ModelKeyRecord? {
        try await querying.first(
            """
            select tenant, tenant_uid, alias, key_hash, secret_name, (budget_usd * 1000000)::bigint as micros, issued_at, revoked_at
            from model_keys where tenant = \(tenant) and (\(uid)::text is null or tenant_uid is null or tenant_uid = \(uid))
            order by id desc limit 1
            """
        ).map { row in
            ModelKeyRecord(
                tenant: try row.decode("tenant"),
                tenantUID: try row.decode("tenant_uid"),
                alias: try row.decode("alias"),
                hash: try row.decode("key_hash"),
                secretName: try row.decode("secret_name"),
                budget: try row.decode("micros", as: Int64?.self).map { USD(micros: $0) },
                issuedAt: try row.decode("issued_at"),
                revokedAt: try row.decode("revoked_at", as: Date?.self)
            )
        }
    }

    /// Remembers a key; every other of the tenant has ended with it.
    ///
    /// - Throws: `PostgresError`.
    func record(_ key: ModelKeyRecord) async throws {
        let micros = key.budget?.micros
        _ = try await pool.pipeline([
            """
            update model_keys set revoked_at = \(key.issuedAt)
            where tenant = \(key.tenant) and revoked_at is null and key_hash <> \(key.hash)
            """,
            """
            insert into model_keys (tenant, tenant_uid, alias, key_hash, secret_name, budget_usd, issued_at)
            values (\(key.tenant), \(key.tenantUID), \(key.alias), \(key.hash), \(key.secretName), \(micros)::numeric / 1000000,
                \(key.issuedAt))
            on conflict (key_hash) do update set budget_usd = excluded.budget_usd,
                tenant_uid = coalesce(model_keys.tenant_uid, excluded.tenant_uid)
            """,
        ])
    }

    /// Notes what was spent in this month with a key that is about to end: it counts for the next, whoever makes that and whenever.
    ///
    /// - Throws: `PostgresError`.
    static func carry(_ spend: USD, of tenant: String, now: Date, in querying: some PostgresQuerying) async throws {
        try await querying.execute(
            """
            insert into model_key_state as known (tenant, carried_usd, carried_at, checked_at)
            values (\(tenant), \(spend.micros)::numeric / 1000000, \(now), \(now))
            on conflict (tenant) do update set carried_at = excluded.carried_at, carried_usd = case
                when date_trunc('month', known.carried_at at time zone 'utc') = date_trunc('month', excluded.carried_at at time zone 'utc')
                then greatest(known.carried_usd, excluded.carried_usd) else excluded.carried_usd end
            """
        )
    }

    /// Notes that a key has ended, and not one that was made after it.
    ///
    /// - Parameters:
    ///   - tenant: the tenant.
    ///   - hash: hash of the key; nil when the proxy had none any more, for all of the tenant.
    ///   - now: when.
    ///   - querying: the transaction.
    /// - Throws: `PostgresError`.
    static func end(_ tenant: String, hash: String?, now: Date, in querying: some PostgresQuerying) async throws {
        try await querying.execute(
            """
            update model_keys set revoked_at = \(now)
            where tenant = \(tenant) and revoked_at is null and key_hash = coalesce(\(hash), key_hash)
            """
        )
    }

    /// What was spent in this month with keys that have ended, and are followed by none yet.
    ///
    /// - Throws: `PostgresError`.
    func carried(_ tenant: String, now: Date) async throws -> USD {
        let row = try await pool.first(
            """
            select (carried_usd * 1000000)::bigint as micros from model_key_state where tenant = \(tenant)
                and date_trunc('month', carried_at at time zone 'utc') = date_trunc('month', \(now)::timestamptz at time zone 'utc')
            """
        )
        return try row.map { USD(micros: try $0.decode("micros")) } ?? .zero
    }

    /// Notes that the key of a tenant is what it should be.
    ///
    /// - Parameters:
    ///   - tenant: the tenant.
    ///   - version: which version of the tenant was looked at.
    ///   - now: when.
    /// - Throws: `PostgresError`.
    func settle(_ tenant: String, version: String, now: Date) async throws {
        try await pool.execute(
            """
            insert into model_key_state (tenant, settled, checked_at) values (\(tenant), \(version), \(now))
            on conflict (tenant) do update set settled = excluded.settled, checked_at = excluded.checked_at
            """
        )
    }

    /// Forgets a tenant that is gone, with what it has spent and how that stood to its ceiling: another one may get its name. Its keys stay
    /// remembered for what was used with them.
    ///
    /// - Throws: `PostgresError`.
    func forget(_ tenant: String, now: Date) async throws {
        _ = try await pool.pipeline([
            "update model_keys set revoked_at = \(now) where tenant = \(tenant) and revoked_at is null",
            "delete from model_key_state where tenant = \(tenant)",
            "delete from ai_spend where scope = 'tenant' and name = \(tenant)",
        ])
    }

    /// Has tenants looked at that have changed since they were, that are gone, and some that were not for long.
    ///
    /// - Parameters:
    ///   - namespace: where tenants are.
    ///   - stale: who was looked at before that is looked at again.
    ///   - limit: how many of each kind at most.
    /// - Returns: how many are.
    /// - Throws: `PostgresError`.
    @discardableResult
    func announceDue(namespace: String, stale: Date, limit: Int) async throws -> Int {
        try await pool.withTransaction { transaction in
            let rows = try await transaction.query(
                """
                (select t.name from tenants t left join model_key_state s on s.tenant = t.name
                where t.namespace = \(namespace) and t.deleted_at is null and t.status ->> 'targetNamespace' is not null
                    and s.settled is distinct from \(unescaped: Self.version) order by t.name limit \(limit))
                union
                (select s.tenant from model_key_state s where not exists (
                    select from tenants t where t.namespace = \(namespace) and t.name = s.tenant and t.deleted_at is null) limit \(limit))
                union
                (select s.tenant from model_key_state s where s.checked_at < \(stale) order by s.checked_at limit \(limit / 10 + 1))
                """
            )
            let names = try rows.map { try $0.decode(0, as: String.self) }
            try await OutboxRepository.announce(topic: Self.topic, keys: names, in: transaction)
            return names.count
        }
    }

    /// The version of a tenant, of its row; ``version(uid:generation:namespace:)`` is the same of the object.
    private static let version = "t.uid || '/' || coalesce(t.generation, 0)::text || '/' || (t.status ->> 'targetNamespace')"

    /// What a key depends on in a tenant.
    static func version(uid: String, generation: Int64?, namespace: String) -> String { "\(uid)/\(generation ?? 0)/\(namespace)" }
}
