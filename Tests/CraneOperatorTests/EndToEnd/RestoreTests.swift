import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Testing

@testable import CraneOperator

/// Backups bring objects back with their labels and annotations but without owners and under new identities, and Tenants last.
@Suite("Restored backups", .serialized, .timeLimit(.minutes(15)))
struct RestoreTests {
    private static let claimName = "openclaw-mia-state"
    private static let keyName = "openclaw-mia-encryption-key"
    private static let state: Set = ["PersistentVolumeClaim/\(claimName)", "Secret/\(keyName)"]

    /// What a tool for backups would have stored.
    private struct Backup: Sendable {
        var claim: CoreV1.PersistentVolumeClaim
        var key: CoreV1.Secret

        static func take(_ stage: Stage, in namespace: String) async throws -> Backup {
            func stripped(_ metadata: ObjectMeta) -> ObjectMeta {
                ObjectMeta(name: metadata.name, namespace: namespace, labels: metadata.labels, annotations: metadata.annotations)
            }
            var claim = try await stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: namespace).get(claimName)
            var key = try await stage.client.resource(CoreV1.Secret.self, namespace: namespace).get(keyName)
            claim.metadata = stripped(claim.metadata)
            claim.spec?.volumeName = nil
            claim.status = nil
            key.metadata = stripped(key.metadata)
            return Backup(claim: claim, key: key)
        }

        func restore(_ stage: Stage, in namespace: String) async throws -> CoreV1.PersistentVolumeClaim {
            _ = try await stage.client.resource(CoreV1.Secret.self, namespace: namespace).create(key)
            return try await stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: namespace).create(claim)
        }
    }

    private func remove(_ stage: Stage, from namespace: String) async throws {
        _ = try await stage.tenants.delete("mia")
        try await eventually("nothing is left") {
            let tenant = try await stage.tenants.getIfPresent("mia")
            let children = try await stage.children(in: namespace)
            return tenant == nil && children.isEmpty
        }
    }

    @Test("State that is restored before its Tenant stays, and the Tenant finds it")
    func home() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant()
                let backup = try await Backup.take(stage, in: "team-a")
                try await remove(stage, from: "team-a")
                let claim = try await backup.restore(stage, in: "team-a")
                try await stage.settle()
                #expect(try await stage.children(in: "team-a") == Self.state)
                try await stage.createTenant()
                try await stage.awaitTenant()
                let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: "team-a")
                let secrets = stage.client.resource(CoreV1.Secret.self, namespace: "team-a")
                #expect(try await claims.get(Self.claimName).metadata.uid == claim.metadata.uid)
                #expect(try await secrets.get(Self.keyName).data == backup.key.data)
                try await remove(stage, from: "team-a")
            }
        }
    }

    @Test("State in a customer's namespace is neither deleted nor taken over by its restored Tenant until it is handed over")
    func customer() async throws {
        let space = "opencrane-corp"
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant()
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant()
                let backup = try await Backup.take(stage, in: space)
                try await remove(stage, from: space)
                let claim = try await backup.restore(stage, in: space)
                try await stage.settle()
                #expect(try await stage.children(in: space) == Self.state)
                // Not even a Tenant that is made and deleted meanwhile takes it away.
                for _ in 0..<2 {
                    try await stage.createTenant { $0.clusterTenantRef = "corp" }
                    try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "StateNotOwned")
                    #expect(try await stage.children(in: space) == Self.state)
                    _ = try await stage.tenants.delete("mia")
                    try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
                }
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: space)
                let secrets = stage.client.resource(CoreV1.Secret.self, namespace: space)
                let handOver: JSON = ["metadata": ["annotations": ["opencrane.io/tenant-uid": .null]]]
                _ = try await claims.mergePatch(Self.claimName, handOver)
                _ = try await secrets.mergePatch(Self.keyName, handOver)
                let tenant = try await stage.awaitTenant()
                let adopted = try await claims.get(Self.claimName)
                #expect(adopted.metadata.uid == claim.metadata.uid)
                #expect(adopted.metadata.annotations[CraneAnnotations.tenantUID] == tenant.metadata.uid)
                #expect(try await secrets.get(Self.keyName).data == backup.key.data)
                // It is the tenant's like any other, and goes with it.
                try await remove(stage, from: space)
            }
        }
    }

    @Test("Copies of a claim and of a Secret with a tenant's labels stay, whatever becomes of the tenant")
    func copies() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createTenant()
                try await stage.awaitTenant()
                var copy = try await Backup.take(stage, in: "team-a")
                copy.claim.metadata.name = "copy"
                copy.key.metadata.name = "copy"
                _ = try await copy.restore(stage, in: "team-a")
                _ = try await stage.tenants.mergePatch("mia", ["spec": ["configOverrides": ["agents": ["defaults": ["model": "x"]]]]])
                try await stage.settle()
                let copies: Set = ["PersistentVolumeClaim/copy", "Secret/copy"]
                #expect(try await stage.children(in: "team-a") == Stage.allChildren().union(copies))
                _ = try await stage.tenants.delete("mia")
                try await eventually("only the copies are left") { try await stage.children(in: "team-a") == copies }
                try await stage.settle()
                #expect(try await stage.children(in: "team-a") == copies)
            }
        }
    }

    @Test("A Secret without the operator's labels where the key would be is not used: nothing is made until it is gone, or handed over")
    func unlabelledKey() async throws {
        try await Stage.set { stage in
            let secrets = stage.client.resource(CoreV1.Secret.self, namespace: "team-a")
            _ = try await secrets.create(CoreV1.Secret(metadata: ObjectMeta(name: Self.keyName), stringData: ["key": "known"]))
            try await stage.operating {
                try await stage.createTenant()
                let blocked = try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "StateNotOwned")
                #expect(blocked.status?.message?.contains(Self.keyName) == true)
                try await stage.settle()
                #expect(try await stage.children(in: "team-a").isEmpty)
                _ = try await secrets.delete(Self.keyName)
                try await stage.awaitTenant()
                #expect(try await secrets.get(Self.keyName).data?["key"]?.utf8.count == 44)
            }
        }
    }

    @Test("A namespace that somebody makes while the operator looks is not taken over")
    func namespaceInBetween() async throws {
        try await Stage.set { stage in
            let namespaces = stage.client.resource(CoreV1.Namespace.self)
            _ = try await namespaces.create(CoreV1.Namespace(metadata: ObjectMeta(name: "opencrane-corp")))
            let match = RequestMatch(verb: "get", resource: "namespaces", name: "opencrane-corp", userAgent: Stage.operatorAgent)
            stage.server.faults.add(Fault(match: match, action: .status(404), times: 1))
            try await stage.operating {
                try await stage.createClusterTenant()
                try await stage.awaitClusterTenant("corp", .failed)
                let namespace = try await namespaces.get("opencrane-corp")
                #expect(namespace.metadata.labels["opencrane.io/cluster-tenant"] == nil && namespace.metadata.annotations.isEmpty)
            }
        }
    }

    @Test("The status of a Tenant that is gone is not written to the next one of its name")
    func statusOfAnother() async throws {
        try await Stage.set { stage in
            let old = try await stage.createTenant()
            _ = try await stage.tenants.delete("mia")
            try await stage.createTenant()
            let blind = try BlindReconcilers(stage)
            let error = await #expect(throws: KubernetesError.self) { try await blind.tenants.cleanUp(old, blind.context) }
            #expect(error?.isConflict == true)
            #expect(try await stage.tenants.get("mia").status == nil)
        }
    }
}
