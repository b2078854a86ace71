import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Life of a tenant on an API server", .serialized, .timeLimit(.minutes(15)))
struct TenantLifeTests {
    @Test("Create, ready with every child, delete, nothing left")
    func life() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                let tenant = try await stage.awaitTenant()
                #expect(tenant.status?.phase == .running)
                #expect(tenant.status?.ingressHost == "mia.crane.test")
                #expect(tenant.status?.targetNamespace == "team-a")
                #expect(tenant.status?.podName?.hasPrefix("openclaw-mia-") == true)
                #expect(tenant.metadata.finalizers.isEmpty)
                #expect(try await stage.children(in: "team-a") == Stage.allChildren())
                let secret = try await stage.client.resource(CoreV1.Secret.self, namespace: "team-a").get("openclaw-mia-encryption-key")
                #expect(secret.immutable == true && secret.data?["key"]?.utf8.count == 44)

                _ = try await stage.tenants.delete("mia")
                try await eventually("nothing is left") {
                    let children = try await stage.children(in: "team-a")
                    let pods = try await stage.pods(in: "team-a")
                    let tenant = try await stage.tenants.getIfPresent("mia")
                    return tenant == nil && children.isEmpty && pods.isEmpty
                }
            }
        }
    }

    @Test("Suspend stops the pod and keeps the rest; resume brings it back")
    func suspend() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant()
                _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": true]])
                try await stage.awaitTenant("mia", ConditionType.ready, .false, reason: "Suspended")
                #expect(try await stage.pods(in: "team-a").isEmpty)
                #expect(try await stage.children(in: "team-a") == Stage.allChildren())
                #expect(try await stage.tenants.get("mia").status?.phase == .suspended)
                _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": false]])
                #expect(try await stage.awaitTenant().status?.phase == .running)
            }
        }
    }

    @Test("A deleted or changed child comes back as it was, all but the key")
    func repair() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant()
                let services = stage.client.resource(CoreV1.Service.self, namespace: "team-a")
                _ = try await services.delete("openclaw-mia")
                try await eventually("the Service is back") { try await services.getIfPresent("openclaw-mia") != nil }
                let deployments = stage.client.resource(AppsV1.Deployment.self, namespace: "team-a")
                _ = try await deployments.mergePatch("openclaw-mia", ["spec": ["replicas": 3]])
                try await eventually("one replica again") { try await deployments.get("openclaw-mia").spec?.replicas == 1 }
                _ = try await stage.client.resource(CoreV1.Secret.self, namespace: "team-a").delete("openclaw-mia-encryption-key")
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "EncryptionKeyMissing")
            }
        }
    }

    @Test("A change of configuration replaces the pod, one at a time")
    func rollOut() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                let before = try await stage.awaitTenant().status?.podName
                _ = try await stage.tenants.mergePatch("mia", ["spec": ["configOverrides": ["agents": ["defaults": ["model": "x"]]]]])
                try await eventually("another pod is ready") {
                    let tenant = try await stage.tenants.get("mia")
                    return tenant.status?.phase == .running && tenant.status?.podName != nil && tenant.status?.podName != before
                }
            }
        }
    }

    @Test("A failing image is reported, and recovers")
    func failingImage() async throws {
        try await Stage.set(simulated: false) { stage in
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant("mia", ConditionType.workloadReady, .false, reason: "PodNotReady")
                let labels = [
                    "app.kubernetes.io/managed-by": "opencrane-operator", "opencrane.io/tenant": "mia",
                    "opencrane.io/tenant-namespace": "team-a",
                ]
                let pods = stage.client.resource(CoreV1.Pod.self, namespace: "team-a")
                let spec = try await stage.client.resource(AppsV1.Deployment.self, namespace: "team-a").get("openclaw-mia").spec
                let set = try await stage.client.resource(AppsV1.ReplicaSet.self, namespace: "team-a").create(
                    AppsV1.ReplicaSet(
                        metadata: ObjectMeta(name: "openclaw-mia-5d4f", labels: spec?.template?.metadata?.labels ?? [:]),
                        spec: .init(replicas: 0, selector: spec?.selector, template: spec?.template)
                    )
                )
                let owner = set.ownerReference()
                let pod = try await pods.create(
                    CoreV1.Pod(
                        metadata: ObjectMeta(name: "openclaw-mia-x", labels: labels, ownerReferences: [owner]),
                        spec: .init(containers: [.init(name: "openclaw", image: "example.test/missing:1")])
                    )
                )
                _ = try await pods.mergePatch(
                    pod.metadata.name,
                    [
                        "status": [
                            "containerStatuses": [
                                [
                                    "name": "openclaw", "ready": false, "restartCount": 0, "image": "example.test/missing:1", "imageID": "",
                                    "state": ["waiting": ["reason": "ErrImagePull"]],
                                ]
                            ]
                        ]
                    ],
                    subresource: "status"
                )
                try await stage.awaitTenant("mia", ConditionType.ready, .false, reason: "ImagePullBackOff")
            }
        }
    }

    @Test("State that is to be retained outlives the tenant, and the next tenant of the name takes it up with its key")
    func retention() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant()
                let secrets = stage.client.resource(CoreV1.Secret.self, namespace: "team-a")
                let key = try await secrets.get("openclaw-mia-encryption-key").data
                _ = try await stage.tenants.mergePatch("mia", ["metadata": ["annotations": ["opencrane.io/retention": "retain"]]])
                try await eventually("key and claim belong to nobody") {
                    let claim = try await stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: "team-a").get(
                        "openclaw-mia-state"
                    )
                    let secret = try await secrets.get("openclaw-mia-encryption-key")
                    return claim.metadata.ownerReferences.isEmpty && secret.metadata.ownerReferences.isEmpty
                }
                _ = try await stage.tenants.delete("mia")
                try await eventually("only the state is left") {
                    try await stage.children(in: "team-a") == [
                        "PersistentVolumeClaim/openclaw-mia-state", "Secret/openclaw-mia-encryption-key",
                    ]
                }
                try await stage.createTenant()
                try await stage.awaitTenant()
                #expect(try await secrets.get("openclaw-mia-encryption-key").data == key)
                #expect(try await stage.children(in: "team-a") == Stage.allChildren())
            }
        }
    }

    @Test("A tenant that is deleted and made again at once gets objects of its own")
    func again() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant()
                for _ in 0..<3 {
                    _ = try await stage.tenants.delete("mia")
                    let tenant = try await stage.createTenant()
                    try await stage.awaitTenant()
                    let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: "team-a")
                    #expect(try await claims.get("openclaw-mia-state").metadata.controller?.uid == tenant.metadata.uid)
                    #expect(try await stage.children(in: "team-a") == Stage.allChildren())
                }
            }
        }
    }

    @Test("A virtual machine is refused with a reason where no provider is enabled")
    func virtualMachine() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant { $0.runtime = TenantRuntime(type: .virtualMachine, machine: MachineSpec(provider: .local)) }
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "RuntimeNotSupported")
                #expect(try await stage.children(in: "team-a").isEmpty)
            }
        }
    }
}
