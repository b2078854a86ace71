import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Customers on an API server", .serialized, .timeLimit(.minutes(15)))
struct ClusterTenantTests {
    @Test("A customer's namespace is fenced, and the quota goes when it is no longer asked for")
    func fence() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant {
                    $0.resources = ClusterResources(quota: CraneAPI.ResourceQuotaSpec(cpu: "8", pods: 10))
                }
                let ready = try await stage.awaitClusterTenant()
                #expect(ready.status?.boundNamespace == "opencrane-corp")
                let namespace = try await stage.client.resource(CoreV1.Namespace.self).get("opencrane-corp")
                #expect(namespace.metadata.labels["pod-security.kubernetes.io/enforce"] == "restricted")
                let quotas = stage.client.resource(CoreV1.ResourceQuota.self, namespace: "opencrane-corp")
                let limits = stage.client.resource(CoreV1.LimitRange.self, namespace: "opencrane-corp")
                #expect(try await quotas.get("opencrane-cluster-tenant-quota").spec?.hard?["pods"] == Quantity(10))
                #expect(try await limits.getIfPresent("opencrane-cluster-tenant-limits") != nil)
                let policies = stage.client.resource(NetworkingV1.NetworkPolicy.self, namespace: "opencrane-corp")
                #expect(try await policies.get("opencrane-default-deny").spec?.policyTypes == ["Ingress", "Egress"])

                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["resources": .null]])
                try await eventually("quota and limits are gone") {
                    let quota = try await quotas.getIfPresent("opencrane-cluster-tenant-quota")
                    let limits = try await limits.getIfPresent("opencrane-cluster-tenant-limits")
                    return quota == nil && limits == nil
                }
                try await stage.awaitClusterTenant()
            }
        }
    }

    @Test("A reference to nowhere is said, and recovers when the customer appears")
    func nowhere() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                let waiting = try await stage.awaitTenant("mia", ConditionType.ready, .false, reason: "ClusterTenantNotFound")
                #expect(waiting.status?.message == "ClusterTenant corp named by spec.clusterTenantRef does not exist")
                try await stage.createClusterTenant { $0.baseDomain = "ai.corp.test" }
                let tenant = try await stage.awaitTenant()
                #expect(tenant.status?.targetNamespace == "opencrane-corp" && tenant.status?.ingressHost == "mia.ai.corp.test")
                #expect(try await stage.children(in: "opencrane-corp") == Stage.allChildren())
                #expect(try await stage.children(in: "team-a").isEmpty)
            }
        }
    }

    @Test("Deletion waits for tenants; a deleted tenant of a customer leaves nothing; then the namespace goes")
    func deletion() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant()
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant()
                _ = try await stage.clusterTenants.delete("corp")
                try await eventually("deletion is held up") {
                    let status = try await stage.clusterTenants.get("corp").status
                    return status?.conditions?.condition(ConditionType.ready)?.reason == "TenantsAttached" && status?.phase == .terminating
                }
                #expect(try await stage.tenants.get("mia").status?.phase == .running)
                _ = try await stage.tenants.delete("mia")
                try await eventually("tenant and customer are gone") {
                    let tenant = try await stage.tenants.getIfPresent("mia")
                    let namespace = try await stage.client.resource(CoreV1.Namespace.self).getIfPresent("opencrane-corp")
                    let clusterTenant = try await stage.clusterTenants.getIfPresent("corp")
                    return tenant == nil && namespace == nil && clusterTenant == nil
                }
            }
        }
    }

    @Test("A tenant that moves leaves nothing where it was")
    func move() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant("old")
                try await stage.createClusterTenant("new")
                try await stage.createTenant { $0.clusterTenantRef = "old" }
                try await stage.awaitTenant()
                _ = try await stage.tenants.mergePatch("mia", ["spec": ["clusterTenantRef": "new"]])
                try await eventually("the tenant runs elsewhere") {
                    let tenant = try await stage.tenants.get("mia")
                    return tenant.status?.targetNamespace == "opencrane-new" && tenant.status?.phase == .running
                }
                #expect(try await stage.children(in: "opencrane-new") == Stage.allChildren())
                #expect(try await stage.children(in: "opencrane-old").isEmpty)
                #expect(try await stage.pods(in: "opencrane-old").isEmpty)
            }
        }
    }

    @Test("A customer that refuses a tenant it took stops the pod and keeps the state; taken again, it runs again")
    func aCustomerThatRefusesLaterStopsThePod() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant()
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant()
                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["allowedNamespaces": []]])
                let refused = try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "NamespaceNotAllowed")
                #expect(refused.status?.message?.contains("No pod runs until then") == true)
                try await eventually("the pod is gone") { try await stage.pods(in: "opencrane-corp").isEmpty }
                #expect(try await stage.children(in: "opencrane-corp") == Stage.allChildren())
                #expect(try await stage.tenants.get("mia").status?.podName == nil)
                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["allowedNamespaces": ["team-a"]]])
                try await stage.awaitTenant()
            }
        }
    }

    @Test("A tier that is not served fails with a clear message, and makes no namespace")
    func tier() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant { $0.isolationTier = .dedicatedCluster }
                let failed = try await stage.awaitClusterTenant("corp", .failed)
                #expect(failed.status?.message?.contains("dedicatedCluster is not supported") == true)
                #expect(try await stage.client.resource(CoreV1.Namespace.self).getIfPresent("opencrane-corp") == nil)
            }
        }
    }

    @Test("A namespace that belongs to somebody else is left alone")
    func foreignNamespace() async throws {
        try await Stage.set { stage in
            _ = try await stage.client.resource(CoreV1.Namespace.self).create(
                CoreV1.Namespace(metadata: ObjectMeta(name: "opencrane-corp"))
            )
            try await stage.operating {
                try await stage.createClusterTenant()
                let failed = try await stage.awaitClusterTenant("corp", .failed)
                #expect(failed.status?.conditions?.condition(ConditionType.ready)?.reason == "NamespaceConflict")
                let namespace = try await stage.client.resource(CoreV1.Namespace.self).get("opencrane-corp")
                #expect(namespace.metadata.labels["opencrane.io/cluster-tenant"] == nil)
                _ = try await stage.clusterTenants.delete("corp")
                try await eventually("the customer is gone") { try await stage.clusterTenants.getIfPresent("corp") == nil }
                #expect(
                    try await stage.client.resource(CoreV1.Namespace.self).getIfPresent("opencrane-corp")?.metadata.isBeingDeleted == false
                )
            }
        }
    }
}
