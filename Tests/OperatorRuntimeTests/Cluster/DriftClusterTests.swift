import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import OperatorRuntime
import Testing

/// What others do to objects that an applier keeps is repaired, and at rest nothing is written.
@Suite(.serialized) struct DriftClusterTests {
    private static let policy: DynamicObject = DynamicObject([
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": ["name": "p", "namespace": "default", "labels": ["a": "b"]],
        "spec": ["podSelector": ["matchLabels": ["app": "x"]], "policyTypes": ["Egress"]],
    ])
    private static let service: DynamicObject = DynamicObject([
        "apiVersion": "v1", "kind": "Service", "metadata": ["name": "p", "namespace": "default"],
        "spec": ["selector": ["app": "x"], "ports": [["name": "http", "port": 80, "targetPort": 8080]]],
    ])
    private static let deployment: DynamicObject = DynamicObject([
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "p", "namespace": "default"],
        "spec": [
            "selector": ["matchLabels": ["app": "x"]],
            "template": [
                "metadata": ["labels": ["app": "x"]],
                "spec": ["nodeSelector": ["disk": "ssd"], "containers": [["name": "c", "image": "i"]]],
            ],
        ],
    ])

    @Test(
        arguments: [
            (NetworkingV1.NetworkPolicy.resourceType, policy, ["spec", "podSelector", "matchLabels", "nomatch"]),
            (NetworkingV1.NetworkPolicy.resourceType, policy, ["metadata", "labels", "a"]),
            (CoreV1.Service.resourceType, service, ["spec", "selector", "app"]),
            (AppsV1.Deployment.resourceType, deployment, ["spec", "template", "spec", "nodeSelector", "nomatch"]),
        ] as [(ResourceType, DynamicObject, [String])],
        [true, false]
    )
    func isRepaired(what: (ResourceType, DynamicObject, [String]), keepsManagedFields: Bool) async throws {
        let (type, desired, path) = what
        try await withClusterServer { cluster in
            let client = try testClient(cluster, userAgent: "op")
            let user = try testClient(cluster, userAgent: "user").dynamic(type, namespace: "default")
            let applier = Applier(client: client, fieldManager: "op")
            @Sendable func live() async throws -> DynamicObject {
                var object = try await user.get("p")
                if keepsManagedFields {
                    Transforms.keepManagedFields(of: "op")(&object)
                } else {
                    Transforms.dropManagedFields(&object)
                }
                return object
            }
            let first = try await applier.apply(desired, type: type, live: nil)
            #expect(first.isWrite)
            let before = first.object.json[at: Array(path.dropLast())]
            for _ in 0..<2 {
                let rest = try await applier.apply(desired, type: type, live: try await live())
                #expect(!rest.isWrite, "at rest nothing is written")
            }
            for round in 0..<2 {
                var patch: JSON = [:]
                patch[at: path] = "drift"
                _ = try await user.mergePatch("p", patch)
                let repaired = try await applier.apply(desired, type: type, live: try await live())
                #expect(repaired.isWrite, "round \(round)")
                #expect(repaired.object.json[at: Array(path.dropLast())] == before)
                let rest = try await applier.apply(desired, type: type, live: try await live())
                #expect(!rest.isWrite, "after the repair nothing is written")
            }
            // What nobody applied is left alone, without a write.
            _ = try await user.mergePatch("p", ["metadata": ["annotations": ["foreign": "yes"]]])
            let foreign = try await applier.apply(desired, type: type, live: try await live())
            #expect(!foreign.isWrite)
        }
    }

    @Test func aFieldThatAnotherManagerTookIsTakenBack() async throws {
        try await withClusterServer { cluster in
            let user = try testClient(cluster).dynamic(NetworkingV1.NetworkPolicy.resourceType, namespace: "default")
            let applier = Applier(client: try testClient(cluster), fieldManager: "op")
            let type = NetworkingV1.NetworkPolicy.resourceType
            _ = try await applier.apply(Self.policy, type: type, live: nil)
            // Another manager changes it and changes it back: the value is ours, the field is not.
            for value in ["drift", "b"] as [JSON] { _ = try await user.mergePatch("p", ["metadata": ["labels": ["a": value]]]) }
            let back = try await applier.apply(Self.policy, type: type, live: try await user.get("p"))
            #expect(back.isWrite)
            let rest = try await applier.apply(Self.policy, type: type, live: try await user.get("p"))
            #expect(!rest.isWrite)
        }
    }
}
