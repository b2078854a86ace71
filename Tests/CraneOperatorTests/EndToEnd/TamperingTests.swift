import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Tampering on an API server", .serialized, .timeLimit(.minutes(15)))
struct TamperingTests {
    @Test("Rules that somebody adds to the policy that closes a namespace are taken away")
    func defaultDeny() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant()
                try await stage.awaitClusterTenant()
                let policies = stage.client.resource(NetworkingV1.NetworkPolicy.self, namespace: "opencrane-corp")
                for direction in ["ingress", "egress"] {
                    let opened = try await policies.mergePatch("opencrane-default-deny", ["spec": [direction: [[:]]]])
                    #expect(!ClusterTenantPlan.deniesEverything(opened))
                    try await eventually("\(direction) is closed again") {
                        ClusterTenantPlan.deniesEverything(try await policies.get("opencrane-default-deny"))
                    }
                }
                try await stage.awaitClusterTenant()
            }
        }
    }

    @Test("Objects with a tenant's labels in a namespace of somebody else do not hold it up, and stay")
    func labels() async throws {
        try await Stage.set { stage in
            _ = try await stage.client.resource(CoreV1.Namespace.self).create(CoreV1.Namespace(metadata: ObjectMeta(name: "evil")))
            let labels = [
                "app.kubernetes.io/managed-by": "opencrane-operator", "opencrane.io/tenant": "mia",
                "opencrane.io/tenant-namespace": "team-a",
            ]
            let pods = stage.client.resource(CoreV1.Pod.self, namespace: "evil")
            let maps = stage.client.resource(CoreV1.ConfigMap.self, namespace: "evil")
            func plant() async throws {
                let container = CoreV1.Container(name: "x", image: "x:1")
                _ = try await pods.create(
                    CoreV1.Pod(metadata: ObjectMeta(name: "trap", labels: labels), spec: .init(containers: [container]))
                )
                let map = CoreV1.ConfigMap(metadata: ObjectMeta(name: "trap", labels: labels, finalizers: ["evil.test/never"]))
                _ = try await maps.create(map)
            }
            try await plant()
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant()
                _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": true]])
                try await stage.awaitTenant("mia", ConditionType.ready, .false, reason: "Suspended")
                _ = try await stage.tenants.delete("mia")
                try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
                #expect(try await maps.get("trap").metadata.isBeingDeleted == false)
                #expect(try await pods.getIfPresent("trap") != nil)
            }
        }
    }

    @Test("A tenant of a namespace that the customer does not take gets nothing, and does not keep the customer")
    func placement() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant { $0.allowedNamespaces = ["team-b"] }
                try await stage.awaitClusterTenant()
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "NamespaceNotAllowed")
                #expect(try await stage.children(in: "opencrane-corp").isEmpty)
                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["allowedNamespaces": ["team-a"]]])
                try await stage.awaitTenant()
                _ = try await stage.tenants.delete("mia")
                try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["allowedNamespaces": ["team-b"]]])
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "NamespaceNotAllowed")
                _ = try await stage.clusterTenants.delete("corp")
                try await eventually("the customer is gone") { try await stage.clusterTenants.getIfPresent("corp") == nil }
            }
        }
    }

    @Test("A channel's Secret is waited for until it is marked, and then handed out")
    func credentials() async throws {
        try await Stage.set { stage in
            let secrets = stage.client.resource(CoreV1.Secret.self, namespace: "team-a")
            _ = try await secrets.create(CoreV1.Secret(metadata: ObjectMeta(name: "slack-bot"), stringData: ["TOKEN": "x"]))
            try await stage.operating {
                try await stage.createTenant { $0.channels = [Channel(adapter: "slack", credentialsSecretName: "slack-bot")] }
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "CredentialsNotAllowed")
                #expect(try await stage.children(in: "team-a").isEmpty)
                _ = try await secrets.mergePatch("slack-bot", ["metadata": ["labels": ["opencrane.io/tenant-credentials": "leo"]]])
                try await stage.settle()
                #expect(try await stage.children(in: "team-a").isEmpty)
                _ = try await secrets.mergePatch("slack-bot", ["metadata": ["labels": ["opencrane.io/tenant-credentials": "mia"]]])
                try await stage.awaitTenant()
                // Taken back, it is not run with any more.
                _ = try await secrets.mergePatch("slack-bot", ["metadata": ["labels": ["opencrane.io/tenant-credentials": .null]]])
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "CredentialsNotAllowed")
                try await eventually("the pod is gone") { try await stage.pods(in: "team-a").isEmpty }
                #expect(try await stage.children(in: "team-a") == Stage.allChildren())
            }
        }
    }

    @Test("What somebody puts into a tenant's pod is taken out, and told")
    func pod() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant()
                let deployments = stage.client.resource(AppsV1.Deployment.self, namespace: "team-a")
                let planned = try await deployments.get("openclaw-mia").spec?.template?.spec
                let patch: JSON = [
                    ["op": "add", "path": "/spec/template/spec/hostNetwork", "value": true],
                    ["op": "add", "path": "/spec/template/spec/hostPID", "value": true],
                    ["op": "add", "path": "/spec/template/spec/containers/-", "value": ["name": "spy", "image": "spy:1"]],
                    ["op": "add", "path": "/spec/template/spec/volumes/-", "value": ["name": "node", "hostPath": ["path": "/"]]],
                ]
                _ = try await deployments.jsonPatch("openclaw-mia", patch)
                try await eventually("the pod is as planned") {
                    try await deployments.get("openclaw-mia").spec?.template?.spec == planned
                }
                try await eventually("an Event tells of it") {
                    try await stage.client.resource(EventsV1.Event.self, namespace: "team-a").list().items.contains {
                        $0.reason == "PodTemplateRepaired" && $0.note?.contains("container spy") == true
                    }
                }
                try await stage.awaitTenant()
                try await stage.settle()
            }
        }
    }
}
