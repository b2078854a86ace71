import Foundation
import JSONValue
import KubernetesModel
import LocalCluster
import LocalPostgres
import Logging
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct OutageTests {
    /// A relay that takes every open intent at once, when the test says so.
    private static let eager = IntentRelay.Configuration(
        interval: .seconds(3600),
        backoff: IntentBackoff(first: .zero, longest: .zero)
    )

    private func request(_ id: String) -> WriteRequest {
        WriteRequest(actor: "tester", requestID: id, operationID: "createTenant", idempotencyKey: nil, digest: id)
    }

    private func planned(_ name: String) -> PlannedWrite {
        PlannedWrite(
            kind: .tenant,
            key: ObjectKey(namespace: Stage.namespace, name: name),
            action: .create,
            payload: [
                "apiVersion": "opencrane.io/v1alpha1", "kind": "Tenant", "metadata": ["name": .string(name), "namespace": "crane"],
                "spec": ["displayName": "T", "email": "t@corp.example"],
            ]
        )
    }

    @Test func aWriteThatStoppedAfterKubernetesIsFinished() async throws {
        try await withStage(relay: Self.eager) { stage in
            let writer = stage.plane.writer
            guard case .opened(let recorded) = try await writer.record(planned("halfway"), request("r1")) else {
                Issue.record("the intent was not recorded")
                return
            }
            // As if the process had been killed here: the object is written, the row is not.
            guard case .written(let object) = await writer.executor.carryOut(try WriteIntent(recorded)) else {
                Issue.record("the object was not written")
                return
            }
            #expect(try await stage.send(.GET, "/tenants/halfway").status == 404)
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.send(.GET, "/tenants/halfway").status == 200)
            #expect(try await stage.object(.tenant, "halfway")?.metadata.uid == object.metadata.uid, "it was not written twice")
            #expect(try await stage.rows("select state from write_intents") == ["applied"])
            #expect(try await stage.send(.GET, "/audit?tenant=halfway").body["data"]?[0]?["outcome"] == "succeeded")
            #expect(try await stage.sweep() == 0)
        }
    }

    @Test func aWriteThatStoppedBeforeKubernetesIsDone() async throws {
        try await withStage(relay: Self.eager) { stage in
            _ = try await stage.plane.writer.record(planned("promised"), request("r1"))
            #expect(try await stage.object(.tenant, "promised") == nil)
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.object(.tenant, "promised") != nil)
            #expect(try await stage.send(.GET, "/tenants/promised").status == 200)
        }
    }

    @Test func aRefusalIsFinalForTheRelayToo() async throws {
        try await withStage(relay: Self.eager) { stage in
            try await stage.make(.tenant, "taken", spec: ["displayName": "Other", "email": "o@corp.example"])
            _ = try await stage.plane.writer.record(planned("taken"), request("r1"))
            #expect(try await stage.sweep() == 1)
            #expect(
                try await stage.rows("select state || ' ' || (answer_body->>'code') from write_intents") == ["failed TENANT_ALREADY_EXISTS"]
            )
            #expect(try await stage.object(.tenant, "taken")?.json[at: ["spec", "displayName"]] == "Other")
        }
    }

    @Test func aConnectionLostAfterTheWriteIsNoSecondWrite() async throws {
        try await withStage(relay: Self.eager) { stage in
            stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "create", resource: "tenants"), action: .dropConnection(afterWrite: true), times: 1)
            )
            let pending = try await stage.send(.POST, "/tenants", Stage.tenant, headers: [("Idempotency-Key", "k1")])
            #expect(pending.status == 503 && pending.code == "WRITE_PENDING")
            #expect(pending.headers.contains(name: "Retry-After"))
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: [("Idempotency-Key", "k1")]).code == "WRITE_IN_PROGRESS")
            #expect(try await stage.sweep() == 1)
            let final = try await stage.send(.POST, "/tenants", Stage.tenant, headers: [("Idempotency-Key", "k1")])
            #expect(final.status == 201 && final.body == ["name": "mia", "status": "created"])
            #expect(try await stage.rows("select name from tenants") == ["mia"])
        }
    }

    @Test func writesMadeWhileKubernetesIsAwayAreDoneLater() async throws {
        try await withStage(relay: Self.eager) { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let fault = stage.cluster.faults.add(Fault(match: RequestMatch(resource: "tenants"), action: .status(503), times: nil))
            let update = try await stage.send(.PUT, "/tenants/mia", ["team": "moved"])
            #expect(update.status == 503 && update.code == "WRITE_PENDING")
            #expect(try await stage.send(.GET, "/tenants/mia").body["team"] == "ops", "reads go on")
            let drift = try await stage.send(.GET, "/tenants/drift")
            #expect(drift.status == 503 && drift.code == "KUBERNETES_UNAVAILABLE")
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.rows("select state from write_intents where action = 'update'") == ["open"])
            stage.cluster.faults.remove(fault)
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.send(.GET, "/tenants/mia").body["team"] == "moved")
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == "moved")
        }
    }

    @Test func aKubernetesThatDoesNotAnswerKeepsNobodyWaiting() async throws {
        try await withStage(relay: Self.eager, kubernetesTimeout: .milliseconds(300)) { stage in
            let silent = stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "create", resource: "tenants"), action: .delay(.seconds(60)), times: nil)
            )
            let pending = try await stage.send(.POST, "/tenants", Stage.tenant)
            #expect(pending.status == 503 && pending.code == "WRITE_PENDING")
            stage.cluster.faults.remove(silent)
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.send(.GET, "/tenants/mia").status == 200)
        }
    }

    @Test func theKeyReplaysTheAnswerAndNothingElse() async throws {
        try await withStage { stage in
            let key = [("Idempotency-Key", "once")]
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: key).status == 201)
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: key).status == 201)
            #expect(try await stage.rows("select count(*)::text from write_intents") == ["1"])
            var other = Stage.tenant
            other["team"] = "dev"
            let reused = try await stage.send(.POST, "/tenants", other, headers: key)
            #expect(reused.status == 422 && reused.code == "IDEMPOTENCY_KEY_REUSED")
            let refusal = [("Idempotency-Key", "twice")]
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: refusal).status == 409)
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("Idempotency-Key", "gone")]).status == 200)
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("Idempotency-Key", "gone")]).status == 200)
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: refusal).status == 409, "the answer of then")
        }
    }

    @Test func aDatabaseThatIsAwayIsSaidAndNothingHalfDone() async throws {
        try await withPrivatePostgres { server in
            try await withStage(database: server.configuration, relay: Self.eager) { try await refusesWithoutDatabase($0, server) }
        }
    }

    private func refusesWithoutDatabase(_ stage: Stage, _ server: PrivatePostgres) async throws {
        #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
        await server.stop()
        for (method, path, body) in [
            (.GET, "/tenants", nil), (.GET, "/tenants/mia", nil),
            (.POST, "/tenants", ["name": "leo", "displayName": "L", "email": "l@corp.example"]),
            (.PUT, "/tenants/mia", ["team": "x"]), (.DELETE, "/tenants/mia", nil), (.GET, "/tenants/drift", nil), (.GET, "/audit", nil),
        ] as [(HTTPMethodName, String, JSON?)] {
            let answer = try await stage.send(method.method, path, body)
            #expect(answer.status == 503 && answer.code == "DATABASE_UNAVAILABLE", "\(method) \(path): \(answer.body.text())")
            #expect(answer.headers.first(name: "Retry-After") == "5")
        }
        #expect(try await stage.object(.tenant, "leo") == nil)
        #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == "ops")
        try await refusesFleetsWithoutDatabase(stage)
        let live = try await Stage.send(.GET, stage.healthBase + "/healthz")
        let ready = try await Stage.send(.GET, stage.healthBase + "/readyz")
        #expect(live.status == 200)
        #expect(ready.status == 503 && ready.body["database"] == false && ready.body["kubernetes"] == true)
        try await server.start()
        try await eventually("the database is back") { try await stage.send(.GET, "/tenants/mia").status == 200 }
        #expect(try await stage.order(.POST, "/tenants", ProvisionFlowTests.acme).status == 200)
        #expect(try await stage.send(.PUT, "/tenants/mia", ["team": "x"]).status == 200)
        #expect(try await stage.send(.GET, "/tenants/drift").body[at: ["summary", "driftCount"]] == 0)
    }

    /// What is asked of fleets and machines is answered with 503, which callers repeat, and never with a refusal, which they believe.
    private func refusesFleetsWithoutDatabase(_ stage: Stage) async throws {
        let order = try await stage.order(.POST, "/tenants", ProvisionFlowTests.acme)
        #expect(order.status == 503 && order.errorCode == "database_unavailable")
        #expect(try await stage.object(.tenant, "tenant-acme-01") == nil)
        #expect(try await stage.order(.GET, "/tenants").errorCode == "database_unavailable")
        // An order of an instance may be repeated with the key that was made for it.
        let instance = try await stage.instances(.POST, "", Stage.order)
        #expect(instance.status == 503, "\(instance.body.text())")
        let key = try #require(instance.headers.first(name: "Idempotency-Key"))
        #expect(UUID(uuidString: key) != nil && instance.body["detail"]?.stringValue?.contains(key) == true)
        let headers = [("Authorization", "Bearer \(Stage.token)"), ("X-OpenCrane-Organization", "org_abc123")]
        for path in ["/fleet", "/fleet/stream"] {
            let answer = try await stage.order(.GET, path, platformToken: nil, headers: headers)
            #expect(answer.status == 503 && answer.errorCode == "database_unavailable")
        }
        let credential = "ocb_0b1c_" + String(repeating: "x", count: 43)
        let machine = try await Stage.send(.POST, stage.base + "/v1/bootstrap/secrets", "{}", token: credential)
        #expect(machine.status == 503 && machine.code == "DATABASE_UNAVAILABLE")
    }

    @Test func aDatabaseThatGoesAwayDuringAWriteIsCaughtUp() async throws {
        try await withPrivatePostgres { server in
            try await withStage(database: server.configuration, relay: Self.eager) { try await catchesUp($0, server) }
        }
    }

    @Test("A write that the database interrupted does not wait for a lease that nobody needs")
    func whatTheDatabaseInterruptedIsFinishedWhenItIsBack() async throws {
        try await withPrivatePostgres { server in
            let relay = IntentRelay.Configuration(interval: .milliseconds(50), lease: .seconds(3600))
            try await withStage(database: server.configuration, relay: relay) { stage in
                let slow = stage.cluster.faults.add(
                    Fault(match: RequestMatch(verb: "create", resource: "tenants"), action: .delay(.seconds(6)), times: 1)
                )
                async let writing = stage.send(.POST, "/tenants", Stage.tenant, headers: [("Idempotency-Key", "k1")])
                try await eventually("the write is on its way") { stage.cluster.faults.hits(slow) == 1 }
                await server.stop()
                let pending = try await writing
                #expect(pending.status == 503 && pending.code == "WRITE_PENDING", "\(pending.body.text())")
                try await server.start()
                try await eventually("the relay finishes it") { try await stage.send(.GET, "/tenants/mia").status == 200 }
                #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: [("Idempotency-Key", "k1")]).status == 201)
            }
        }
    }

    private func catchesUp(_ stage: Stage, _ server: PrivatePostgres) async throws {
        let slow = stage.cluster.faults.add(
            Fault(match: RequestMatch(verb: "create", resource: "tenants"), action: .delay(.seconds(3)), times: 1)
        )
        async let writing = stage.send(.POST, "/tenants", Stage.tenant, headers: [("Idempotency-Key", "k1")])
        try await eventually("the write is on its way") { stage.cluster.faults.hits(slow) == 1 }
        await server.stop()
        let pending = try await writing
        #expect(pending.status == 503 && pending.code == "WRITE_PENDING", "\(pending.body.text())")
        #expect(try await stage.object(.tenant, "mia") != nil)
        try await server.start()
        try await eventually("the relay finishes it") { ((try? await stage.sweep()) ?? 0) == 1 }
        #expect(try await stage.send(.GET, "/tenants/mia").status == 200)
        #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: [("Idempotency-Key", "k1")]).status == 201)
    }
}

@Suite struct HealthTests {
    @Test func healthAndMetricsHaveAPortOfTheirOwn() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.GET, "/tenants", headers: [("X-Request-Id", "abc")]).headers.first(name: "X-Request-Id") == "abc")
            #expect(try await Stage.send(.GET, stage.healthBase + "/healthz").body == ["status": "ok"])
            let ready = try await Stage.send(.GET, stage.healthBase + "/readyz")
            #expect(ready.status == 200 && ready.body == ["status": "ok", "database": true, "kubernetes": true])
            let metrics = try await Stage.send(.GET, stage.healthBase + "/metrics").body.stringValue ?? ""
            #expect(metrics.contains(#"http_requests_total{operation="listTenants",status="200"} 1"#))
            #expect(metrics.contains(#"http_request_duration_seconds_bucket{operation="listTenants""#))
            #expect(try await Stage.send(.GET, stage.base + "/healthz").status == 404)
            let document = try await stage.send(.GET, "/openapi.json", token: nil)
            #expect(document.status == 200 && document.body["openapi"] == "3.1.0")
            // What is served is what is checked in; bounds may be configured.
            let known = try JSON(parsing: ControlPlane.openAPIText())["paths"]?.objectValue ?? [:]
            let served = document.body["paths"]?.objectValue ?? [:]
            #expect(known.count > 100 && Set(served.keys) == Set(known.keys))
            for (path, item) in known {
                #expect(Set(served[path]?.objectValue?.keys.map { $0 } ?? []) == Set(item.objectValue?.keys.map { $0 } ?? []), "\(path)")
            }
        }
    }

    @Test func theRelayWorksByItselfAndEndsWithItsService() async throws {
        try await withStage(relay: IntentRelay.Configuration(interval: .milliseconds(50))) { stage in
            let planned = PlannedWrite(
                kind: .tenant,
                key: ObjectKey(namespace: Stage.namespace, name: "alone"),
                action: .create,
                payload: [
                    "apiVersion": "opencrane.io/v1alpha1", "kind": "Tenant", "metadata": ["name": "alone", "namespace": "crane"],
                    "spec": ["displayName": "T", "email": "t@corp.example"],
                ]
            )
            _ = try await stage.plane.writer.record(
                planned,
                WriteRequest(actor: "t", requestID: "r", operationID: "o", idempotencyKey: nil, digest: "d")
            )
            try await stage.pool.execute("update write_intents set next_attempt_at = '2000-01-01'")
            try await eventually("the relay carries it out") { try await stage.send(.GET, "/tenants/alone").status == 200 }
        }
    }
}
