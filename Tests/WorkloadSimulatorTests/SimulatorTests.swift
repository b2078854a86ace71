import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Testing

@testable import WorkloadSimulator

@Suite("Simulated workloads on an API server", .timeLimit(.minutes(15)))
struct SimulatorTests {
    private static func play(
        _ configuration: SimulatorConfiguration = .init(),
        _ body: @escaping @Sendable (KubernetesClient) async throws -> Void
    ) async throws {
        try await withClusterServer { server in
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
            let simulator = WorkloadSimulator(client: client, configuration: configuration, logger: logger)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do { try await simulator.run() } catch is CancellationError {}
                    return false
                }
                group.addTask {
                    try await body(client)
                    return true
                }
                defer { group.cancelAll() }
                while let isBody = try await group.next(), !isBody {}
            }
        }
    }

    private static func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("Did not happen: \(what)")
    }

    private static func deployment(_ name: String = "web", replicas: Int = 2, annotations: [String: String] = [:]) -> AppsV1.Deployment {
        AppsV1.Deployment(
            metadata: ObjectMeta(name: name, namespace: "default", annotations: annotations),
            spec: .init(
                replicas: replicas,
                selector: LabelSelector(matchLabels: ["app": name]),
                template: .init(
                    metadata: ObjectMeta(labels: ["app": name]),
                    spec: .init(containers: [.init(name: "one", image: "a.test/one:1")])
                ),
                strategy: .init(type: "Recreate")
            )
        )
    }

    @Test("A Deployment becomes ready, rolls, scales and goes with its pods")
    func deployment() async throws {
        try await Self.play { client in
            let deployments = client.resource(AppsV1.Deployment.self, namespace: "default")
            let pods = client.resource(CoreV1.Pod.self, namespace: "default")
            func isReady(_ count: Int) async throws -> Bool {
                let deployment = try await deployments.get("web")
                let status = deployment.status
                let all = try await pods.list().items
                return status?.observedGeneration == deployment.metadata.generation && (status?.readyReplicas ?? 0) == count
                    && (status?.replicas ?? 0) == count && all.count == count
            }
            _ = try await deployments.create(Self.deployment())
            try await Self.eventually("two pods are ready") { try await isReady(2) }
            let before = Set(try await pods.list().items.map(\.metadata.name))
            _ = try await deployments.jsonPatch(
                "web",
                [["op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "a.test/one:2"]]
            )
            try await Self.eventually("two other pods are ready") {
                guard try await isReady(2) else { return false }
                return try await before.isDisjoint(with: pods.list().items.map(\.metadata.name))
            }
            _ = try await deployments.mergePatch("web", ["spec": ["replicas": 0]])
            try await Self.eventually("no pod is left") { try await isReady(0) }
            _ = try await deployments.mergePatch("web", ["spec": ["replicas": 1]])
            try await Self.eventually("one pod is ready") { try await isReady(1) }
            _ = try await deployments.delete("web")
            try await Self.eventually("the pods went along") { try await pods.list().items.isEmpty }
        }
    }

    @Test("An ignored Deployment stays as it is")
    func ignored() async throws {
        try await Self.play { client in
            let deployments = client.resource(AppsV1.Deployment.self, namespace: "default")
            _ = try await deployments.create(Self.deployment("quiet", annotations: [SimulatorMark.ignore: "true"]))
            _ = try await deployments.create(Self.deployment("web"))
            try await Self.eventually("the other one is ready") { try await deployments.get("web").status?.readyReplicas == 2 }
            #expect(try await deployments.get("quiet").status?.replicas == nil)
            #expect(
                try await client.resource(CoreV1.Pod.self, namespace: "default").list().items.allSatisfy {
                    $0.metadata.labels["app"] == "web"
                }
            )
        }
    }

    @Test("A deleted claim stays while a pod uses it, and goes afterwards")
    func protection() async throws {
        try await Self.play { client in
            let claims = client.resource(CoreV1.PersistentVolumeClaim.self, namespace: "default")
            let pods = client.resource(CoreV1.Pod.self, namespace: "default")
            _ = try await claims.create(
                CoreV1.PersistentVolumeClaim(
                    metadata: ObjectMeta(name: "data", finalizers: ["kubernetes.io/pvc-protection"]),
                    spec: .init(accessModes: ["ReadWriteOnce"], resources: .init(requests: ["storage": Quantity(1)]))
                )
            )
            _ = try await pods.create(
                CoreV1.Pod(
                    metadata: ObjectMeta(name: "user"),
                    spec: .init(
                        containers: [.init(name: "one", image: "a.test/one:1")],
                        volumes: [.init(name: "data", persistentVolumeClaim: .init(claimName: "data"))]
                    )
                )
            )
            try await Self.eventually("the pod is ready") { try await pods.get("user").isReady }
            _ = try await claims.delete("data")
            #expect(try await claims.get("data").metadata.isBeingDeleted)
            _ = try await pods.delete("user")
            try await Self.eventually("the claim is gone") { try await claims.getIfPresent("data") == nil }
        }
    }

    @Test("Claims are bound, load balancers and Ingresses addressed, Jobs complete")
    func others() async throws {
        try await Self.play { client in
            let claims = client.resource(CoreV1.PersistentVolumeClaim.self, namespace: "default")
            _ = try await claims.create(
                CoreV1.PersistentVolumeClaim(
                    metadata: ObjectMeta(name: "data"),
                    spec: .init(accessModes: ["ReadWriteOnce"], resources: .init(requests: ["storage": Quantity(1 << 30, format: .binary)]))
                )
            )
            let services = client.resource(CoreV1.Service.self, namespace: "default")
            _ = try await services.create(
                CoreV1.Service(metadata: ObjectMeta(name: "lb"), spec: .init(type: "LoadBalancer", ports: [.init(port: 80)]))
            )
            let ingresses = client.resource(NetworkingV1.Ingress.self, namespace: "default")
            let backend = NetworkingV1.IngressBackend(service: .init(name: "lb", port: .init(number: 80)))
            _ = try await ingresses.create(
                NetworkingV1.Ingress(
                    metadata: ObjectMeta(name: "in"),
                    spec: .init(rules: [.init(host: "a.test", http: .init(paths: [.init(path: "/", pathType: "Prefix", backend: backend)]))]
                    )
                )
            )
            try await Self.eventually("the claim is bound") { try await claims.get("data").status?.phase == "Bound" }
            try await Self.eventually("the Service has an address") {
                try await services.get("lb").status?.loadBalancer?.ingress?.first?.ip == "127.0.0.1"
            }
            try await Self.eventually("the Ingress has an address") {
                try await ingresses.get("in").status?.loadBalancer?.ingress?.first?.ip == "127.0.0.1"
            }
        }
    }
}
