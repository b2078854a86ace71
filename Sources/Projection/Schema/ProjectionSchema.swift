import Logging
import Postgres

/// The tables of the projection, the write intents and the audit trail.
///
/// The statements are part of the program, so that a binary that was copied to another machine can migrate. An applied migration must
/// never change; add another one. After a release, each says from which one on programs work with it.
public enum ProjectionSchema {
    /// All migrations, in order.
    public static let migrations: [Migration] = [
        Migration(number: 1, name: "projection", sql: projection),
        Migration(number: 2, name: "audit_entries", sql: auditEntries),
        Migration(number: 3, name: "write_intents", sql: writeIntents),
        Migration(number: 4, name: "cluster_identity", sql: clusterIdentity),
        Migration(number: 5, name: "write_order", sql: writeOrder),
        Migration(number: 6, name: "provisioning", sql: provisioning),
        Migration(number: 7, name: "boards", sql: boards),
        Migration(number: 8, name: "idempotency_keys", sql: idempotencyKeys),
        Migration(number: 9, name: "api_keys", sql: apiKeys),
        Migration(number: 10, name: "agents", sql: agents),
        Migration(number: 11, name: "instances", sql: instances),
        Migration(number: 12, name: "instance_usage", sql: instanceUsage),
        Migration(number: 13, name: "entitlements", sql: entitlements),
        Migration(number: 14, name: "skills", sql: skills),
        Migration(number: 15, name: "outbox", sql: outbox),
        Migration(number: 16, name: "model_budgets", sql: modelBudgets),
        Migration(number: 17, name: "authentication", sql: authentication),
        Migration(number: 18, name: "instance_guarantees", sql: instanceGuarantees),
        Migration(number: 19, name: "contracts", sql: contracts),
        Migration(number: 20, name: "retention", sql: retention),
        Migration(number: 21, name: "fleet_indexes", sql: fleetIndexes),
        Migration(number: 22, name: "audit_chain", sql: auditChain),
        Migration(number: 23, name: "kept_answers", sql: keptAnswers),
        Migration(number: 24, name: "metrics", sql: metrics),
        Migration(number: 25, name: "provider_keys_told", sql: providerKeysTold),
        Migration(number: 26, name: "model_key_revocations", sql: modelKeyRevocations),
        Migration(number: 27, name: "session_principals", sql: sessionPrincipals),
        Migration(number: 28, name: "folded_addresses", sql: foldedAddresses),
        Migration(number: 29, name: "token_makers", sql: tokenMakers),
        Migration(number: 30, name: "tenant_spend", sql: tenantSpend),
        Migration(number: 31, name: "dataset_owners", sql: datasetOwners),  // the last of 0.1.0
        Migration(number: 32, name: "without_model_proxy_leases", sql: withoutModelProxyLeases, worksFrom: 31),
    ]

    /// Brings a database up to date; several processes may do so at once.
    ///
    /// - Throws: `PostgresError`, as `Migrator.migrate`.
    @discardableResult
    public static func migrate(_ pool: PostgresPool, logger: Logger) async throws -> Migrator.Report {
        try await Migrator(migrations: migrations, logger: logger).migrate(pool)
    }
}
