import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import OperatorRuntime
import Testing

@testable import CraneOperator

/// That something is not in a cache is no reason for what cannot be undone.
@Suite("What no cache shows", .serialized, .timeLimit(.minutes(15)))
struct StaleCacheTests {
    private static let customerSpace = "opencrane-corp"

    /// An operator that soon goes on although its caches have not seen what it wrote.
    private static var impatient: OperatorConfiguration {
        var configuration = Stage.configuration
        configuration.process.ownWriteTimeout = .milliseconds(200)
        return configuration
    }

    private func claim(
        in namespace: String,
        of tenant: ObjectKey = ObjectKey(namespace: "team-a", name: "mia"),
        annotations: [String: String] = [:],
        finalizers: [String] = []
    ) -> CoreV1.PersistentVolumeClaim {
        var labels = CraneLabels.tenantObject(tenant.name)
        labels[CraneLabels.tenantNamespace] = tenant.namespace
        labels[CraneLabels.clusterTenant] = "corp"
        var metadata = ObjectMeta(name: "openclaw-\(tenant.name)-state", namespace: namespace, labels: labels, annotations: annotations)
        metadata.finalizers = finalizers
        return CoreV1.PersistentVolumeClaim(
            metadata: metadata,
            spec: .init(accessModes: ["ReadWriteOnce"], resources: .init(requests: ["storage": Quantity(1 << 30, format: .binary)]))
        )
    }

    /// A Tenant that is being deleted and has, as far as its status says, its workload with a customer.
    private func deletedTenant(_ stage: Stage, annotations: [String: String] = [:]) async throws -> Tenant {
        _ = try await stage.createTenant { $0.clusterTenantRef = "corp" }
        _ = try await stage.tenants.mergePatch(
            "mia",
            [
                "metadata": [
                    "finalizers": [.string(CraneFinalizer.cleanup)], "annotations": .object(annotations.mapValues { .string($0) }),
                ]
            ]
        )
        _ = try await stage.tenants.delete("mia")
        return try await stage.tenants.get("mia")
    }

    private func makeNamespace(_ stage: Stage, _ name: String, annotations: [String: String] = [:], managed: Bool = true) async throws {
        let labels = managed ? CraneLabels.clusterTenantObject("corp") : [:]
        _ = try await stage.client.resource(CoreV1.Namespace.self).create(
            CoreV1.Namespace(metadata: ObjectMeta(name: name, labels: labels, annotations: annotations))
        )
    }

    @Test("A deleted Tenant's children are looked for where they can be before the finalizer goes, and nowhere else")
    func nothingOfADeletedTenantIsOverlooked() async throws {
        try await Stage.set { stage in
            try await makeNamespace(stage, Self.customerSpace)
            try await makeNamespace(stage, "elsewhere", managed: false)
            let tenant = try await deletedTenant(stage)
            let marks = try [CraneAnnotations.tenantUID: #require(tenant.metadata.uid)]
            for namespace in [Self.customerSpace, "elsewhere"] {
                let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: namespace)
                _ = try await claims.create(claim(in: namespace, annotations: marks))
            }
            let other = claim(in: Self.customerSpace, of: ObjectKey(namespace: "team-b", name: "mia"))
            var renamed = other
            renamed.metadata.name = "of-team-b"
            let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: Self.customerSpace)
            _ = try await claims.create(renamed)
            let blind = try BlindReconcilers(stage)
            #expect(try await blind.tenants.cleanUp(tenant, blind.context) != .finished)
            try await eventually("the cleanup is finished") { try await blind.tenants.cleanUp(tenant, blind.context) == .finished }
            #expect(try await claims.getIfPresent("openclaw-mia-state") == nil)
            #expect(try await claims.getIfPresent("of-team-b") != nil)
            let copies = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: "elsewhere")
            #expect(try await copies.getIfPresent("openclaw-mia-state") != nil)
        }
    }

    @Test("What fences a pod stays as long as the pod, though no cache shows the pod")
    func aFenceOutlastsAPodThatNoCacheShows() async throws {
        try await Stage.set(simulated: false) { stage in
            try await makeNamespace(stage, Self.customerSpace)
            let labels = claim(in: Self.customerSpace).metadata.labels
            let policies = stage.client.resource(NetworkingV1.NetworkPolicy.self, namespace: Self.customerSpace)
            _ = try await policies.create(
                NetworkingV1.NetworkPolicy(metadata: ObjectMeta(name: "openclaw-mia", labels: labels), spec: .init(podSelector: .init()))
            )
            var metadata = ObjectMeta(name: "openclaw-mia-1-1", labels: labels)
            metadata.ownerReferences = [
                OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: "openclaw-mia-1", uid: "u", controller: true)
            ]
            metadata.finalizers = ["test.crane/held"]
            let pods = stage.client.resource(CoreV1.Pod.self, namespace: Self.customerSpace)
            _ = try await pods.create(CoreV1.Pod(metadata: metadata, spec: .init(containers: [.init(name: "openclaw", image: "x")])))
            let blind = try BlindReconcilers(stage)
            let tenant = try await deletedTenant(stage)
            #expect(try await blind.tenants.cleanUp(tenant, blind.context) != .finished)
            #expect(try await policies.getIfPresent("openclaw-mia")?.metadata.isBeingDeleted == false)
            _ = try await pods.delete("openclaw-mia-1-1")
            _ = try await pods.mergePatch("openclaw-mia-1-1", ["metadata": ["finalizers": .null]])
            #expect(try await blind.tenants.cleanUp(tenant, blind.context) != .finished)
            #expect(try await policies.getIfPresent("openclaw-mia") == nil)
        }
    }

    @Test("State outlives a Tenant that asked for it at the last moment")
    func stateAskedForAtTheLastMomentStays() async throws {
        try await Stage.set(simulated: false) { stage in
            try await makeNamespace(stage, Self.customerSpace)
            let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: Self.customerSpace)
            _ = try await claims.create(claim(in: Self.customerSpace))
            let blind = try BlindReconcilers(stage)
            let tenant = try await deletedTenant(stage, annotations: [CraneAnnotations.retention: "retain"])
            #expect(try await blind.tenants.cleanUp(tenant, blind.context) != .finished)
            #expect(try await blind.tenants.cleanUp(tenant, blind.context) == .finished)
            let kept = try await claims.get("openclaw-mia-state")
            #expect(!kept.metadata.isBeingDeleted && kept.metadata.annotations[CraneAnnotations.retention] == "retain")
        }
    }

    @Test("A customer's namespace is looked for before its finalizer goes, and is not deleted with a workload in it")
    func aNamespaceWithAnUnseenWorkloadStays() async throws {
        try await Stage.set { stage in
            try await makeNamespace(stage, Self.customerSpace)
            let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: Self.customerSpace)
            _ = try await claims.create(claim(in: Self.customerSpace))
            _ = try await stage.createClusterTenant()
            _ = try await stage.clusterTenants.mergePatch("corp", ["metadata": ["finalizers": [.string(CraneFinalizer.cleanup)]]])
            _ = try await stage.clusterTenants.delete("corp")
            let blind = try BlindReconcilers(stage)
            let customer = try await stage.clusterTenants.get("corp")
            #expect(try await blind.clusterTenants.cleanUp(customer, blind.context) != .finished)
            let spaces = stage.client.resource(CoreV1.Namespace.self)
            #expect(try await spaces.get(Self.customerSpace).metadata.isBeingDeleted == false)
            let ready = try await stage.clusterTenants.get("corp").status?.conditions?.condition(ConditionType.ready)
            #expect(ready?.reason == "TenantsAttached")
            _ = try await claims.delete("openclaw-mia-state")
            try await eventually("the cleanup is finished") {
                try await blind.clusterTenants.cleanUp(customer, blind.context) == .finished
            }
            #expect(try await spaces.getIfPresent(Self.customerSpace) == nil)
        }
    }

    @Test("A namespace of an earlier ClusterTenant of the same name is neither taken over nor deleted")
    func anEarlierCustomersNamespaceIsNotTakenOver() async throws {
        try await Stage.set { stage in
            try await makeNamespace(stage, Self.customerSpace, annotations: [CraneAnnotations.clusterTenantUID: "earlier"])
            try await stage.operating {
                try await stage.createClusterTenant()
                let failed = try await stage.awaitClusterTenant("corp", .failed)
                #expect(failed.status?.conditions?.condition(ConditionType.ready)?.reason == "NamespaceConflict")
                #expect(failed.status?.boundNamespace == nil)
                _ = try await stage.clusterTenants.delete("corp")
                try await eventually("the customer is gone") { try await stage.clusterTenants.getIfPresent("corp") == nil }
                let namespace = try await stage.client.resource(CoreV1.Namespace.self).get(Self.customerSpace)
                #expect(!namespace.metadata.isBeingDeleted)
                #expect(namespace.metadata.annotations[CraneAnnotations.clusterTenantUID] == "earlier")
            }
        }
    }

    @Test("A volume that another Tenant of the same name left is not taken over, seen or unseen", arguments: [true, false])
    func aNamesakesVolumeIsNotTakenOver(isSeen: Bool) async throws {
        try await Stage.set { stage in
            if !isSeen { stage.silence("persistentvolumeclaims") }
            try await stage.operating(Self.impatient) {
                try await stage.createClusterTenant()
                try await stage.awaitClusterTenant()
                let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: Self.customerSpace)
                let other = ObjectKey(namespace: "team-b", name: "mia")
                let held = try await claims.create(claim(in: Self.customerSpace, of: other, finalizers: ["test.crane/held"]))
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                // Its own Tenant is not there, so that it is kept once it is seen.
                try await stage.awaitTenant("mia", ConditionType.ready, .false, reason: isSeen ? "NameConflict" : "Moving")
                let now = try await claims.get("openclaw-mia-state")
                #expect(now.metadata.uid == held.metadata.uid && now.metadata.labels[CraneLabels.tenantNamespace] == "team-b")
                let secrets = stage.client.resource(CoreV1.Secret.self, namespace: Self.customerSpace)
                #expect(try await secrets.getIfPresent("openclaw-mia-encryption-key") == nil)
                _ = try await claims.delete("openclaw-mia-state")
                _ = try await claims.mergePatch("openclaw-mia-state", ["metadata": ["finalizers": .null]])
                try await stage.awaitTenant()
                #expect(try await claims.get("openclaw-mia-state").metadata.uid != held.metadata.uid)
            }
        }
    }

    @Test("State that another Tenant of the same name wants kept blocks the name")
    func stateThatANamesakeKeepsBlocksTheName() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant()
                try await stage.awaitClusterTenant()
                let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: Self.customerSpace)
                let marks = [CraneAnnotations.retention: "retain"]
                _ = try await claims.create(
                    claim(in: Self.customerSpace, of: ObjectKey(namespace: "team-b", name: "mia"), annotations: marks)
                )
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "NameConflict")
                _ = try await claims.mergePatch(
                    "openclaw-mia-state",
                    ["metadata": ["labels": [CraneLabels.tenantNamespace: "team-a"]]]
                )
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "EncryptionKeyMissing")
            }
        }
    }

    @Test(
        "A volume that an earlier Tenant of the same name left is not taken over, and its key is not used again, seen or unseen",
        arguments: [true, false]
    )
    func anEarlierTenantsVolumeIsNotTakenOver(isSeen: Bool) async throws {
        try await Stage.set { stage in
            if !isSeen { for kind in ["persistentvolumeclaims", "secrets"] { stage.silence(kind) } }
            try await stage.operating(Self.impatient) {
                try await stage.createClusterTenant()
                try await stage.awaitClusterTenant()
                let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: Self.customerSpace)
                let secrets = stage.client.resource(CoreV1.Secret.self, namespace: Self.customerSpace)
                let old = claim(in: Self.customerSpace, annotations: [CraneAnnotations.tenantUID: "earlier"])
                let secret = CoreV1.Secret(
                    metadata: ObjectMeta(
                        name: "openclaw-mia-encryption-key",
                        labels: old.metadata.labels,
                        annotations: old.metadata.annotations
                    ),
                    data: ["key": "b2xk"]
                )
                try await stage.createTenant {
                    $0.policyRef = "later"; $0.clusterTenantRef = "corp"
                }
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "PolicyNotFound")
                let left = try await claims.create(old)
                _ = try await secrets.create(secret)
                try await stage.createPolicy("later") { _ in }
                try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "StateNotOwned")
                #expect(try await claims.get("openclaw-mia-state").metadata.isBeingDeleted == false)
                _ = try await secrets.delete("openclaw-mia-encryption-key")
                _ = try await claims.delete("openclaw-mia-state")
                let tenant = try await stage.awaitTenant()
                let fresh = try await claims.get("openclaw-mia-state")
                #expect(fresh.metadata.uid != left.metadata.uid)
                #expect(fresh.metadata.annotations[CraneAnnotations.tenantUID] == tenant.metadata.uid)
                #expect(try await secrets.get("openclaw-mia-encryption-key").data?["key"] != "b2xk")
            }
        }
    }

    @Test("S-004: nothing is made again and again for a Tenant that is gone, while the watch of Tenants is silent")
    func aTenantThatIsGoneGetsNoChildren() async throws {
        try await Stage.set { stage in
            try await stage.createTenant()
            stage.silence("tenants")
            try await stage.operating(Self.impatient) {
                try await stage.awaitTenant()
                _ = try await stage.tenants.delete("mia")
                try await eventually("the garbage is collected") { try await stage.children(in: "team-a").isEmpty }
                let writes = stage.operatorWrites
                try await stage.settle()
                #expect(try await stage.children(in: "team-a").isEmpty)
                #expect(stage.operatorWrites < writes + 20)
            }
        }
    }

    @Test("S-003: a Tenant goes with its volume, though the watch of claims is silent")
    func aVolumeGoesThoughTheWatchIsSilent() async throws {
        try await Stage.set { stage in
            stage.silence("persistentvolumeclaims")
            try await stage.operating(Self.impatient) {
                try await stage.createClusterTenant()
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant()
                _ = try await stage.tenants.delete("mia")
                // The Tenant itself waits until the watch speaks again.
                try await eventually("nothing is left", within: .seconds(60)) {
                    try await stage.children(in: Self.customerSpace).isEmpty
                }
            }
        }
    }
}

extension Stage {
    /// Has the operator's watches of a resource hear nothing.
    fileprivate func silence(_ resource: String) {
        let match = RequestMatch(verb: "watch", resource: resource, userAgent: Stage.operatorAgent)
        server.faults.add(Fault(match: match, action: .delay(.seconds(3600)), times: nil))
    }
}
