import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

/// How objects are doing, read from Kubernetes over REST.
@Suite struct ObjectStatusTests {
    private static let paths = ["/tenants/mia/status", "/policies/base/status", "/cluster-tenants/corp/status"]

    static func condition(_ type: String, _ status: String, _ reason: String, generation: Int64 = 1) -> JSON {
        [
            "type": .string(type), "status": .string(status), "reason": .string(reason), "message": "m",
            "observedGeneration": .integer(generation), "lastTransitionTime": "2026-03-18T09:00:00Z",
        ]
    }

    /// A token of somebody.
    static func token(_ stage: Stage, _ roles: Set<Role>, organization: String? = nil, email: String? = nil) async throws -> String {
        let token = AccessToken(secret: OpaqueSecret.randomBytes(32))
        let subject = "user:https://id.example|\(email ?? "1")"
        let record = AccessTokenRecord(
            id: UUID(),
            secretHash: token.hash,
            name: "n",
            owner: subject,
            createdBy: subject,
            roles: roles,
            scopes: ["read", "write"],
            organization: organization,
            email: email,
            createdAt: Date(),
            expiresAt: Date().addingTimeInterval(36_000)
        )
        try await stage.pool.withTransaction { try await AccessTokenRepository.insert(record, now: Date(), in: $0) }
        return token.text
    }

    /// Two customers, each with a tenant and the policy that binds it.
    static func withCustomers(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        try await withStage { stage in
            for (customer, policy, tenant) in [("corp", "base", "mia"), ("other", "theirs", "leo")] {
                let made = try await stage.send(.POST, "/cluster-tenants", ["name": .string(customer), "displayName": .string(customer)])
                #expect(made.status == 201, "\(made.body.text())")
                #expect(try await stage.send(.POST, "/policies", ["name": .string(policy)]).status == 201)
                try await stage.makeRunning(tenant, ["clusterTenantRef": .string(customer), "policyRef": .string(policy)])
            }
            try await body(stage)
        }
    }

    @Test func aTenantBeforeAndAfterTheOperatorHasReported() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let fresh = try await stage.send(.GET, "/tenants/mia/status")
            #expect(fresh.status == 200, "\(fresh.body.text())")
            #expect(fresh.body["kind"] == "Tenant" && fresh.body["name"] == "mia" && fresh.body["phase"] == "Pending")
            #expect(fresh.body["ready"] == false && fresh.body["generation"] == 1 && fresh.body["observedGeneration"] == nil)
            #expect(fresh.body["conditions"] == [] && fresh.body["steps"] == [])
            #expect(fresh.body["cause"] == ["condition": "Ready", "reason": "NotObserved"])
            #expect(fresh.body[at: ["retry", "kind"]] == "backoff")

            // No row says this yet: it is read from Kubernetes itself.
            try await stage.setStatus(
                "mia",
                [
                    "observedGeneration": 1, "phase": "Error", "message": "AccessPolicy base named by spec.policyRef does not exist",
                    "targetNamespace": "opencrane-corp", "ingressHost": "mia.corp.example", "policyResolutionSource": "policyRef",
                    "policyResolutionState": "PolicyNotFound",
                    "conditions": [
                        Self.condition("Ready", "False", "PolicyNotFound"), Self.condition("Stalled", "True", "PolicyNotFound"),
                    ],
                ]
            )
            let stuck = try await stage.send(.GET, "/tenants/mia/status").body
            #expect(stuck["phase"] == "Error" && stuck["observedGeneration"] == 1 && stuck["suspended"] == false)
            #expect(stuck["cause"] == ["condition": "Ready", "reason": "PolicyNotFound"])
            #expect(stuck[at: ["retry", "kind"]] == "onChange" && stuck[at: ["retry", "after"]] == nil)
            #expect(stuck["advice"] == "Create the policy that spec.policyRef names, or correct the name.")
            #expect(stuck["conditions"]?[0] == Self.condition("Ready", "False", "PolicyNotFound"))
            #expect(stuck["policy"] == ["source": "policyRef", "resolution": "PolicyNotFound"])
            #expect(stuck["targetNamespace"] == "opencrane-corp" && stuck["ingressHost"] == "mia.corp.example")

            // What is changed is not as it is until the operator has seen it.
            #expect(try await stage.send(.POST, "/tenants/mia/suspend").status == 200)
            let changed = try await stage.send(.GET, "/tenants/mia/status").body
            #expect(changed["suspended"] == true && changed["generation"] == 2)
            #expect(changed[at: ["cause", "reason"]] == "NotObserved")
            try await stage.setStatus(
                "mia",
                [
                    "observedGeneration": 2, "phase": "Suspended",
                    "conditions": [Self.condition("Ready", "False", "Suspended", generation: 2)],
                ]
            )
            let suspended = try await stage.send(.GET, "/tenants/mia/status").body
            #expect(suspended["retry"] == ["kind": "none", "says": "Nothing is awaited."])
            #expect(suspended["ready"] == false)
        }
    }

    @Test func aMachineShowsItsStepsAndWhenTheyEnd() async throws {
        try await withStage { stage in
            _ = try await stage.make(
                .tenant,
                "fleet",
                spec: [
                    "displayName": "F", "email": "f@corp.example", "runtime": ["type": "VirtualMachine", "machine": ["provider": "local"]],
                ]
            )
            try await stage.setStatus(
                "fleet",
                [
                    "observedGeneration": 1, "phase": "Provisioning", "message": "workspace_bootstrap: waits",
                    "conditions": [Self.condition("Ready", "False", "Provisioning")],
                    "machine": ["provider": "local", "state": "running", "zone": "z1", "credentialHash": "secret"],
                    "provisioning": [
                        "run": 2,
                        "steps": [
                            Stage.step("vm_create", "succeeded", seconds: 5),
                            Stage.step("workspace_bootstrap", "running", message: "waits"), ["name": "agent_config", "status": "pending"],
                        ],
                    ],
                ]
            )
            // Nobody has projected it: whoever sees everything is not kept from it.
            let view = try await stage.send(.GET, "/tenants/fleet/status").body
            #expect(view["run"] == 2 && view["steps"]?.arrayValue?.count == 3)
            #expect(view["steps"]?[0]?["finishedAt"] == "2026-03-18T09:00:05Z" && view["steps"]?[0]?["deadline"] == nil)
            #expect(view["steps"]?[1]?["deadline"] == "2026-03-18T09:15:00Z" && view["steps"]?[1]?["message"] == "waits")
            #expect(view["machine"] == ["provider": "local", "state": "running", "zone": "z1"], "and nothing that is secret")
            #expect(view[at: ["retry", "kind"]] == "poll" && view[at: ["retry", "after"]] == 60)
            #expect(view[at: ["retry", "at"]] == "2026-03-18T09:15:00Z")
        }
    }

    @Test func aPolicyAndACustomer() async throws {
        try await Self.withCustomers { stage in
            let policy = stage.client.dynamic(AccessPolicy.resourceType, namespace: Stage.namespace)
            _ = try await policy.mergePatch(
                ObjectKey(namespace: Stage.namespace, name: "base"),
                [
                    "status": [
                        "observedGeneration": 1, "matchedTenants": 1, "message": "Not enforced: x",
                        "conditions": [Self.condition("Ready", "True", "Applied"), Self.condition("Enforced", "False", "PartlyEnforced")],
                    ]
                ],
                subresource: "status"
            )
            let base = try await stage.send(.GET, "/policies/base/status").body
            #expect(base["kind"] == "AccessPolicy" && base["phase"] == "Applied" && base["ready"] == true && base["matchedTenants"] == 1)
            #expect(base["cause"] == ["condition": "Enforced", "reason": "PartlyEnforced"])

            _ = try await stage.client.dynamic(ClusterTenant.resourceType).mergePatch(
                ObjectKey(name: "corp"),
                [
                    "status": [
                        "observedGeneration": 1, "phase": "failed", "boundNamespace": "opencrane-corp", "provisioner": "namespace",
                        "tenants": 1, "message": "taken", "conditions": [Self.condition("Ready", "False", "NamespaceConflict")],
                    ]
                ],
                subresource: "status"
            )
            let corp = try await stage.send(.GET, "/cluster-tenants/corp/status").body
            #expect(corp["phase"] == "failed" && corp["message"] == "taken" && corp["boundNamespace"] == "opencrane-corp")
            #expect(corp["provisioner"] == "namespace" && corp["tenants"] == 1)
            #expect(corp[at: ["retry", "kind"]] == "poll" && corp[at: ["retry", "after"]] == 60)
        }
    }

    @Test func customersAndOwnersSeeOnlyTheirs() async throws {
        try await Self.withCustomers { stage in
            let corp = try await Self.token(stage, [.customerAdmin], organization: "corp")
            let owner = try await Self.token(stage, [.owner], email: "mia@corp.example")
            func status(_ path: String, _ token: String) async throws -> Int { try await stage.send(.GET, path, token: token).status }
            for path in Self.paths { #expect(try await status(path, corp) == 200, "\(path)") }
            for path in ["/tenants/leo/status", "/policies/theirs/status", "/cluster-tenants/other/status", "/tenants/none/status"] {
                #expect(try await status(path, corp) == 404, "\(path)")
            }
            #expect(try await status("/tenants/mia/status", owner) == 200)
            #expect(try await status("/tenants/leo/status", owner) == 404)
            #expect(try await status("/policies/base/status", owner) == 403)

            // It belongs to somebody else by now, and the row does not know.
            let tenants = stage.client.dynamic(Tenant.resourceType, namespace: Stage.namespace)
            _ = try await tenants.mergePatch("mia", ["spec": ["clusterTenantRef": "other"]])
            #expect(try await status("/tenants/mia/status", corp) == 404)
            #expect(try await status("/tenants/mia/status", Stage.token) == 200)
            // Another one of the name is another one.
            _ = try await tenants.delete("mia")
            try await stage.make(
                .tenant,
                "mia",
                spec: ["displayName": "mia", "email": "mia@corp.example", "clusterTenantRef": "corp", "policyRef": "base"]
            )
            #expect(try await status("/tenants/mia/status", corp) == 404)
            try await stage.project("mia")
            #expect(try await status("/tenants/mia/status", corp) == 200)
        }
    }

    @Test func whatIsNotThereAndKubernetesThatIsAway() async throws {
        try await Self.withCustomers { stage in
            for (path, code) in [
                ("/tenants/none/status", "TENANT_NOT_FOUND"), ("/policies/none/status", "POLICY_NOT_FOUND"),
                ("/cluster-tenants/none/status", "CLUSTER_TENANT_NOT_FOUND"),
            ] {
                let answer = try await stage.send(.GET, path)
                #expect(answer.status == 404 && answer.code == code, "\(path)")
            }
            let away = stage.cluster.faults.add(Fault(action: .status(503), times: nil))
            for path in Self.paths {
                let answer = try await stage.send(.GET, path)
                #expect(answer.status == 503 && answer.code == "KUBERNETES_UNAVAILABLE", "\(path): \(answer.body.text())")
                #expect(answer.headers.contains(name: "Retry-After"))
            }
            stage.cluster.faults.remove(away)
            for path in Self.paths { #expect(try await stage.send(.GET, path).status == 200) }
        }
    }
}
