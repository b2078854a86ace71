import Entitlements
import Foundation
import Postgres

/// Keeps the rollout of the awareness contract and the waves of tenants.
enum AwarenessRepository {
    /// The rollout.
    ///
    /// - Parameters:
    ///   - querying: what the statement runs in.
    ///   - lock: whether others that would change it have to wait; then there is a row afterwards. Needs a transaction.
    ///   - now: the time, for a row that is made.
    /// - Throws: `PostgresError`; `RolloutError` when what is kept is no rollout.
    static func rollout(in querying: some PostgresQuerying, lock: Bool = false, now: Date? = nil) async throws -> AwarenessRollout {
        if lock, let now {
            let initial = AwarenessRollout.initial
            try await querying.execute(
                """
                insert into awareness_rollout (target_version, stable_version, waves, promoted_count, is_shadow, updated_at)
                values (\(initial.target), \(initial.stable), \(initial.waves), \(initial.promotedCount), \(initial.isShadow), \(now))
                on conflict do nothing
                """
            )
        }
        let row = try await querying.first(
            """
            select target_version, stable_version, waves, promoted_count, is_shadow from awareness_rollout
            \(unescaped: lock ? "for update" : "")
            """
        )
        guard let row else { return .initial }
        return try AwarenessRollout(
            target: try row.decode("target_version"),
            stable: try row.decode("stable_version"),
            waves: try row.decode("waves"),
            promotedCount: try row.decode("promoted_count"),
            isShadow: try row.decode("is_shadow")
        )
    }

    /// Writes the rollout, which was locked before.
    ///
    /// - Throws: `PostgresError`.
    static func save(_ rollout: AwarenessRollout, now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            update awareness_rollout set target_version = \(rollout.target), stable_version = \(rollout.stable), waves = \(rollout.waves),
                promoted_count = \(rollout.promotedCount), is_shadow = \(rollout.isShadow), updated_at = \(now)
            """
        )
    }

    /// The wave of a tenant; nil when nobody has set one.
    ///
    /// - Throws: `PostgresError`.
    static func wave(of uid: String, in querying: some PostgresQuerying) async throws -> String? {
        try await querying.first("select wave from tenant_waves where tenant_uid = \(uid)")?.decode("wave", as: String.self)
    }

    /// Sets the wave of a tenant, or takes it back.
    ///
    /// - Throws: `PostgresError`.
    static func setWave(_ wave: String?, of uid: String, now: Date, in transaction: PostgresTransaction) async throws {
        guard let wave else {
            try await transaction.execute("delete from tenant_waves where tenant_uid = \(uid)")
            return
        }
        try await transaction.execute(
            """
            insert into tenant_waves (tenant_uid, wave, updated_at) values (\(uid), \(wave), \(now))
            on conflict (tenant_uid) do update set wave = excluded.wave, updated_at = excluded.updated_at
            """
        )
    }

    /// What a tenant runs.
    ///
    /// - Throws: `PostgresError`; `RolloutError`.
    static func resolution(of uid: String, in querying: some PostgresQuerying) async throws -> AwarenessRollout.Resolution {
        let wave = try await wave(of: uid, in: querying)
        return try await rollout(in: querying).resolve(wave: wave)
    }
}
