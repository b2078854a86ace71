import CraneAPI
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

@Suite struct InstanceLifeTests {
    @Test func anInstanceIsSeenComingUp() async throws {
        try await withInstances { stage in
            let (id, hostname, key) = try await stage.ordered(["agent_name": "Mia"])
            func look() async throws -> (status: String?, stage: String?) {
                let answer = try await stage.instances(.GET, "/by-key/\(key)")
                return (answer.body["status"]?.stringValue, answer.body["provisioning_stage"]?.stringValue)
            }
            #expect(try await look() == ("pending", "validating"))
            func provisioning(_ steps: [JSON], machine: JSON? = nil) -> JSON {
                var status: JSON = ["phase": "Provisioning", "provisioning": ["run": 1, "steps": .array(steps)]]
                if let machine { status["machine"] = machine }
                return status
            }
            try await stage.report(hostname, provisioning([Stage.step("vm_create", "running")]))
            #expect(try await look() == ("provisioning", "creating_server"))
            try await stage.report(
                hostname,
                provisioning([Stage.step("vm_create", "running")], machine: ["provider": "local", "id": "m-1"])
            )
            #expect(try await look() == ("provisioning", "waiting_for_ip"))
            let machine: JSON = ["provider": "local", "id": "m-1", "address": "10.0.0.7"]
            try await stage.report(hostname, provisioning([Stage.step("vm_create", "running")], machine: machine))
            #expect(try await look() == ("provisioning", "configuring_network"))
            let made = Stage.step("vm_create", "succeeded", seconds: 4, message: "the machine runs")
            try await stage.report(hostname, provisioning([made, Stage.step("workspace_bootstrap", "pending")], machine: machine))
            #expect(try await look() == ("provisioning", "waiting_for_bootstrap"))
            #expect(try await stage.instances(.GET, "/\(id)").body["ip_address"] == "10.0.0.7")
            try await stage.report(hostname, Stage.running())
            #expect(try await look() == ("running", "complete"))
            let shown = try await stage.instances(.GET, "/\(id)")
            #expect(shown.body["health_status"] == "healthy" && shown.body["error_message"] == .null)
            #expect(shown.body["capabilities"] == ["chat": true, "config": true, "conversations": false, "updates": true])
            let logs = try await stage.instances(.GET, "/\(id)/logs")
            #expect(logs.body["total"] == 6 && logs.body["instance_id"]?.stringValue == id)
            let first = try #require(logs.body["logs"]?[0])
            #expect(
                first == [
                    "seq": 1, "stage": "vm_create", "level": "info", "message": "the machine runs",
                    "created_at": "2026-03-18T09:00:04.000Z",
                ]
                    || first["stage"] == "workspace_bootstrap"
            )
            #expect((logs.body["logs"]?.arrayValue ?? []).compactMap { $0["seq"]?.integerValue } == Array(1...6))
            // It breaks for good, and is mended.
            var broken = Stage.running()
            broken["phase"] = "Degraded"
            broken["message"] = "the machine is gone"
            broken["conditions"] = [Stage.condition("MachineReady", "False"), Stage.condition("Stalled", "True")]
            try await stage.report(hostname, broken)
            let error = try await stage.instances(.GET, "/\(id)")
            #expect(error.body["status"] == "error" && error.body["error_message"] == "the machine is gone")
            #expect(error.body["health_status"] == "unhealthy" && error.body["capabilities"]?["chat"] == false)
            // Taken away by somebody, the last that was seen stays.
            try await eventually("it was remembered") { try await stage.row(id).snapshot["stage"] == "complete" }
            #expect(try await stage.send(.DELETE, "/tenants/\(hostname)").status == 200)
            try await eventually("it is missed") { try await stage.status(id) == "error" }
            let missing = try await stage.instances(.GET, "/\(id)")
            #expect(missing.body["error_message"]?.stringValue?.contains("deleted by somebody") == true)
            #expect(missing.body["status"] == "error" && missing.body["provisioning_stage"] == "complete", "\(missing.body.text())")
        }
    }

    @Test func aDeletedInstanceIsGoneItsRowStaysAndItsNameIsFree() async throws {
        try await withInstances { stage in
            let (id, hostname, _) = try await stage.ordered(["agent_name": "Mia"])
            try await stage.report(hostname, Stage.running())
            #expect(hostname == "mia")
            let first = try await stage.instances(.DELETE, "/\(id)")
            #expect(first.status == 200)
            #expect(Set((first.body.objectValue ?? [:]).keys) == ["already_deleted", "instance_id", "message", "status"])
            #expect(
                first.body["already_deleted"] == false && first.body["status"] == "deleting" && first.body["instance_id"]?.stringValue == id
            )
            try await stage.awaitEnd(id)
            let again = try await stage.instances(.DELETE, "/\(id)")
            #expect(again.status == 200 && again.body["already_deleted"] == true && again.body["status"] == "deleted")
            #expect(try await stage.object(.tenant, "mia") == nil)
            #expect(try await stage.rows("select name from tenants where deleted_at is null").isEmpty)
            for path in ["/\(id)", "/\(id)/logs", "/\(id)/platform-config"] {
                let answer = try await stage.instances(.GET, path)
                #expect(answer.status == 404 && answer.body == ["detail": "Instance not found"], "\(path)")
            }
            #expect(try await stage.instances(.GET).body["instances"] == [])
            #expect(try await stage.instances(.PATCH, "/\(id)/consent", ["consent_debug_access": true]).status == 404)
            let row = try await stage.row(id)
            #expect(row.hostname == "mia~\(id.prefix(8))" && row.tenantUID != nil)
            let next = try await stage.ordered(["agent_name": "Mia"])
            #expect(next.hostname == "mia" && next.id != id)
            let trail = try await stage.rows(
                "select action || ' ' || actor || ' ' || outcome from audit_entries where resource = \("Instance/" + id) order by id"
            )
            #expect(trail == ["InstanceDeletionRequested static-token succeeded", "InstanceDeleted static-token succeeded"])
        }
    }

    @Test func aDeletionWaitsForTheOperatorAndMayBeRepeatedMeanwhile() async throws {
        try await withInstances { stage in
            let (id, hostname, _) = try await stage.ordered()
            let api = stage.client.dynamic(Tenant.resourceType, namespace: Stage.namespace)
            let key = ObjectKey(namespace: Stage.namespace, name: hostname)
            _ = try await api.mergePatch(key, ["metadata": ["finalizers": ["opencrane.io/cleanup"]]])
            let answers = try await withThrowingTaskGroup(of: Stage.Answer.self) { group in
                for _ in 0..<5 { group.addTask { try await stage.instances(.DELETE, "/\(id)") } }
                return try await group.reduce(into: [Stage.Answer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 200 && $0.body["already_deleted"] == false && $0.body["status"] == "deleting" })
            try await eventually("the tenant is going") { try await stage.object(.tenant, hostname)?.metadata.deletionTimestamp != nil }
            #expect(try await stage.status(id) == "deleting")
            let later = try await stage.instances(.DELETE, "/\(id)")
            #expect(later.body["already_deleted"] == false && later.body["status"] == "deleting")
            let changed = try await stage.instances(.PATCH, "/\(id)/consent", ["consent_debug_access": true])
            #expect(changed.status == 409 && changed.body["detail"]?.stringValue?.isEmpty == false)
            #expect(try await stage.row(id).deletedAt == nil)
            // The machine is gone; the operator lets go. The projection has not heard of it.
            _ = try await api.mergePatch(key, ["metadata": ["finalizers": .null]])
            try await stage.awaitEnd(id)
            #expect(try await stage.rows("select name from tenants where deleted_at is null").isEmpty)
            #expect(
                try await stage.rows("select action from audit_entries where resource = \("Instance/" + id) order by id")
                    == ["InstanceDeletionRequested", "InstanceDeleted"]
            )
        }
    }

    /// What the tenant of an instance says when its deletion is asked for; nil before there is one.
    private static let beginnings: [(String, JSON?)] = [
        ("queued", nil), ("pending", [:]), ("provisioning", ["phase": "Provisioning"]), ("running", Stage.running()),
        ("failed", ["phase": "Error", "message": "no"]), ("stopped", ["phase": "Suspended"]),
    ]

    @Test(arguments: beginnings.map(\.0)) func everyStateMayBeDeleted(name: String) async throws {
        let status = try #require(Self.beginnings.first { $0.0 == name }).1
        try await withStillInstances { stage in
            let answer = try await stage.instances(.POST, "", Stage.order)
            let id = try #require(answer.body["instance_id"]?.stringValue)
            let hostname = try await stage.row(id).hostname
            let reconciler = stage.reconciler()
            if let status {
                try await reconciler.sweep()
                try await stage.report(hostname, status)
            }
            #expect(try await stage.instances(.DELETE, "/\(id)").body["status"] == "deleting")
            for _ in 0..<6 { try await reconciler.sweep() }
            #expect(try await stage.row(id).deletedAt != nil)
            #expect(try await stage.object(.tenant, hostname) == nil)
        }
    }

    @Test func cleanupTakesWhatFailedAndBrokeAndNothingElse() async throws {
        try await withInstances { stage in
            var ids: [String: String] = [:]
            var broken = Stage.running()
            broken["phase"] = "Error"
            for (name, status) in [
                ("failed", ["phase": "Error"] as JSON), ("error", broken), ("running", Stage.running()),
                ("provisioning", ["phase": "Provisioning"]),
            ] {
                let made = try await stage.ordered(["agent_name": .string(name)])
                try await stage.report(made.hostname, status)
                ids[name] = made.id
            }
            let other = try await stage.ordered(["agent_name": "elsewhere"], organization: "org_b")
            try await stage.report(other.hostname, ["phase": "Error"])
            let member = try await stage.apiKey()
            #expect(try await stage.instances(.POST, "/cleanup", key: member).status == 403)
            let first = try await stage.instances(.POST, "/cleanup")
            #expect(Set((first.body.objectValue ?? [:]).keys) == ["cleaned", "errors", "message"])
            #expect(first.body["cleaned"] == 2 && first.body["errors"] == 0, "\(first.body.text())")
            for name in ["failed", "error"] { try await stage.awaitEnd(try #require(ids[name])) }
            #expect(try await stage.instances(.POST, "/cleanup").body["cleaned"] == 0)
            #expect(try await stage.status(try #require(ids["running"])) == "running")
            #expect(try await stage.status(try #require(ids["provisioning"])) == "provisioning")
            #expect(try await stage.status(other.id, organization: "org_b") == "failed")
        }
    }

    @Test func aTenantThatIsOnlyNotShownIsNotMissed() async throws {
        try await withStillInstances { stage in
            let answer = try await stage.instances(.POST, "", Stage.order)
            let id = try #require(answer.body["instance_id"]?.stringValue)
            let reconciler = stage.reconciler()
            try await reconciler.sweep()
            let hostname = try await stage.row(id).hostname
            try await stage.report(hostname, Stage.running())
            // The projection has lost sight of it; Kubernetes has it.
            _ = try await stage.pool.execute("update tenants set deleted_at = now() where name = \(hostname)")
            for _ in 0..<2 { try await reconciler.sweep() }
            #expect(try await stage.row(id).failure == nil)
            #expect(try await stage.status(id) == "provisioning")
            #expect(try await stage.instances(.POST, "/cleanup").body["cleaned"] == 0)
            #expect(try await stage.row(id).deleteRequestedAt == nil)
            // It is deleted, and another one has its name.
            _ = try await stage.client.dynamic(Tenant.resourceType, namespace: Stage.namespace)
                .delete(ObjectKey(namespace: Stage.namespace, name: hostname))
            try await stage.make(.tenant, hostname, spec: ["displayName": "Other", "email": "o@x.example"])
            try await reconciler.sweep()
            #expect(try await stage.row(id).failure?.code == "tenant_missing")
            #expect(try await stage.instances(.POST, "/cleanup").body["cleaned"] == 1)
        }
    }

    @Test func theNumbersOfLinesNeverChange() async throws {
        try await withInstances { stage in
            let (id, hostname, _) = try await stage.ordered()
            let uid = try #require(try await stage.row(id).tenantUID)
            let log = BootstrapLog(pool: stage.pool)
            let late = Date()
            try await log.append(BootstrapStatus(seq: 1, stage: "started", level: "info", message: "m"), uid: uid, at: late)
            func lines() async throws -> [String] {
                (try await stage.instances(.GET, "/\(id)/logs").body["logs"]?.arrayValue ?? []).map {
                    "\($0["seq"]?.integerValue ?? 0) \($0["stage"]?.stringValue ?? "")"
                }
            }
            #expect(try await lines() == ["1 started"])
            // A step that ended before that becomes known after it: who has read up to line 1 finds it behind.
            let made = Stage.step("vm_create", "succeeded", seconds: 4, message: "the machine runs")
            try await stage.report(
                hostname,
                ["phase": "Provisioning", "provisioning": ["run": 1, "steps": [made, Stage.step("workspace_bootstrap", "pending")]]]
            )
            #expect(try await lines() == ["1 started", "2 vm_create"])
            // Repeated, it gets no number of its own.
            try await log.append(BootstrapStatus(seq: 1, stage: "started", level: "info", message: "m"), uid: uid, at: late)
            try await log.append(BootstrapStatus(seq: 2, stage: "files", level: "info", message: "m"), uid: uid, at: late)
            #expect(try await lines() == ["1 started", "2 vm_create", "3 files"])
            #expect(try await stage.instances(.GET, "/\(id)/logs").body["total"] == 3)
        }
    }
}
