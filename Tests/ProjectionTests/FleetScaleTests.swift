import Foundation
import Postgres
import Testing

@testable import Projection

/// How lists, streams and sweeps find their rows among 100,000.
@Suite struct FleetScaleTests {
    private static let owners: [TenantScope] = [
        .owner(.organization("org-7")), .owner(.organization("inst-7")), .owner(.organization("inst-7"), customer: "c-1"),
        .owner(.person("p7@x.example")),
    ]

    /// 20,000 tenants, half of them of 1,000 organisations, a quarter of instances and a quarter of persons; 100,000 agents, a fifth of them gone.
    private static func fill(_ pool: PostgresPool) async throws {
        try await pool.execute(
            """
            insert into tenants (namespace, name, uid, email, spec, created_at)
            select 'crane', 't-' || n, 'uid-' || n, 'p' || n || '@x.example',
                jsonb_build_object('runtime', jsonb_build_object('type', 'VirtualMachine'), 'fleet',
                    case when n % 2 = 0 then jsonb_build_object('organization', 'org-' || n % 1000) else '{}' end),
                now() - n * interval '1 second'
            from generate_series(1, 20000) as n
            """
        )
        try await pool.execute(
            """
            insert into instances (id, task_id, organization, customer_id, agent_name, idempotency_key, request_hash, region_id, tier_id,
                tier_name, preset_id, hostname, namespace, tenant_uid, tenant_spec, actor, request_id, created_at, updated_at)
            select gen_random_uuid(), gen_random_uuid(), 'inst-' || n % 500, 'c-' || n % 3, 'a', 'k' || n, 'h', 'r', 't', 't', 'p', 't-' || n,
                'crane', 'uid-' || n, '{}', 'a', 'r', now(), now()
            from generate_series(1, 20000, 4) as n
            """
        )
        try await pool.execute(
            """
            insert into agents (id, board_id, gateway_id, namespace, tenant, name, status, agent_key, is_board_lead, is_gateway_main, is_paused,
                is_retired, missing_tolerance, token_generation, generation, options, attempts, wake_attempts, deleted_at, created_at, updated_at)
            select gen_random_uuid(), md5('opencrane-board:uid-' || n % 20000 + 1)::uuid, 'uid-' || n % 20000 + 1, 'crane', 't-' || n % 20000 + 1,
                'agent ' || n, case when n % 5 = 0 then 'deleted' else 'ready' end, 'mc-' || n, false, false, false, false, 600, 0, 1, '{}', 0, 0,
                case when n % 5 = 0 then now() - n * interval '1 minute' end, now() - n * interval '1 second', now() - n * interval '1 second'
            from generate_series(1, 100000) as n
            """
        )
        try await pool.execute("vacuum (analyze) agents, tenants, instances")
    }

    /// The tables that a statement reads from end to end.
    private static func walked(_ pool: PostgresPool, _ sql: SQL) async throws -> (tables: [String], plan: String) {
        let plan = try await pool.query("explain (costs off) \(sql)").map { try $0.decode(0, as: String.self) }
        return (plan.filter { $0.contains("Seq Scan") }, plan.joined(separator: "\n"))
    }

    @Test(.timeLimit(.minutes(15))) func nobodyWalksAWholeTable() async throws {
        try await withProjectionPool { pool in
            try await Self.fill(pool)
            let gateways = GatewayRepository(pool: pool, namespace: "crane")
            var statements: [(String, SQL)] = []
            let now = Date()
            let afterAgent = try RowPlace.condition(afterID: RowPlace.text(now, UUID(), listing: "agents"), listing: "agents")
            let afterBoard = try RowPlace.condition(
                after: Cursor(listing: "gateways", date: now, rest: ["crane", "t"]).text,
                listing: "gateways"
            )
            for scope in Self.owners + [.all] {
                for filter in [
                    AgentFilter(scope: scope), AgentFilter(scope: scope, statuses: [.ready, .active], now: Date()),
                    AgentFilter(scope: scope, statuses: [.deleted], now: Date()),
                ] {
                    statements.append(
                        (
                            "agents of \(scope)",
                            "select id from agents where \(filter.condition) order by created_at desc, id desc limit 50"
                        )
                    )
                    statements.append(
                        (
                            "later agents of \(scope)",
                            "select id from agents where \(filter.condition) and \(afterAgent) order by created_at desc, id desc limit 50"
                        )
                    )
                    if scope != .all { statements.append(("count of \(scope)", "select count(*) from agents where \(filter.condition)")) }
                }
                statements += gateways.statements(scope, limit: 50, offset: 0).map { ("boards of \(scope)", $0) }
                statements += gateways.statements(scope, limit: 50, offset: 0, after: afterBoard).map { ("later boards of \(scope)", $0) }
                statements.append(
                    ("stream of \(scope)", AgentWatchRepository.versions(in: scope, deletedAfter: Date() - 600, limit: 10_000))
                )
            }
            for (name, sql) in statements {
                let (tables, plan) = try await Self.walked(pool, sql)
                #expect(tables.isEmpty, "\(name):\n\(plan)")
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func whatIsFoundByIndexesIsRight() async throws {
        try await withProjectionPool { pool in
            try await Self.fill(pool)
            let agents = AgentRepository(pool: pool)
            let gateways = GatewayRepository(pool: pool, namespace: "crane")
            let watch = AgentWatchRepository(pool: pool)
            // Tenants 1006, 2006 …: even ones alone have organisations.
            let even = try await gateways.list(.owner(.organization("org-6")), limit: 200, offset: 0)
            #expect(even.total == 20 && even.rows.allSatisfy { $0.organization == "org-6" })
            let odd = try await gateways.list(.owner(.organization("org-7")), limit: 200, offset: 0)
            #expect(odd.total == 0)
            let instances = try await gateways.list(.owner(.organization("inst-5")), limit: 200, offset: 0)
            #expect(instances.total == 40 && instances.rows.allSatisfy { $0.organization == "inst-5" })
            var byCustomer = 0
            for customer in ["c-0", "c-1", "c-2", "c-3"] {
                byCustomer += try await gateways.list(.owner(.organization("inst-5"), customer: customer), limit: 200, offset: 0).total
            }
            #expect(byCustomer == 40, "each instance is one customer's")
            #expect(try await gateways.list(.owner(.person("P7@x.example")), limit: 10, offset: 0).total == 1)
            #expect(try await gateways.list(.owner(.person("p5@x.example")), limit: 10, offset: 0).total == 0, "it is an instance's")
            for scope in Self.owners {
                let known = try await gateways.list(scope, limit: 200, offset: 0).rows.map(\.tenant.metadata.uid)
                let count = try await pool.count("select count(*) from agents where status <> 'deleted' and gateway_id = any(\(known))")
                #expect(try await agents.list(AgentFilter(scope: scope), limit: 1, offset: 0).total == count)
                let versions = try await watch.versions(in: [scope], deletedAfter: .distantFuture, limit: 10_000)
                #expect(versions[scope]?.count == count)
            }
        }
    }
}
