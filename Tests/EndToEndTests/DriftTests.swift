import JSONValue
import KubernetesModel
import Postgres
import Testing

extension EndToEnd {
    @Suite("Drift")
    struct DriftTests {
        @Test("Three kinds of mismatch are named, repaired, and gone")
        func driftAndRepair() async throws {
            try await Stage.with { stage in
                try await stage.apply(Samples.tenants(["changed", "lost", "kept"]))
                try await stage.waitUntilReady(["tenants", "--all"])
                try await eventually("there is no drift yet") { try await mismatches(stage).isEmpty }
                // Nothing must heal it but the repair.
                await stage.operatorProcess.stop()
                try await stage.withDatabase { pool in
                    try await pool.execute("update tenants set display_name = 'Somebody else' where name = 'changed'")
                    try await pool.execute("delete from tenants where name = 'lost'")
                    try await copyRow(pool, from: "kept", to: "foreign")
                }
                #expect(
                    try await mismatches(stage) == [
                        "changed": "field-mismatch", "lost": "missing-projection", "foreign": "missing-source",
                    ]
                )

                let rehearsal = try await stage.ocJSON(["tenants", "repair"])
                #expect(rehearsal["mode"] == "dry-run")
                #expect(try await mismatches(stage).count == 3, "a rehearsal changes nothing")

                let repair = try await stage.api.post("/api/v1/tenants/repair?dryRun=false")
                #expect(repair.status == 200)
                #expect(try repair.json["mode"] == "apply")
                #expect(try await mismatches(stage).isEmpty)
                let names = try await stage.api.get("/api/v1/tenants").json.arrayValue?.compactMap { $0["name"]?.stringValue }
                #expect(Set(names ?? []) == ["changed", "lost", "kept"])
                #expect(try await stage.api.get("/api/v1/tenants/changed").json["displayName"] == "changed")
                let again = try await stage.api.post("/api/v1/tenants/repair?dryRun=false").json
                #expect(again["entries"] == [], "a second repair has nothing to do")
            }
        }

        private func mismatches(_ stage: Stage) async throws -> [String: String] {
            let report = try await stage.api.get("/api/v1/tenants/drift").json
            var found: [String: String] = [:]
            for mismatch in report["mismatches"]?.arrayValue ?? [] {
                if let name = mismatch["name"]?.stringValue, let issue = mismatch["issue"]?.stringValue { found[name] = issue }
            }
            return found
        }

        /// Copies a row under another name and uid, whatever the other columns are.
        private func copyRow(_ pool: PostgresPool, from: String, to: String) async throws {
            try await pool.execute(
                """
                insert into tenants
                select (jsonb_populate_record(row, jsonb_build_object('name', \(to)::text, 'uid', gen_random_uuid(), 'id', gen_random_uuid()))).*
                from tenants row where name = \(from)
                """
            )
        }
    }
}
