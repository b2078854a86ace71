import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

/// What machines report at their first start, as it shows in their instances.
@Suite struct InstanceReportTests {
    /// Gives an instance's tenant a machine that is about to report.
    ///
    /// - Returns: its credential.
    private func machine(_ stage: Stage, _ hostname: String, letters: String = "Ab-_9xyz") async throws -> String {
        let uid = try #require(try await stage.object(.tenant, hostname)?.metadata.uid)
        let credential = "ocb_\(uid)_" + String(repeating: letters, count: 5)
        let secret = CoreV1.Secret(
            metadata: ObjectMeta(name: TenantNames(tenant: hostname).bootstrapSecret, namespace: Stage.namespace),
            stringData: [BootstrapSecret.credentialKey: credential, BootstrapSecret.secretsKey: "{}"]
        )
        _ = try await stage.client.resource(CoreV1.Secret.self, namespace: Stage.namespace)
            .apply(secret, fieldManager: "opencrane-operator", force: true)
        let steps: JSON = [
            Stage.step("vm_create", "succeeded", seconds: 4, message: "the machine runs"), Stage.step("workspace_bootstrap", "running"),
        ]
        let hash = try #require(BootstrapCredential(credential)?.hash)
        try await stage.report(
            hostname,
            [
                "phase": "Provisioning", "targetNamespace": .string(Stage.namespace), "provisioning": ["run": 1, "steps": steps],
                "machine": ["provider": "local", "id": "m-1", "address": "10.0.0.7", "credentialHash": .string(hash)],
            ]
        )
        return credential
    }

    private func callback(
        _ stage: Stage,
        _ credential: String,
        _ seq: Int64,
        _ name: String,
        _ level: String = "info",
        _ message: String = "m"
    ) async throws -> Stage.Answer {
        let body: JSON = [
            "seq": .integer(seq), "stage": .string(name), "level": .string(level), "message": .string(message),
            "ts": "2026-11-21T13:00:00Z",
        ]
        return try await Stage.send(.POST, stage.base + "/v1/bootstrap/callbacks", body.text(), token: credential)
    }

    private func lines(_ stage: Stage, _ id: String) async throws -> [String] {
        (try await stage.instances(.GET, "/\(id)/logs").body["logs"]?.arrayValue ?? []).map {
            "\($0["seq"]?.integerValue ?? 0) \($0["stage"]?.stringValue ?? "") \($0["level"]?.stringValue ?? "") \($0["message"]?.stringValue ?? "")"
        }
    }

    @Test func repeatedAndLateReportsAreInTheLogOnce() async throws {
        try await withInstances { stage in
            let (id, hostname, key) = try await stage.ordered()
            let credential = try await machine(stage, hostname)
            #expect(try await callback(stage, credential, 1, "started", "info", "begun").status == 200)
            for _ in 0..<3 { #expect(try await callback(stage, credential, 1, "started", "info", "again").body["duplicate"] == true) }
            // A gap; then one that comes too late; then one that goes back.
            #expect(try await callback(stage, credential, 4, "secrets", "info", "got them").status == 200)
            #expect(try await callback(stage, credential, 2, "started", "info", "late").body["duplicate"] == true)
            #expect(try await callback(stage, credential, 5, "started").status == 409)
            #expect(try await callback(stage, credential, 6, "repositories", "error", "no such repository").status == 200)
            #expect(
                try await lines(stage, id) == [
                    "1 vm_create info the machine runs", "2 started info begun", "3 secrets info got them",
                    "4 repositories error no such repository",
                ]
            )
            try await stage.project(hostname)
            let shown = try await stage.instances(.GET, "/\(id)")
            #expect(shown.body["callback_seq"] == 6 && shown.body["callback_stage"] == "repositories")
            let polled = try await stage.instances(.GET, "/by-key/\(key)")
            #expect(polled.body["bootstrap_seq"] == 6 && polled.body["bootstrap_stage"] == "repositories")
            #expect(polled.body["provisioning_stage"] == "waiting_for_bootstrap" && polled.body["logs"]?.arrayValue?.count == 4)
            // The log is not changed afterwards.
            await #expect(throws: (any Error).self) { try await stage.pool.execute("update bootstrap_log set message = 'x'") }
            await #expect(throws: (any Error).self) { try await stage.pool.execute("delete from bootstrap_log") }
            // A new machine reports anew.
            let next = try await machine(stage, hostname, letters: "Zz09Yy18")
            #expect(try await callback(stage, next, 1, "started", "info", "anew").status == 200)
            #expect(try await lines(stage, id).last == "5 started info anew")
        }
    }

    @Test func aLineThatWasLostIsWrittenWhenTheReportIsRepeated() async throws {
        try await withInstances { stage in
            let (id, hostname, _) = try await stage.ordered()
            let credential = try await machine(stage, hostname)
            // As if the control plane had ended between the tenant and the log.
            let hash = try #require(BootstrapCredential(credential)?.hash)
            try await stage.setStatus(
                hostname,
                [
                    "bootstrap": [
                        "seq": 2, "stage": "secrets", "level": "info", "message": "got them", "credentialHash": .string(hash),
                        "reportedAt": "2026-03-18T09:01:00Z",
                    ]
                ]
            )
            for _ in 0..<2 { #expect(try await callback(stage, credential, 2, "secrets", "info", "got them").body["duplicate"] == true) }
            #expect(try await lines(stage, id) == ["1 vm_create info the machine runs", "2 secrets info got them"])
        }
    }

    @Test func aMachineCannotFillTheLog() async throws {
        try await withInstances { stage in
            let log = BootstrapLog(pool: stage.pool, limit: 3)
            for seq in 1...10 as ClosedRange<Int64> {
                try await log.append(BootstrapStatus(seq: seq, stage: "started", level: "info", message: "m"), uid: "u", at: Date())
            }
            #expect(try await stage.rows("select string_agg(seq::text, ' ' order by id) from bootstrap_log") == ["1 2 3"])
        }
    }

    @Test func aSilentMachineFailsItsInstanceAndIsNotHeardAnyMore() async throws {
        try await withInstances(configure: { $0.instances.bootstrapTimeout = .seconds(60) }) { stage in
            let (id, hostname, _) = try await stage.ordered()
            let credential = try await machine(stage, hostname)
            try await eventually("the instance has failed") { try await stage.status(id) == "failed" }
            let shown = try await stage.instances(.GET, "/\(id)")
            #expect(shown.body["error_message"]?.stringValue?.contains("silent for 1 minutes") == true)
            #expect(shown.body["provisioning_stage"] == "waiting_for_bootstrap")
            #expect(try await stage.row(id).failure?.code == "bootstrap_timeout")
            let late = try await callback(stage, credential, 1, "started")
            #expect(late.status == 409 && late.code == "BOOTSTRAP_INSTANCE_ENDED")
            // A new run is another matter.
            try await stage.report(hostname, ["provisioning": ["run": 2, "steps": [Stage.step("vm_create", "running")]]])
            #expect(try await stage.status(id) == "provisioning")
        }
    }

    @Test func aMachineOfADeletedInstanceIsNotHeard() async throws {
        try await withStillInstances { stage in
            let answer = try await stage.instances(.POST, "", Stage.order)
            let id = try #require(answer.body["instance_id"]?.stringValue)
            try await stage.reconciler().sweep()
            let credential = try await machine(stage, try await stage.row(id).hostname)
            #expect(try await callback(stage, credential, 1, "started").status == 200)
            #expect(try await stage.instances(.DELETE, "/\(id)").status == 200)
            let refused = try await callback(stage, credential, 2, "secrets")
            #expect(refused.status == 409 && refused.code == "BOOTSTRAP_INSTANCE_ENDED")
            #expect(try await stage.rows("select count(*)::text from bootstrap_log") == ["1"])
        }
    }

    @Test func aMachineOfAnInstanceThatIsOverGetsNoSecrets() async throws {
        try await withStillInstances { stage in
            let answer = try await stage.instances(.POST, "", Stage.order)
            let id = try #require(answer.body["instance_id"]?.stringValue)
            try await stage.reconciler().sweep()
            let credential = try await machine(stage, try await stage.row(id).hostname)
            #expect(try await stage.instances(.DELETE, "/\(id)").status == 200)
            let refused = try await Stage.send(.POST, stage.base + "/v1/bootstrap/secrets", "{}", token: credential)
            #expect(refused.status == 409 && refused.code == "BOOTSTRAP_INSTANCE_ENDED", "\(refused.body.text())")
            #expect(try await stage.rows("select action from audit_entries where action = 'SecretsRequested'").isEmpty)
        }
    }
}
