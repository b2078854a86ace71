import CraneAPI
import JSONValue
import KubernetesModel
import LocalCluster
import LocalPostgres
import Postgres
import Testing

extension EndToEnd {
    @Suite("Crashes")
    struct CrashTests {
        @Test("The operator, killed at several moments of a 50-tenant apply, makes all Ready: no duplicates, orphans or new keys")
        func operatorDuringApply() async throws {
            try await Stage.with { stage in
                let names = (0..<50).map { "t\($0 < 10 ? "0" : "")\($0)" }
                let applying = Task { try await stage.apply(Samples.tenants(names)) }
                for seen in [1, 9, 24, 40] {
                    try await eventually("\(seen) Deployments are there") { try await deployments(stage).count >= seen }
                    await stage.operatorProcess.crash()
                    try stage.operatorProcess.start()
                }
                try await applying.value
                let keysBefore = try await keys(stage)
                await stage.operatorProcess.crash()
                try await stage.startOperator()
                try await stage.waitUntilReady(["tenants", "--all"], timeout: 180)
                try await expectOneOfEach(stage, names)
                let keysAfter = try await keys(stage)
                #expect(keysAfter.count == names.count)
                for (name, key) in keysBefore { #expect(keysAfter[name] == key, "the encryption key of \(name) was replaced") }
            }
        }

        private func deployments(_ stage: Stage) async throws -> [DynamicObject] {
            try await stage.list(Kinds.deployment, in: stage.namespace)
        }

        private func keys(_ stage: Stage) async throws -> [String: String] {
            var keys: [String: String] = [:]
            for secret in try await stage.list(Kinds.secret, in: stage.namespace) where secret.metadata.name.hasSuffix("-encryption-key") {
                keys[secret.metadata.name] = secret.json[at: ["data", "key"]]?.stringValue
            }
            return keys
        }

        private func expectOneOfEach(_ stage: Stage, _ names: [String]) async throws {
            for kind in Kinds.children {
                let owners = try await stage.list(kind, in: stage.namespace, labels: CraneLabels.tenant)
                    .compactMap { $0.metadata.labels[CraneLabels.tenant] }
                #expect(Set(owners) == Set(names), "\(kind.kind): every tenant has its objects, and nobody else")
                let counts = Dictionary(grouping: owners) { $0 }.mapValues(\.count)
                #expect(Set(counts.values).count <= 1, "\(kind.kind): one tenant has more than another: \(counts)")
            }
        }

        @Test(
            "The control plane, killed between the Kubernetes write and the row, finishes the intent when it is back",
            .enabled(if: Installation.isLocal)
        )
        func controlPlaneBetweenWrites() async throws {
            // Without an operator nobody but the control plane's relay can write the row.
            try await Stage.with(StageOptions(hasOperator: false)) { stage in
                let faults = try #require(try stage.apiServer?.server).faults
                // The API server takes its time, so that there is a moment at which the intent is stored and the resource is not.
                let slow = faults.add(Fault(match: RequestMatch(resource: "tenants", name: "halfway"), action: .delay(.seconds(3))))
                let slowCreate = faults.add(Fault(match: RequestMatch(verb: "create", resource: "tenants"), action: .delay(.seconds(3))))
                let request = Task {
                    try await stage.api.post(
                        "/api/v1/tenants",
                        ["name": "halfway", "displayName": "Halfway", "email": "halfway@example.com"]
                    )
                }
                try await eventually("the write is on its way") { faults.hits(slow) + faults.hits(slowCreate) > 0 }
                await stage.postgres.crash()
                try await eventually("the resource is written") { try await stage.tenant("halfway") != nil }
                await stage.controlPlane.crash()
                _ = await request.result
                faults.removeAll()
                try await stage.postgres.start()
                #expect(
                    try await stage.rows("select 1 from tenants where name = 'halfway'").isEmpty,
                    "the row was not written before the crash"
                )
                try await stage.startControlPlane()
                try await eventually("the intent is finished: the row is there") {
                    try await stage.api.get("/api/v1/tenants/halfway").status == 200
                }
                #expect(try await stage.api.get("/api/v1/tenants/drift").json[at: ["summary", "driftCount"]] == 0)
            }
        }

        @Test(
            "The control plane, killed before the Kubernetes write, finishes the intent when it is back",
            .enabled(if: Installation.isLocal)
        )
        func controlPlaneBeforeKubernetes() async throws {
            try await Stage.with(StageOptions(hasOperator: false)) { stage in
                let faults = try #require(try stage.apiServer?.server).faults
                // As a partition would: every write of a tenant is turned away until the control plane is dead.
                let away = RequestMatch(resource: "tenants", userAgent: "opencrane")
                faults.add(Fault(match: away, action: .status(503), times: nil))
                let request = Task {
                    try await stage.api.post(
                        "/api/v1/tenants",
                        ["name": "promised", "displayName": "Promised", "email": "promised@example.com"]
                    )
                }
                try await eventually("the write is on its way") {
                    try stage.apiServer?.server.requests.latest.contains { $0.resource == "tenants" && $0.isWrite } == true
                }
                await stage.controlPlane.crash()
                _ = await request.result
                #expect(try await stage.tenant("promised") == nil)
                faults.removeAll()
                try await stage.startControlPlane()
                try await eventually("the promise is kept in both places") {
                    let resource = try await stage.tenant("promised")
                    return try await stage.api.get("/api/v1/tenants/promised").status == 200 && resource != nil
                }
            }
        }
    }
}
