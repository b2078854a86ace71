import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

extension Stage {
    /// Lets the relay take everything that is open, whenever it is due.
    ///
    /// - Returns: how many were worked on, be it here or by the first round of the stage's own relay, which may be late on a slow machine.
    @discardableResult
    func sweep() async throws -> Int {
        let open = try await rows("select id || ' ' || attempts from write_intents where state = 'open'")
        try await pool.execute("update write_intents set next_attempt_at = '2000-01-01' where state = 'open'")
        let taken = try await plane.relay.sweep()
        guard taken == 0, !open.isEmpty else { return taken }
        try await eventually("the stage's own relay has worked on what is open") {
            let left = try? await rows("select id || ' ' || attempts from write_intents where state = 'open'")
            return left.map { Set($0).isDisjoint(with: open) } ?? false
        }
        return open.count
    }

    /// The tenants as Kubernetes has them.
    var tenants: ResourceAPI<DynamicObject> { client.dynamic(ResourceKind.tenant.resourceType, namespace: Stage.namespace) }

    /// Records a write of the tenant `mia` and leaves it at that.
    func record(_ action: WriteIntent.Action, _ payload: JSON = [:], uid: String?) async throws -> Intent {
        let planned = PlannedWrite(
            kind: .tenant,
            key: ObjectKey(namespace: Stage.namespace, name: "mia"),
            action: action,
            payload: payload,
            uid: uid
        )
        let id = UUID().uuidString
        let request = WriteRequest(actor: "tester", requestID: id, operationID: "updateTenant", idempotencyKey: nil, digest: id)
        guard case .opened(let intent) = try await plane.writer.record(planned, request) else { throw NotRecorded() }
        return intent
    }

    struct NotRecorded: Error {}
}

@Suite struct WriteOrderTests {
    @Test func acceptedWritesAreDoneInTheirOrder() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let uid = try await stage.object(.tenant, "mia")?.metadata.uid
            // Both are open at once, as an older version of the control plane left them, and the clock of whoever recorded the first ran ahead.
            let first = try await stage.record(.update, ["spec": ["team": "alpha"]], uid: uid)
            try await stage.pool.execute("update write_intents set state = 'applied' where id = \(first.draft.id)")
            _ = try await stage.record(.update, ["spec": ["displayName": "Newer", "team": "beta"]], uid: uid)
            try await stage.pool.execute(
                "update write_intents set state = 'open', created_at = created_at + interval '1 hour' where id = \(first.draft.id)"
            )
            #expect(try await stage.sweep() == 1, "one object has one write at a time")
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == "alpha")
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == "beta")
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "displayName"]] == "Newer")
            #expect(try await stage.rows("select distinct state from write_intents") == ["applied"])
        }
    }

    @Test func aWriteBehindAnOpenOneIsToldToWait() async throws {
        try await withStage(kubernetesTimeout: .seconds(2)) { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let uid = try await stage.object(.tenant, "mia")?.metadata.uid
            _ = try await stage.record(.update, ["spec": ["team": "alpha"]], uid: uid)
            let behind = try await stage.send(.PUT, "/tenants/mia", ["team": "beta"])
            #expect(behind.status == 409 && behind.code == "WRITE_IN_PROGRESS", "\(behind.body.text())")
            #expect(behind.headers.contains(name: "Retry-After"))
            #expect(try await stage.rows("select count(*)::text from write_intents") == ["2"], "what is refused is not recorded")
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == "alpha")
            #expect(try await stage.send(.PUT, "/tenants/mia", ["team": "beta"]).status == 200)
            #expect(try await stage.send(.GET, "/tenants/mia").body["team"] == "beta")
        }
    }

    @Test func writesAtTheSameTimeAreAllDone() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<4 {
                    group.addTask {
                        // On a slow machine the wait behind the others may end in 409 with Retry-After: then one asks again, as told.
                        for _ in 0..<20 {
                            let status = try await stage.send(.PUT, "/tenants/mia", ["displayName": .string("Mia \(index)")]).status
                            if status != 409 { return status }
                        }
                        return 409
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses == [200, 200, 200, 200])
            let name = try await stage.object(.tenant, "mia")?.json[at: ["spec", "displayName"]]
            #expect(try await stage.send(.GET, "/tenants/mia").body["displayName"] == name)
        }
    }

    @Test func aFinishedWriteIsNotRepeatedOverANewerEdit() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let uid = try await stage.object(.tenant, "mia")?.metadata.uid
            let recorded = try await stage.record(.update, ["spec": ["team": "rest"]], uid: uid)
            guard case .written = await stage.plane.writer.executor.carryOut(try WriteIntent(recorded)) else {
                Issue.record("the object was not written")
                return
            }
            // The process ends here, and somebody uses kubectl before the relay comes.
            _ = try await stage.tenants.mergePatch("mia", ["spec": ["team": "kubectl"]])
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == "kubectl")
            #expect(try await stage.send(.GET, "/tenants/mia").body["team"] == "kubectl")
            #expect(try await stage.rows("select state from write_intents where action = 'update'") == ["applied"])
        }
    }

    @Test func aDeletionDoesNotTakeTheSuccessorAway() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let uid = try await stage.object(.tenant, "mia")?.metadata.uid
            _ = try await stage.record(.delete, uid: uid)
            _ = try await stage.tenants.delete("mia")
            try await stage.make(.tenant, "mia", spec: ["displayName": "Second", "email": "second@corp.example"])
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.object(.tenant, "mia") != nil)
            #expect(try await stage.send(.GET, "/tenants/mia").body["displayName"] == "Second")
            #expect(try await stage.rows("select state from write_intents where action = 'delete'") == ["applied"])
        }
    }

    @Test func aRepeatedDeletionStillDemandsTheVersion() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let tag = try #require(try await stage.send(.GET, "/tenants/mia").headers.first(name: "ETag"))
            let fault = stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "delete", resource: "tenants"), action: .status(503), times: nil)
            )
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("If-Match", tag)]).code == "WRITE_PENDING")
            _ = try await stage.tenants.mergePatch("mia", ["spec": ["team": "kept"]])
            stage.cluster.faults.remove(fault)
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == "kept")
            #expect(
                try await stage.rows("select state || ' ' || (answer_body->>'code') from write_intents where action = 'delete'")
                    == ["failed PRECONDITION_FAILED"]
            )
        }
    }

    @Test func aDeletionThatWasTakenUpIsNoConflict() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            _ = try await stage.tenants.mergePatch("mia", ["metadata": ["finalizers": ["opencrane.io/cleanup"]]])
            let tag = try #require(try await stage.send(.GET, "/tenants/mia").headers.first(name: "ETag"))
            stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "delete", resource: "tenants"), action: .dropConnection(afterWrite: true), times: 1)
            )
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("If-Match", tag)]).code == "WRITE_PENDING")
            #expect(try await stage.object(.tenant, "mia")?.metadata.deletionTimestamp != nil)
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.rows("select state from write_intents where action = 'delete'") == ["applied"])
        }
    }

    @Test func theRowOfAMissingObjectHasConditionsToo() async throws {
        try await withStage { stage in
            let corp: JSON = ["name": "corp", "displayName": "Corp", "isolationTier": "shared", "compute": ["mode": "shared"]]
            #expect(try await stage.send(.POST, "/cluster-tenants", corp).status == 201)
            var tenant = Stage.tenant
            tenant["clusterTenantRef"] = "corp"
            #expect(try await stage.send(.POST, "/tenants", tenant).status == 201)
            _ = try await stage.client.dynamic(ResourceKind.clusterTenant.resourceType, namespace: nil).delete("corp")
            #expect(try await stage.send(.DELETE, "/cluster-tenants/corp").code == "CLUSTER_TENANT_IN_USE")
            _ = try await stage.tenants.delete("mia")
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("If-Match", "\"other\"")]).status == 412)
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("If-Match", "*")]).status == 200)
        }
    }

    @Test func whatCannotBeReadDisturbsNobody() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let uid = try await stage.object(.tenant, "mia")?.metadata.uid
            _ = try await stage.record(.update, ["spec": ["team": "done"]], uid: uid)
            try await stage.pool.execute("alter table write_intents drop constraint write_intents_kind_check")
            for (name, kind, action) in [("one", "Gadget", "update"), ("two", "Tenant", "explode")] {
                try await stage.pool.execute(
                    """
                    insert into write_intents (id, kind, namespace, name, action, payload, actor, request_id, operation_id,
                        next_attempt_at, audit_id, created_at, updated_at)
                    select gen_random_uuid(), \(kind), namespace, \(name), \(action), payload, actor, request_id, operation_id,
                        next_attempt_at, audit_id, now(), now() from write_intents where action = 'update' and name = 'mia'
                    """
                )
            }
            #expect(try await stage.sweep() == 3)
            #expect(try await stage.send(.GET, "/tenants/mia").body["team"] == "done")
            #expect(
                try await stage.rows("select count(*)::text from write_intents where state = 'open' and last_error is not null") == ["2"],
                "they wait for a version that can read them"
            )
            try await stage.pool.execute("update write_intents set created_at = now() - interval '1 day' where state = 'open'")
            #expect(try await stage.sweep() == 2)
            #expect(
                try await stage.rows("select count(*)::text from write_intents where state = 'open'") == ["0"],
                "nothing is tried for ever"
            )
        }
    }

    @Test func everythingOldIsForgotten() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            try await stage.pool.execute(
                """
                insert into write_intents (id, kind, namespace, name, action, payload, actor, request_id, operation_id, state,
                    next_attempt_at, audit_id, created_at, updated_at, closed_at)
                select gen_random_uuid(), kind, namespace, 'old', action, payload, actor, request_id, operation_id, state,
                    next_attempt_at, audit_id, created_at, updated_at, now() - interval '8 days'
                from write_intents, generate_series(1, 2500)
                """
            )
            try await stage.plane.relay.forget()
            #expect(try await stage.rows("select name from write_intents") == ["mia"])
        }
    }

    @Test func nobodyTakesAnIntentThatSomebodyIsAt() async throws {
        let impatient = IntentRelay.Configuration(interval: .seconds(3600), lease: .zero)
        try await withStage(relay: impatient, kubernetesTimeout: .seconds(3)) { stage in
            #expect(stage.plane.relay.configuration.lease == .seconds(6))
            _ = try await stage.record(.create, uid: nil)
            #expect(try await stage.plane.relay.sweep() == 0)
        }
    }

    @Test func whatWasRecordedIsNeverCalledAFault() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            try await stage.pool.execute("alter table tenants rename column team to crew")
            let pending = try await stage.send(.PUT, "/tenants/mia", ["team": "moved"])
            #expect(pending.status == 503 && pending.code == "WRITE_PENDING", "\(pending.body.text())")
            #expect(try await stage.sweep() == 1)
            try await stage.pool.execute("alter table tenants rename column crew to team")
            #expect(try await stage.sweep() == 1)
            #expect(try await stage.send(.GET, "/tenants/mia").body["team"] == "moved")
        }
    }

    @Test func statusDoesNotChangeWhatIfMatchMeans() async throws {
        try await withStage { stage in
            let created = try await stage.send(.POST, "/tenants", Stage.tenant)
            let tag = try #require(created.headers.first(name: "ETag"))
            #expect(try await stage.send(.GET, "/tenants/mia").headers.first(name: "ETag") == tag)
            _ = try await stage.tenants.mergePatch("mia", ["status": ["phase": "Running"]], subresource: "status")
            let first = try await stage.send(.PUT, "/tenants/mia", ["team": "a"], headers: [("If-Match", tag)])
            #expect(first.status == 200, "\(first.body.text())")
            let next = try #require(first.headers.first(name: "ETag"))
            #expect(try await stage.send(.PUT, "/tenants/mia", ["team": "b"], headers: [("If-Match", tag)]).status == 412)
            #expect(try await stage.send(.PUT, "/tenants/mia", ["team": "b"], headers: [("If-Match", next)]).status == 200)
            #expect(try await stage.send(.PUT, "/tenants/mia", ["team": "c"], headers: [("If-Match", "*")]).status == 200)
        }
    }

    @Test func aStatusThatChangedIsReadAgain() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let tag = try #require(try await stage.send(.GET, "/tenants/mia").headers.first(name: "ETag"))
            // As the projector brings it in after the operator has written the status.
            try await stage.pool.execute("update tenants set phase = 'Running', resource_version = resource_version || '0'")
            let read = try await stage.send(.GET, "/tenants/mia", headers: [("If-None-Match", tag)])
            #expect(read.status == 200 && read.body["phase"] == "Running")
        }
    }

    @Test func nothingHoldsANullCharacter() async throws {
        try await withStage { stage in
            var tenant = Stage.tenant
            tenant["displayName"] = "a\u{0}b"
            let body = try await stage.send(.POST, "/tenants", tenant)
            #expect(body.status == 422 && body.fields == ["displayName"], "\(body.body.text())")
            for path in ["/tenants/a%00b", "/tenants?team=a%00b", "/audit?tenant=%00"] {
                let answer = try await stage.send(.GET, path)
                #expect(answer.status == 400 && answer.code == "MALFORMED_REQUEST", "\(path): \(answer.body.text())")
            }
        }
    }

    @Test func aListThatDoesNotEndIsGivenUp() async throws {
        try await withStage(kubernetesTimeout: .milliseconds(300)) { stage in
            stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "list", resource: "tenants"), action: .delay(.seconds(60)), times: nil)
            )
            for (method, path) in [(.GET, "/tenants/drift"), (.POST, "/tenants/repair")] as [(HTTPMethodName, String)] {
                let answer = try await stage.send(method.method, path)
                #expect(answer.status == 503 && answer.code == "KUBERNETES_UNAVAILABLE", "\(path): \(answer.body.text())")
            }
        }
    }
}
