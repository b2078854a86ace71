import Foundation
import JSONValue
import KubernetesModel
import Postgres
import Testing

@testable import Projection

@Suite struct DriftTests {
    private func source(_ objects: [ProjectedObject], version: Int = 100) -> ProjectionSource {
        { kind, namespace, _ in
            SourcePage(
                objects: objects.filter { $0.kind == kind && (namespace == nil || $0.key.namespace == namespace) },
                resourceVersion: String(version)
            )
        }
    }

    private func project(_ objects: [ProjectedObject], _ pool: PostgresPool) async throws {
        _ = try await pool.pipeline(RowStatements.write(objects.map { .upsert($0) }, now: testTime))
    }

    @Test func theThreeIssuesAreNamedAndMended() async throws {
        try await withProjectionPool { pool in
            let objects = try ["ada", "bob", "eve", "mia"].map { try tenant($0, version: 10, team: $0 == "eve" ? nil : "ops") }
            try await project(objects, pool)
            let detector = DriftDetector(pool: pool, source: source(objects))
            let clean = try await detector.detect(.tenant, namespace: "crane")
            #expect(clean.mismatches == [] && clean.summary == .init(sourceCount: 4, projectionCount: 4, driftCount: 0))

            try await pool.execute("update tenants set email = 'x@y.test', team = null where name = 'bob'")
            try await pool.execute("update tenants set team = 'ghosts' where name = 'eve'")
            try await pool.execute("delete from tenants where name = 'ada'")
            try await pool.execute(
                "insert into tenants (namespace, name, display_name, email) values ('crane', 'foreign', 'F', 'f@f.test')"
            )
            let report = try await detector.detect(.tenant, namespace: "crane")
            let json = try JSON(encoding: report)
            #expect(
                json == [
                    "resource": "Tenant", "mode": "detect-only", "comparedFields": ["displayName", "email", "team", "clusterTenantRef"],
                    "summary": ["sourceCount": 4, "projectionCount": 4, "driftCount": 4],
                    "mismatches": [
                        ["name": "ada", "issue": "missing-projection"],
                        ["name": "bob", "issue": "field-mismatch", "fields": ["email", "team"]],
                        ["name": "eve", "issue": "field-mismatch", "fields": ["team"]],
                        ["name": "foreign", "issue": "missing-source"],
                    ],
                ]
            )

            let repairer = Repairer(pool: pool, source: source(objects))
            let plan = try await repairer.repair(.tenant, namespace: "crane", actor: "ops", requestID: "r1", now: testTime)
            #expect(plan.mode == .dryRun && plan.repairedCount == 4 && plan.skippedCount == 0)
            let still = try await detector.detect(.tenant, namespace: "crane")
            #expect(still == report)

            let done = try await repairer.repair(.tenant, namespace: "crane", dryRun: false, actor: "ops", requestID: "r2", now: testTime)
            let doneJSON = try JSON(encoding: done)
            #expect(
                doneJSON == [
                    "resource": "Tenant", "mode": "apply", "repairedCount": 4, "skippedCount": 0,
                    "entries": [
                        ["name": "ada", "action": "created", "reason": "the object had no row", "dryRun": false],
                        ["name": "bob", "action": "updated", "reason": "the row differed in email, team", "dryRun": false],
                        ["name": "eve", "action": "updated", "reason": "the row differed in team", "dryRun": false],
                        ["name": "foreign", "action": "deleted", "reason": "the row had no object", "dryRun": false],
                    ],
                ]
            )
            let after = try await detector.detect(.tenant, namespace: "crane")
            #expect(after.mismatches == [])
            let nothing = try await repairer.repair(
                .tenant,
                namespace: "crane",
                dryRun: false,
                actor: "ops",
                requestID: "r3",
                now: testTime
            )
            #expect(nothing.entries == [])
            let audit = try await AuditRepository(pool: pool).list()
            #expect(Set(audit.rows.map(\.draft.resource)) == ["Tenant/ada", "Tenant/bob", "Tenant/eve", "Tenant/foreign"])
            #expect(audit.rows.allSatisfy { $0.draft.actor == "ops" && $0.draft.requestID == "r2" && $0.outcome == .succeeded })
        }
    }

    @Test func defaultsAndKeyOrderAreNoDriftAndTheSpecColumnCounts() async throws {
        try await withProjectionPool { pool in
            let bare: JSON = ["domains": ["allow": ["b", "a"]], "egressRules": [["cidr": "10.0.0.0/8"]]]
            let full: JSON = [
                "egressRules": [["protocol": "TCP", "cidr": "10.0.0.0/8"]], "domains": ["defaultDeny": true, "allow": ["b", "a"]],
            ]
            try await project([try object(.accessPolicy, "base", version: 10, spec: bare)], pool)
            let detector = DriftDetector(pool: pool, source: source([try object(.accessPolicy, "base", version: 10, spec: full)]))
            let clean = try await detector.detect(.accessPolicy)
            #expect(clean.mismatches == [])
            try await pool.execute("update access_policies set domains = \(["allow": ["a", "b"]] as JSON)")
            let reordered = try await detector.detect(.accessPolicy)
            #expect(reordered.mismatches.map(\.fields) == [["domains"]])

            let customer = try object(.clusterTenant, "corp", version: 3, spec: ["displayName": "Corp"])
            try await project([customer], pool)
            let customers = DriftDetector(pool: pool, source: source([customer]))
            let cleanCustomers = try await customers.detect(.clusterTenant, namespace: "ignored")
            #expect(cleanCustomers.mismatches == [])
            try await pool.execute("update cluster_tenants set compute = \(["mode": "dedicated"] as JSON)")
            let drifted = try await customers.detect(.clusterTenant)
            #expect(drifted.mismatches.map(\.fields) == [["compute"]])

            let mia = try tenant("mia", version: 10)
            try await project([mia], pool)
            try await pool.execute("update tenants set spec = jsonb_set(spec, '{suspended}', 'true')")
            let hidden = try await DriftDetector(pool: pool, source: source([mia])).detect(.tenant)
            #expect(hidden.mismatches.map(\.fields) == [["suspended"]])
        }
    }

    @Test func rowsNewerThanTheListAreNoDrift() async throws {
        try await withProjectionPool { pool in
            try await project([try tenant("changed", version: 120, team: "new"), try tenant("made", version: 110)], pool)
            let stale = [try tenant("changed", version: 50, team: "old"), try tenant("deleted", version: 60)]
            _ = try await pool.pipeline(
                RowStatements.write([.delete(kind: .tenant, key: stale[1].key, uid: "u", resourceVersion: "130")], now: testTime)
            )
            let repairer = Repairer(pool: pool, source: source(stale))
            let report = try await repairer.repair(.tenant, dryRun: false, actor: "ops", requestID: "r", now: testTime)
            #expect(report.entries == [])
            let names = try await pool.query("select name from tenants where deleted_at is null order by name").decode(
                "name",
                as: String.self
            )
            #expect(names == ["changed", "made"])
        }
    }

    @Test func aRowWhoseWriteIsUnderWayIsSkipped() async throws {
        try await withProjectionPool { pool in
            try await pool.execute("insert into tenants (namespace, name) values ('crane', 'mia')")
            _ = try await IntentRepository(pool: pool).open(intentDraft("mia"), audit: auditDraft("mia"), now: testTime)
            let report = try await Repairer(pool: pool, source: source([])).repair(
                .tenant,
                dryRun: false,
                actor: "ops",
                requestID: "r",
                now: testTime
            )
            #expect(report.entries.map(\.action) == [.skipped] && report.skippedCount == 1 && report.repairedCount == 0)
        }
    }

    @Test func otherNamespacesAreNotOrphans() async throws {
        try await withProjectionPool { pool in
            let here = try tenant("mia", version: 10)
            try await project([here, try tenant("mia", namespace: "other", version: 11)], pool)
            let report = try await DriftDetector(pool: pool, source: source([here])).detect(.tenant, namespace: "crane")
            #expect(report.mismatches == [] && report.summary.projectionCount == 1)
        }
    }
}

@Suite struct DriftMonitorTests {
    private struct Unreachable: Error {}

    @Test func theLatestReportIsKeptAndAFailedLookKeepsIt() async throws {
        try await withProjectionPool { pool in
            try await pool.execute("insert into tenants (namespace, name) values ('crane', 'foreign')")
            let lists = AsyncListSource([SourcePage(objects: [], resourceVersion: "9")])
            let monitor = DriftMonitor(detector: DriftDetector(pool: pool) { _, _, _ in try await lists.next() }, logger: testLogger)
            #expect(monitor.latest(.tenant) == nil)
            await monitor.look(at: .tenant)
            #expect(monitor.latest(.tenant)?.mismatches.map(\.name) == ["foreign"])
            await monitor.look(at: .tenant)
            #expect(monitor.latest(.tenant)?.summary.driftCount == 1)
        }
    }

    /// Gives each list once, then fails.
    private actor AsyncListSource {
        private var lists: [SourcePage]
        init(_ lists: [SourcePage]) { self.lists = lists }
        func next() throws -> SourcePage {
            guard !lists.isEmpty else { throw Unreachable() }
            return lists.removeFirst()
        }
    }
}
