import Foundation
import JSONValue
import KubernetesModel
import Postgres
import Testing

@testable import Projection

/// Drift after a cluster was made anew: its versions begin again at one.
@Suite struct DriftResetTests {
    private func project(_ objects: [ProjectedObject], cluster: String? = nil, _ pool: PostgresPool) async throws {
        _ = try await pool.pipeline(RowStatements.write(objects.map { .upsert($0) }, cluster: cluster, now: testTime))
    }

    private func mend(_ snapshot: SourcePage, _ pool: PostgresPool) async throws -> RepairReport {
        try await Repairer(pool: pool) { _, _, _ in snapshot }.repair(
            .tenant,
            dryRun: false,
            actor: "ops",
            requestID: "r",
            now: testTime
        )
    }

    @Test func anotherObjectOfTheSameNameWins() async throws {
        try await withProjectionPool { pool in
            try await project([try tenant("mia", version: 9_000, uid: "old", team: "old")], pool)
            let snapshot = SourcePage(objects: [try tenant("mia", version: 4, uid: "new", team: "new")], resourceVersion: "9")
            let report = try await DriftDetector(pool: pool) { _, _, _ in snapshot }.detect(.tenant)
            #expect(report.mismatches.map(\.issue) == [.fieldMismatch])
            let mended = try await mend(snapshot, pool)
            #expect(mended.repairedCount == 1)
            let row = try #require(try await TenantRepository(pool: pool).get(namespace: "crane", name: "mia"))
            #expect(row.team == "new" && row.metadata.uid == "new" && row.metadata.resourceVersion == "4")
            let clean = try await DriftDetector(pool: pool) { _, _, _ in snapshot }.detect(.tenant)
            #expect(clean.mismatches == [])
        }
    }

    @Test func aSuccessorMadeAfterTheListIsNotOverwritten() async throws {
        try await withProjectionPool { pool in
            try await project([try tenant("mia", version: 110, uid: "second", created: 60)], pool)
            let snapshot = SourcePage(objects: [try tenant("mia", version: 4, uid: "first")], resourceVersion: "100")
            let report = try await DriftDetector(pool: pool) { _, _, _ in snapshot }.detect(.tenant)
            #expect(report.mismatches == [])
        }
    }

    @Test func rowsOfAFormerClusterAreReplacedAndRemoved() async throws {
        try await withProjectionPool { pool in
            try await project(["ada", "mia"].map { try tenant($0, version: 9_000, team: "old") }, cluster: "one", pool)
            let objects = [try tenant("mia", version: 4, team: "new")]
            let unknown = try await DriftDetector(pool: pool) { _, _, _ in SourcePage(objects: objects, resourceVersion: "9") }
                .detect(.tenant)
            #expect(unknown.mismatches == [])
            let snapshot = SourcePage(objects: objects, resourceVersion: "9", cluster: "two")
            let report = try await DriftDetector(pool: pool) { _, _, _ in snapshot }.detect(.tenant)
            #expect(report.mismatches.map(\.issue) == [.missingSource, .fieldMismatch])
            _ = try await mend(snapshot, pool)
            let rows = try await TenantRepository(pool: pool).list().rows
            #expect(rows.map(\.name) == ["mia"] && rows.map(\.team) == ["new"])
        }
    }

    @Test func aListWhoseClusterIsUnknownIsOfTheClusterItsRowsAreOf() async throws {
        try await withProjectionPool { pool in
            try await project([try tenant("ada", version: 9_000)], cluster: "one", pool)
            let objects = [try tenant("mia", version: 4)]
            try await project(objects, cluster: "two", pool)
            let snapshot = SourcePage(objects: objects, resourceVersion: "9")
            let report = try await DriftDetector(pool: pool) { _, _, _ in snapshot }.detect(.tenant)
            #expect(report.mismatches.map(\.name) == ["ada"])
            _ = try await mend(snapshot, pool)
            let rows = try await TenantRepository(pool: pool).list().rows
            #expect(rows.map(\.name) == ["mia"])
        }
    }

    @Test func aLargeRepairWritesItsTrailInBatches() async throws {
        try await withProjectionPool { pool in
            let count = DriftScan.batch * 2 + 7
            try await pool.execute("insert into tenants (namespace, name) values ('crane', 'foreign')")
            let objects = try (0..<count).map { try tenant("t\($0 + 10_000)", version: $0 + 1) }
            // One statement a row would show in the number of writes a transaction makes.
            try await pool.execute(
                """
                create function counted() returns trigger language plpgsql as $$
                begin insert into statements values (1); return null; end $$
                """
            )
            try await pool.execute("create table statements (n integer)")
            try await pool.execute(
                "create trigger counted after insert on audit_entries for each statement execute function counted()"
            )
            let report = try await mend(SourcePage(objects: objects, resourceVersion: "5000"), pool)
            #expect(report.repairedCount == count + 1 && report.entries.count == 1000 && report.next == "t10998")
            let entries = try await pool.count("select count(distinct resource) from audit_entries where action = 'Repaired'")
            let statements = try await pool.count("select count(*) from statements")
            #expect(entries == count + 1 && statements == 3)
            let first = try await pool.first("select resource, after->>'action' as action from audit_entries order by id limit 1")
            #expect(try first?.decode("resource", as: String.self) == "Tenant/foreign")
            #expect(try first?.decode("action", as: String.self) == "deleted")
        }
    }
}
