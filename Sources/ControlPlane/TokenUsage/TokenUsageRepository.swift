import Foundation
import HTTPOperations
import ModelProxy
import Postgres
import Projection

/// What a tenant used of a model on a day.
struct TokenUsageRow: Sendable, Hashable {
    /// The tenant.
    var tenant: String
    /// The tenant's unique id; empty when it is not known.
    var tenantUID: String
    /// The model.
    var model: String
    /// The day in UTC.
    var day: String
    /// Tokens of prompts.
    var input: Int64
    /// Tokens of answers.
    var output: Int64
    /// What it cost.
    var cost: USD
    /// When that was read.
    var recordedAt: Date
}

/// Keeps what tenants used of models.
struct TokenUsageRepository: Sendable {
    let pool: PostgresPool

    /// What was used, the newest day first.
    ///
    /// - Parameters:
    ///   - tenant: of which tenant; nil for every one.
    ///   - sight: who asks.
    ///   - namespace: the namespace of the tenants.
    ///   - limit: how many rows at most.
    ///   - cursor: where the page before ended.
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func list(
        tenant: String?,
        seenBy sight: ObjectSight,
        namespace: String,
        limit: Int,
        cursor: String?
    ) async throws -> HTTPOperations.Page<TokenUsageRow> {
        var conditions: [SQL] = ["true"]
        if let tenant { conditions.append("u.tenant = \(tenant)") }
        if !sight.isEverything {
            conditions.append(
                """
                exists (select from tenants t where t.namespace = \(namespace) and t.name = u.tenant and t.uid = u.tenant_uid
                    and t.deleted_at is null and \(sight.tenants("t")))
                """
            )
        }
        if let cursor {
            let keys = try Cursor(parsing: cursor, count: 4).keys
            guard let day = UsageDay(keys[0]) else { throw OperationError.invalidCursor }
            conditions.append(
                "(-(u.day - date '1970-01-01'), u.tenant, u.model, u.tenant_uid) > (\(-day.number), \(keys[1]), \(keys[2]), \(keys[3]))"
            )
        }
        let rows = try await pool.reads.query(
            """
            select u.tenant, u.tenant_uid, u.model, u.day::text as day, u.input_tokens, u.output_tokens,
                (u.cost_usd * 1000000)::bigint as micros, u.recorded_at
            from token_usage u where \(SQL.joined(conditions, separator: " and "))
            order by u.day desc, u.tenant, u.model, u.tenant_uid limit \(limit + 1)
            """
        )
        return HTTPOperations.Page(rows: try rows.map(TokenUsageRow.init), limit: limit) {
            Cursor($0.day, $0.tenant, $0.model, $0.tenantUID)
        }
    }

    /// Keeps what the proxy says was used, by the keys that we have made: others are not of tenants. A day that was read before is replaced.
    ///
    /// - Throws: `PostgresError`.
    func keep(_ used: [ModelUsage.Key: ModelUsage], now: Date) async throws {
        let ordered = used.sorted { ($0.key.day, $0.key.model, $0.key.hash) < ($1.key.day, $1.key.model, $1.key.hash) }
        var start = 0
        // A tenant's keys of one day and model are summed up, so that parts of them never stand in two statements.
        while start < ordered.count {
            var end = min(start + 5000, ordered.count)
            while end < ordered.count,
                (ordered[end].key.day, ordered[end].key.model) == (ordered[end - 1].key.day, ordered[end - 1].key.model)
            {
                end += 1
            }
            let part = ordered[start..<end]
            try await pool.execute(
                """
                insert into token_usage (tenant, tenant_uid, model, day, input_tokens, output_tokens, cost_usd, recorded_at)
                select k.tenant, coalesce(k.tenant_uid, ''), u.model, u.day::date, sum(u.input)::bigint, sum(u.output)::bigint, sum(u.micros)::numeric / 1000000, \(now)
                from unnest(\(part.map(\.key.hash))::text[], \(part.map(\.key.model))::text[], \(part.map(\.key.day))::text[],
                    \(part.map(\.value.input))::bigint[], \(part.map(\.value.output))::bigint[],
                    \(part.map(\.value.cost.micros))::bigint[]) as u (hash, model, day, input, output, micros)
                join model_keys k on k.key_hash = u.hash
                group by k.tenant, coalesce(k.tenant_uid, ''), u.model, u.day
                on conflict (tenant, model, day, tenant_uid) do update set input_tokens = excluded.input_tokens,
                    output_tokens = excluded.output_tokens, cost_usd = excluded.cost_usd, recorded_at = excluded.recorded_at
                where (token_usage.input_tokens, token_usage.output_tokens, token_usage.cost_usd)
                    is distinct from (excluded.input_tokens, excluded.output_tokens, excluded.cost_usd)
                """
            )
            start = end
        }
    }
}

extension TokenUsageRow {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            tenant: try row.decode("tenant"),
            tenantUID: try row.decode("tenant_uid"),
            model: try row.decode("model"),
            day: try row.decode("day"),
            input: try row.decode("input_tokens"),
            output: try row.decode("output_tokens"),
            cost: USD(micros: try row.decode("micros")),
            recordedAt: try row.decode("recorded_at")
        )
    }
}
