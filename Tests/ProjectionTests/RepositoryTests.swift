import Foundation
import JSONValue
import KubernetesModel
import Postgres
import Testing

@testable import Projection

@Suite struct RepositoryTests {
    @Test func listingsArePagedAndFiltered() async throws {
        try await withProjectionPool { pool in
            let objects = try (0..<23).map { n in
                try tenant(
                    "t\(n)",
                    namespace: n % 5 == 0 ? "other" : "crane",
                    version: n + 1,
                    created: n / 4,
                    customer: n % 2 == 0 ? "corp" : nil
                )
            }
            let customers = try (0..<5).map { n in
                try object(.clusterTenant, "c\(n)", version: n + 1, created: n, spec: ["displayName": "C", "isolationTier": "shared"])
            }
            let policies = try (0..<5).map { n in try object(.accessPolicy, "p\(n)", version: n + 1, created: n, spec: [:]) }
            _ = try await pool.pipeline(RowStatements.write((objects + customers + policies).map { .upsert($0) }, now: testTime))
            let tenants = TenantRepository(pool: pool)
            var seen: [String] = []
            var cursor: String?
            repeat {
                let page = try await tenants.list(limit: 4, cursor: cursor)
                #expect(page.rows.count <= 4)
                seen += page.rows.map { "\($0.namespace)/\($0.name)" }
                cursor = page.next
            } while cursor != nil
            let expected = objects.sorted {
                ($0.createdAt ?? testTime, $0.key.namespace ?? "", $0.key.name) > (
                    $1.createdAt ?? testTime, $1.key.namespace ?? "", $1.key.name
                )
            }
            #expect(seen == expected.map { "\($0.key.namespace ?? "")/\($0.key.name)" })
            let corp = try await tenants.list(TenantFilter(namespace: "crane", clusterTenantRef: "corp"))
            #expect(corp.rows.count == 9 && corp.rows.allSatisfy { $0.clusterTenantRef == "corp" } && corp.next == nil)
            let none = try await tenants.list(TenantFilter(team: "nobody", phase: "Running"))
            #expect(none.rows.isEmpty)

            let oldestFirst = try await ClusterTenantRepository(pool: pool).list(limit: 3)
            #expect(oldestFirst.rows.map(\.name) == ["c0", "c1", "c2"])
            let rest = try await ClusterTenantRepository(pool: pool).list(limit: 3, cursor: oldestFirst.next)
            #expect(rest.rows.map(\.name) == ["c3", "c4"] && rest.next == nil)
            let newestFirst = try await PolicyRepository(pool: pool).list(namespace: "crane", limit: 2)
            #expect(newestFirst.rows.map(\.name) == ["p4", "p3"])
            let foreign = await #expect(throws: ProjectionError.self) { try await tenants.list(cursor: newestFirst.next) }
            #expect(foreign?.code == .invalidCursor)
        }
    }

    @Test func whatNoTextCanHoldIsNotFound() async throws {
        try await withProjectionPool { pool in
            let tenants = TenantRepository(pool: pool)
            let found = try await tenants.get(namespace: "crane", name: "a\0")
            let listed = try await tenants.list(TenantFilter(team: "\0")).rows
            let entries = try await AuditRepository(pool: pool).list(AuditFilter(actor: "\0")).rows
            #expect(found == nil && listed.isEmpty && entries.isEmpty)
        }
    }

    @Test func migrationsRunTwiceAndAtOnce() async throws {
        try await withProjectionPool { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        let report = try await ProjectionSchema.migrate(pool, logger: testLogger)
                        #expect(report.applied == [] && report.current == ProjectionSchema.migrations.count)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
