import Foundation
import JSONValue
import KubernetesModel
import LocalPostgres
import Postgres
import Testing

@testable import Projection

@Suite struct ProjectorTests {
    @Test func lateRepeatedAndReorderedEventsNeverOverwriteNewerRows() async throws {
        try await withProjectionPool { pool in
            // Every order of four versions and a deletion, each event twice and each in a transaction of its own.
            let events: [ProjectionChange] = try [
                .upsert(tenant("a", version: 10, team: "t10")), .upsert(tenant("a", version: 20, team: "t20")),
                .upsert(tenant("a", version: 30, team: "t30")),
                .delete(kind: .tenant, key: ObjectKey(namespace: "crane", name: "a"), uid: "uid-a", resourceVersion: "25"),
            ]
            for (number, order) in permutations(events).enumerated() {
                try await pool.execute("delete from tenants")
                for change in order + [order[0]] { _ = try await pool.pipeline(RowStatements.write([change], now: testTime)) }
                let row = try await TenantRepository(pool: pool).get(namespace: "crane", name: "a")
                #expect(row?.team == "t30", "order \(number)")
                #expect(row?.metadata.resourceVersion == "30")
            }
            let late = try tenant("a", version: 12)
            _ = try await pool.pipeline(
                RowStatements.write([.delete(kind: .tenant, key: late.key, uid: "uid-a", resourceVersion: "31")], now: testTime)
            )
            _ = try await pool.pipeline(RowStatements.write([.upsert(late)], now: testTime))
            let gone = try await TenantRepository(pool: pool).get(namespace: "crane", name: "a")
            #expect(gone == nil)
            // A successor of the same name.
            _ = try await pool.pipeline(RowStatements.write([.upsert(try tenant("a", version: 40, uid: "second"))], now: testTime))
            let successor = try await TenantRepository(pool: pool).get(namespace: "crane", name: "a")
            #expect(successor?.metadata.uid == "second")
            // A deletion of something there was never a row of leaves a mark against late events.
            let never = try tenant("never", version: 5)
            _ = try await pool.pipeline(
                RowStatements.write([.delete(kind: .tenant, key: never.key, uid: "u", resourceVersion: "6")], now: testTime)
            )
            _ = try await pool.pipeline(RowStatements.write([.upsert(never)], now: testTime))
            let ghost = try await TenantRepository(pool: pool).get(namespace: "crane", name: "never")
            #expect(ghost == nil)
        }
    }

    @Test func allKindsAreProjected() async throws {
        try await withProjectionPool { pool in
            try await withProjector(pool) { projector in
                projector.apply(.upsert(try tenant("mia", version: 3, customer: "corp")))
                projector.apply(
                    .upsert(
                        try object(
                            .accessPolicy,
                            "base",
                            version: 4,
                            spec: ["description": "d", "domains": ["allow": ["a.test"]], "mcpServers": ["allow": ["x"]]]
                        )
                    )
                )
                projector.apply(
                    .upsert(
                        try object(
                            .clusterTenant,
                            "corp",
                            version: 5,
                            spec: ["displayName": "Corp", "isolationTier": "shared", "resources": ["quota": ["cpu": "8", "pods": 4]]],
                            status: ["phase": "ready", "boundNamespace": "opencrane-corp"]
                        )
                    )
                )
                await projector.drained()
                #expect(projector.status.written == 3 && projector.status.queued == 0)
            }
            let mia = try #require(try await TenantRepository(pool: pool).get(namespace: "crane", name: "mia"))
            #expect(mia.displayName == "MIA" && mia.email == "mia@corp.test" && mia.clusterTenantRef == "corp" && mia.phase == "Running")
            #expect(
                mia.ingressHost == "h.test" && !mia.isSuspended && mia.metadata.labels == ["app": "x"] && mia.metadata.createdAt == testTime
            )
            let base = try #require(try await PolicyRepository(pool: pool).get(namespace: "crane", name: "base"))
            #expect(
                base.domains == ["allow": ["a.test"], "defaultDeny": true] && base.mcpServers == ["allow": ["x"]] && base.egressRules == nil
            )
            let corp = try #require(try await ClusterTenantRepository(pool: pool).get(name: "corp"))
            #expect(corp.phase == "ready" && corp.boundNamespace == "opencrane-corp" && corp.compute == ["mode": "shared"])
            #expect(corp.quota == ["cpu": "8", "pods": 4])
        }
    }

    @Test func aFullListConfirmsTombstonesAndRemovesWhatIsGone() async throws {
        try await withProjectionPool { pool in
            try await withProjector(pool) { projector in
                for (name, version) in [("kept", 10), ("gone", 11), ("newer", 90), ("buried", 12)] {
                    projector.apply(.upsert(try tenant(name, version: version)))
                }
                projector.apply(.upsert(try tenant("elsewhere", namespace: "other", version: 13)))
                await projector.drained()
                projector.apply(deletion(of: "buried", version: 14))
                await projector.drained()
                let tombstones = try await pool.count("select count(*) from tenants where deleted_at is not null")
                #expect(tombstones == 1)
                try await pool.execute("insert into tenants (namespace, name) values ('crane', 'foreign')")
                projector.apply(
                    .synced(
                        .tenant,
                        namespace: "crane",
                        objects: [try tenant("kept", version: 10), try tenant("new", version: 15)],
                        resourceVersion: "50"
                    )
                )
                await projector.drained()
            }
            let names = try await pool.query("select name from tenants order by name").decode("name", as: String.self)
            #expect(names == ["elsewhere", "kept", "new", "newer"])
        }
    }

    @Test func anObjectPostgresRefusesDoesNotStopTheOthers() async throws {
        try await withProjectionPool { pool in
            try await withProjector(pool) { projector in
                for n in 0..<20 { projector.apply(.upsert(try tenant("t\(n)", version: n + 1))) }
                projector.apply(.upsert(try object(.tenant, "nul", version: 99, spec: ["displayName": "a\0b", "email": "x@x.test"])))
                await projector.drained()
                #expect(projector.status.rejected == 1)
            }
            let count = try await pool.count("select count(*) from tenants")
            #expect(count == 20)
        }
    }

    /// SQLSTATE 54000: no index of PostgreSQL takes a value of this length (unless it can be compressed).
    @Test func aTextThatIsTooLongForAnIndexDoesNotStopTheOthers() async throws {
        var seed: UInt64 = 1
        let long = String(
            String.UnicodeScalarView(
                (0..<20_000).map { _ -> Unicode.Scalar in
                    seed = seed &* 6_364_136_223_846_793_005 &+ 1
                    return Unicode.Scalar(UInt8(truncatingIfNeeded: 33 + (seed >> 33) % 94))
                }
            )
        )
        try await withProjectionPool { pool in
            try await withProjector(pool) { projector in
                for n in 0..<5 { projector.apply(.upsert(try tenant("t\(n)", version: n + 1))) }
                projector.apply(.upsert(try tenant("long", version: 99, team: long)))
                await projector.drained()
                #expect(projector.status.rejected == 1 && projector.status.lastError?.contains("54000") == true)
            }
            let count = try await pool.count("select count(*) from tenants")
            #expect(count == 5)
        }
    }

    @Test func nothingIsLostWhilePostgresIsDown() async throws {
        try await withPrivatePostgres(isDurable: true) { server in
            let pool = PostgresPool(
                configuration: try await server.configuration,
                options: .init(maximumConnections: 2, acquireTimeout: .milliseconds(500)),
                logger: testLogger
            )
            try await ProjectionSchema.migrate(pool, logger: testLogger)
            try await withProjector(pool, batchLimit: 7) { projector in
                for n in 0..<200 {
                    projector.apply(.upsert(try tenant("t\(n % 50)", version: n + 1, team: "v\(n)")))
                    if n == 60 { await server.crash() }
                    if n == 120 {
                        while projector.status.lastError == nil { await Task.yield() }
                        #expect(projector.status.queued > 0)
                        try await server.start()
                    }
                }
                await projector.drained()
                #expect(projector.status.lastError == nil)
            }
            let wrong = try await pool.count(
                "select count(*) from tenants where resource_version_seq <= 150 or team <> 'v' || (resource_version_seq - 1)"
            )
            let count = try await pool.count("select count(*) from tenants")
            #expect(count == 50 && wrong == 0)
            await pool.shutdown()
        }
    }

    @Test func manyObjectsAreWrittenInBatches() async throws {
        try await withProjectionPool { pool in
            let objects = try (0..<3_000).map { try tenant("t\($0)", version: $0 + 1) }
            try await withProjector(pool) { projector in
                projector.apply(.synced(.tenant, namespace: nil, objects: objects, resourceVersion: "5000"))
                await projector.drained()
                projector.apply(.synced(.tenant, namespace: nil, objects: Array(objects.prefix(10)), resourceVersion: "5001"))
                await projector.drained()
            }
            let count = try await pool.count("select count(*) from tenants")
            #expect(count == 10)
        }
    }

    private func permutations<Element>(_ elements: [Element]) -> [[Element]] {
        guard !elements.isEmpty else { return [[]] }
        return elements.indices.flatMap { index -> [[Element]] in
            var rest = elements
            let chosen = rest.remove(at: index)
            return permutations(rest).map { [chosen] + $0 }
        }
    }
}
