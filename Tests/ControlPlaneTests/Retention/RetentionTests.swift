import Foundation
import KubernetesClient
import Logging
import Postgres
import Testing

@testable import ControlPlane

@Suite struct RetentionTests {
    private static let day: TimeInterval = 86_400

    private func sweep(_ pool: PostgresPool, at now: Date, batch: Int = 1000) -> RetentionSweep {
        var settings = RetentionSettings()
        settings.batch = batch
        return RetentionSweep(
            rows: RetentionRepository(pool: pool, settings: settings),
            settings: settings,
            now: { now },
            random: { 0 },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func addLines(_ pool: PostgresPool, _ uid: String, at date: Date) async throws {
        for step in ["vm_create", "agent_config", "complete"] {
            try await pool.execute(
                """
                insert into provisioning_log (uid, namespace, name, run, attempt, step, status, message, duration_ms, created_at)
                values (\(uid), 'n', 'n', 1, 1, \(step), 'complete', 'm', 1, \(date))
                """
            )
        }
        try await pool.execute(
            """
            insert into bootstrap_log (uid, credential_hash, seq, stage, level, message, created_at)
            values (\(uid), 'h', 1, 'ready', 'info', 'm', \(date))
            """
        )
    }

    @Test func logsGoWithTenantsThatAreLongGone() async throws {
        try await withProxyStage { proxy in
            let (pool, now) = (proxy.stage.pool, Date())
            let ago = now.addingTimeInterval(-1000 * Self.day)
            // One tenant is there, of two there are only lines.
            for uid in [proxy.uid, "gone-1", "gone-2"] { try await addLines(pool, uid, at: ago) }
            #expect(try await sweep(pool, at: now, batch: 2).sweep().isEmpty, "nobody knows yet for how long they are gone")
            #expect(try await proxy.stage.rows("select uid from departed_tenants order by uid") == ["gone-1", "gone-2"])
            #expect(try await sweep(pool, at: now + 89 * Self.day).sweep().isEmpty)
            // One was only away while the projection was made anew.
            try await pool.execute("update departed_tenants set uid = \(proxy.uid) where uid = 'gone-2'")
            let removed = try await sweep(pool, at: now + 91 * Self.day, batch: 2).sweep()
            #expect(removed[.provisioningLog] == 3 && removed[.bootstrapLog] == 1 && removed[.departures] == 1, "\(removed)")
            #expect(removed[.logNumbers] == 4)
            for log in ["provisioning_log", "bootstrap_log", "instance_log_lines"] {
                let uids = try await proxy.stage.rows("select distinct uid from \(identifier: log) order by uid")
                #expect(Set(uids) == ["gone-2", proxy.uid], "\(log)")
            }
        }
    }

    @Test func nobodyElseRemovesLines() async throws {
        try await withProxyStage { proxy in
            let pool = proxy.stage.pool
            for uid in [proxy.uid, "gone"] { try await addLines(pool, uid, at: Date()) }
            try await pool.execute("insert into departed_tenants (uid, noticed_at) values ('gone', now()), (\(proxy.uid), now())")
            for log in ["provisioning_log", "bootstrap_log"] {
                // Without saying so; as the sweep, but of a tenant that is there; another change; all at once.
                for (setting, statement) in [
                    ("", "delete from \(log) where uid = 'gone'"), ("sweep", "delete from \(log) where uid = '\(proxy.uid)'"),
                    ("sweep", "update \(log) set message = 'x' where uid = 'gone'"), ("sweep", "truncate \(log) cascade"),
                ] {
                    await #expect(throws: PostgresError.self, "\(setting) \(statement)") {
                        try await pool.withTransaction { transaction in
                            try await transaction.execute("select set_config('opencrane.retention', \(setting), true)")
                            try await transaction.execute("\(unescaped: statement)")
                        }
                    }
                }
            }
            #expect(try await proxy.stage.rows("select count(*)::text from provisioning_log") == ["6"])
        }
    }

    @Test func usageAndInstancesGoWhenTheirTimeIsOver() async throws {
        try await withProxyStage { proxy in
            let (pool, now) = (proxy.stage.pool, Date())
            for days in [0, 399, 401, 799, 801] {
                let day = "\(UsageDay(now).advanced(by: -days))"
                try await pool.execute(
                    """
                    insert into instance_usage_daily (instance_id, day, machine, requests, tokens, cost_usd, updated_at)
                    values (\(proxy.id), \(day)::date, 'm', 1, 1, 0, now())
                    """
                )
                try await pool.execute(
                    "insert into instance_usage_people (instance_id, day, person) values (\(proxy.id), \(day)::date, 'p')"
                )
            }
            try await pool.execute(
                """
                insert into idempotency_keys (principal, operation_id, key, request_digest, created_at, expires_at)
                values ('p', 'o', 'old', 'd', now(), \(now - 1)), ('p', 'o', 'new', 'd', now(), \(now + 60))
                """
            )
            let first = try await sweep(pool, at: now, batch: 1).sweep()
            #expect(first == [.usagePeople: 3, .usageDaily: 1, .idempotencyKeys: 1], "\(first)")
            try await proxy.set("delete_requested_at = \(now), deleted_at = \(now)")
            #expect(try await sweep(pool, at: now + 60).sweep() == [.idempotencyKeys: 1])
            // The instance goes with what it used.
            let last = try await sweep(pool, at: now + 401 * Self.day).sweep()
            #expect(last[.instances] == 1, "\(last)")
            for table in ["instances", "instance_usage_daily", "instance_usage_people", "instance_usage_cursors"] {
                #expect(try await proxy.stage.rows("select count(*)::text from \(identifier: table)") == ["0"], "\(table)")
            }
        }
    }

    /// Keys, spend, sessions and identities go with tenants that are long gone; what narrows sessions of people stays.
    @Test func whatBelongsToTenantsThatAreGoneGoes() async throws {
        try await withProxyStage { proxy in
            let (pool, now) = (proxy.stage.pool, Date())
            for (name, uid, date) in [
                ("here", proxy.uid, now - 100 * Self.day), ("old", "gone", now - 100 * Self.day), ("new", "just-gone", now),
            ] {
                try await pool.execute(
                    """
                    insert into session_scopes (session_key, principal, tenant_uid, scopes, bound_by, created_at, updated_at)
                    values ('k', \("tenant:" + name), \(uid), '[]', 'x', \(date), \(date))
                    """
                )
                try await pool.execute(
                    "insert into tenant_identities (tenant_uid, email, owner, bound_at) values (\(uid), 'e', 'o', \(date))"
                )
                try await pool.execute("insert into ai_spend (scope, name, spend_usd, read_at) values ('tenant', \(name), 1, \(date))")
                try await pool.execute(
                    """
                    insert into model_keys (tenant, alias, key_hash, secret_name, issued_at, revoked_at)
                    values (\(name), 'a', \(name), 's', \(date), \(name == "here" ? nil : date))
                    """
                )
            }
            try await pool.execute(
                """
                insert into session_scopes (session_key, principal, scopes, bound_by, created_at, updated_at)
                values ('k', 'user:mia', '[]', 'x', \(now - 1000 * Self.day), \(now - 1000 * Self.day))
                """
            )
            for days in [799, 801] {
                let day = "\(UsageDay(now).advanced(by: -days))"
                try await pool.execute(
                    """
                    insert into token_usage (tenant, model, day, input_tokens, output_tokens, cost_usd, recorded_at)
                    values ('here', 'm', \(day)::date, 1, 1, 0, now())
                    """
                )
            }
            let removed = try await sweep(pool, at: now, batch: 1).sweep()
            #expect(removed == [.sessions: 1, .identities: 1, .spend: 2, .modelKeys: 1, .tokenUsage: 1], "\(removed)")
            let left = try await proxy.stage.rows("select principal from session_scopes order by principal")
            #expect(left == ["tenant:here", "tenant:new", "user:mia"])
            #expect(try await proxy.stage.rows("select tenant from model_keys order by tenant") == ["here", "new"])
            #expect(try await sweep(pool, at: now).sweep().isEmpty)
        }
    }

    @Test func oneReplicaSweepsAtATime() async throws {
        try await withProxyStage { proxy in
            let (pool, now) = (proxy.stage.pool, Date())
            let rows = RetentionRepository(pool: pool, settings: RetentionSettings())
            try await pool.withTransaction { transaction in
                try await transaction.lock(.named("opencrane/retention"))
                #expect(try await rows.remove(.idempotencyKeys, now: now) == nil)
                #expect(try await rows.noteDepartures(.bootstrapLog, after: "", now: now) == nil)
            }
            #expect(try await rows.remove(.idempotencyKeys, now: now) == 0)
        }
    }

    @Test func settingsAreRead() throws {
        let read = EnvironmentReader(environment: ["RETENTION_LOG_DAYS": "7", "RETENTION_USAGE_DAYS": "366"])
        let settings = try RetentionSettings(read)
        #expect(settings.logDays == 7 && settings.usageDays == 366 && settings.peopleDays == 400 && settings.instanceDays == 400)
        for bad in ["RETENTION_LOG_DAYS": "0", "RETENTION_USAGE_DAYS": "365", "RETENTION_INSTANCE_DAYS": "x"] {
            #expect(throws: ConfigurationError.self) { try RetentionSettings(EnvironmentReader(environment: [bad.key: bad.value])) }
        }
    }
}
