import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import MachineFixtures
import Testing

@testable import Machines

/// An API server with KubeVirt's definitions, whose controllers are the test.
struct KubeVirtStage: Sendable {
    let server: ClusterServer
    let client: KubernetesClient
    let provider: KubeVirtProvider
    let namespace = "fleets"

    static func set(_ body: @escaping @Sendable (KubeVirtStage) async throws -> Void) async throws {
        try await withClusterServer { server in
            var configuration = try ClientConfiguration(kubeconfigYAML: server.kubeconfig)
            configuration.userAgent = "machines"
            // As the operator, whose rights are compared with what is written down of it.
            configuration.impersonation = Impersonation(user: "system:serviceaccount:opencrane:opencrane-operator")
            let driver = try KubernetesClient(configuration: configuration, logger: quietLogger)
            configuration.userAgent = "test"
            configuration.impersonation = nil
            let client = try KubernetesClient(configuration: configuration, logger: quietLogger)
            let provider = KubeVirtProvider(client: driver, configuration: KubeVirtConfiguration(namespace: "fleets"))
            let stage = KubeVirtStage(server: server, client: client, provider: provider)
            _ = try await client.resource(CoreV1.Namespace.self).create(CoreV1.Namespace(metadata: ObjectMeta(name: "fleets")))
            try await body(stage)
        }
    }

    /// Has the API server serve KubeVirt's kinds.
    func install() async throws {
        let definitions = ResourceType(
            group: "apiextensions.k8s.io",
            version: "v1",
            kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions",
            isNamespaced: false
        )
        for definition in try Fixture.kubeVirtDefinitions() {
            _ = try await client.dynamic(definitions).create(DynamicObject(definition))
        }
        try await eventually("KubeVirt is served") {
            for type in [KubeVirtResources.machines, KubeVirtResources.instances] {
                if try await !client.discovery.serves(type, refresh: true) { return false }
            }
            return true
        }
    }

    var machines: ResourceAPI<DynamicObject> { client.dynamic(KubeVirtResources.machines, namespace: namespace) }
    var secrets: ResourceAPI<CoreV1.Secret> { client.resource(CoreV1.Secret.self, namespace: namespace) }

    /// What KubeVirt's controller would report.
    func report(_ status: String) async throws {
        _ = try await machines.mergePatch("acme-01", ["status": ["printableStatus": .string(status)]], subresource: "status")
    }

    func run(address: String?) async throws {
        var instance = DynamicObject(KubeVirtResources.instances, metadata: ObjectMeta(name: "acme-01", namespace: namespace))
        var interface: JSON = ["name": "default"]
        if let address { interface["ipAddress"] = .string(address) }
        instance.json["status"] = ["phase": "Running", "interfaces": [interface]]
        let api = client.dynamic(KubeVirtResources.instances, namespace: namespace)
        try await api.deleteIfPresent(ObjectKey(name: "acme-01"))
        _ = try await api.create(instance)
    }
}
