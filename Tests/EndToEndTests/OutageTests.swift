import CraneAPI
import JSONValue
import KubernetesModel
import LocalCluster
import LocalPostgres
import Postgres
import Testing

extension EndToEnd {
    @Suite("Outages")
    struct OutageTests {
        @Test("While PostgreSQL is away tenants still become Ready and REST says 503; afterwards no row is missing")
        func postgres() async throws {
            try await Stage.with { stage in
                try await stage.apply(Samples.tenant("before"))
                try await stage.waitUntilReady(["tenant/before"])
                await stage.postgres.stop()
                let refused = try await stage.api.post(
                    "/api/v1/tenants",
                    ["name": "refused", "displayName": "Refused", "email": "refused@example.com"]
                )
                #expect(refused.status == 503)
                #expect(refused.code?.isEmpty == false)
                #expect(try await stage.api.get("/api/v1/tenants").status == 503)
                try await stage.apply(Samples.tenants((0..<5).map { "during\($0)" }))
                try await stage.kubectl(["delete", "tenant", "before", "--timeout=60s"])
                try await stage.waitUntilReady(["tenants", "--all"])
                try await stage.postgres.start()
                try await eventually("the rows have caught up", within: .seconds(90)) {
                    let answer = try await stage.api.get("/api/v1/tenants?limit=100").json.arrayValue ?? []
                    return Set(answer.compactMap { $0["name"]?.stringValue }) == Set((0..<5).map { "during\($0)" })
                }
                #expect(try await stage.tenant("refused") == nil, "what was refused was not done")
                try await eventually("there is no drift") {
                    try await stage.api.get("/api/v1/tenants/drift").json[at: ["summary", "driftCount"]] == 0
                }
                let again = try await stage.api.post(
                    "/api/v1/tenants",
                    ["name": "refused", "displayName": "Refused", "email": "refused@example.com"]
                )
                #expect(again.status == 201)
            }
        }

        @Test(
            "The API server restarts: REST says so meanwhile, operator and control plane go on afterwards",
            .enabled(if: Installation.isLocal)
        )
        func apiServer() async throws {
            try await Stage.with(StageOptions(isPersistent: true)) { stage in
                let server = try #require(stage.apiServer)
                try await stage.apply(Samples.tenant("first"))
                try await stage.waitUntilReady(["tenant/first"])
                let uid = try await stage.tenant("first")?.metadata.uid
                await server.stop()
                let meanwhile = try await stage.api.put("/api/v1/tenants/first", ["team": "moved"])
                #expect((500...599).contains(meanwhile.status) || meanwhile.status == 202, "status \(meanwhile.status)")
                #expect(stage.operatorProcess.isRunning && stage.controlPlane.isRunning)
                try await server.start()
                #expect(try await stage.tenant("first")?.metadata.uid == uid, "the objects survived the restart")
                try await stage.apply(Samples.tenant("second"))
                try await stage.waitUntilReady(["tenant/second", "tenant/first"])
                try await eventually("the row of the second tenant is there") {
                    try await stage.rows("select 1 from tenants where name = 'second' and phase = 'Running'").count == 1
                }
                // The intent of the write that met the outage was stored, so it is finished now.
                try await eventually("the write that met the outage is finished") {
                    let resource = try await stage.tenant("first")?.json[at: ["spec", "team"]]
                    let row = try await stage.api.get("/api/v1/tenants/first").json["team"]
                    return resource == "moved" && row == "moved"
                }
                #expect(stage.operatorProcess.isRunning && stage.controlPlane.isRunning)
            }
        }

        @Test("A busy and failing API server delays the operator and loses nothing", .enabled(if: Installation.isLocal))
        func sickAPIServer() async throws {
            try await Stage.with { stage in
                let faults = try #require(try stage.apiServer?.server).faults
                let theOperator = "opencrane"
                for (verb, code, times) in [
                    ("patch", 409, 3), ("patch", 429, 3), ("create", 500, 3), ("create", 503, 3), ("list", 500, 2), ("watch", 410, 2),
                ] {
                    faults.add(.init(match: .init(verb: verb, userAgent: theOperator), action: .status(code), times: times))
                }
                faults.add(.init(match: .init(verb: "watch", resource: "tenants", userAgent: theOperator), action: .dropWatch(), times: 3))
                try await stage.apply(Samples.tenants((0..<10).map { "sick\($0)" }))
                try await stage.waitUntilReady(["tenants", "--all"], timeout: 120)
                try await eventually("every row is there") {
                    try await stage.rows("select 1 from tenants where phase = 'Running'").count == 10
                }
            }
        }

        @Test("SIGTERM ends the programs with 0, also while everything else is away", .enabled(if: Installation.isLocal))
        func graceful() async throws {
            try await Stage.with { stage in
                #expect(await stage.operatorProcess.stop() == 0, "\(stage.operatorProcess.tail())")
                #expect(await stage.controlPlane.stop() == 0, "\(stage.controlPlane.tail())")
                try await stage.startOperator()
                try await stage.startControlPlane()
                await stage.apiServer?.stop()
                await stage.postgres.stop()
                #expect(await stage.operatorProcess.stop() == 0, "\(stage.operatorProcess.tail())")
                #expect(await stage.controlPlane.stop() == 0, "\(stage.controlPlane.tail())")
                #expect(await stage.workloads.stop() == 0, "\(stage.workloads.tail())")
            }
        }
    }
}
