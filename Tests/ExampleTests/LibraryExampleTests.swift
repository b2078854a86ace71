import JSONValue
import JSONValueExample
import KubernetesClient
import KubernetesClientExample
import KubernetesModel
import KubernetesModelExample
import LocalCluster
import LocalClusterExample
import Logging
import NIOConcurrencyHelpers
import Observability
import OperatorRuntime
import OperatorRuntimeExample
import Testing

/// The code that docs/libraries shows, run.
@Suite("The examples of the library pages")
struct LibraryExampleTests {
    private let logger: Logger = {
        var logger = Logger(label: "example-tests")
        logger.logLevel = .critical
        return logger
    }()

    // MARK: JSONValue

    @Test("JSONValue: reading, changing, coding, errors")
    func json() throws {
        let text = #"{"spec":{"containers":[{"name":"a","image":"nginx:1"},{"name":"b","image":"redis:7"}]}}"#
        #expect(try images(ofPod: text) == ["nginx:1", "redis:7"])
        #expect(labelled(["kind": "Pod"], team: "blue") == ["kind": "Pod", "metadata": ["labels": ["team": "blue"]]])
        #expect(try canonical(Limits(cpu: "1", memory: "2Gi")) == #"{"cpu":"1","memory":"2Gi"}"#)
        #expect(problem(in: "[1, 2]") == nil)
        #expect(problem(in: "[1, 2")?.hasSuffix("at byte 5") == true)
    }

    // MARK: KubernetesModel

    @Test("KubernetesModel: a kind, conditions, selectors, patches, quantities, dynamic objects")
    func model() throws {
        let stored: JSON = [
            "apiVersion": "example.com/v1", "kind": "Backup", "metadata": ["name": "db", "namespace": "x", "generation": 3],
            "spec": ["schedule": "@daily"],
        ]
        var backup = try stored.decode(Backup.self)
        let noon = Timestamp(microseconds: 1_700_000_000_000_000)
        let later = noon.advanced(bySeconds: 60)
        let changes = [backup.report(success: true, now: noon), backup.report(success: true, now: later)]
        #expect(changes == [true, false])
        #expect(backup.status?.conditions?.condition("Succeeded")?.lastTransitionTime == noon)
        _ = backup.report(success: false, now: later)
        #expect(backup.status?.conditions?.condition("Succeeded")?.lastTransitionTime == later)

        let maps = [("a", "web"), ("b", "db"), ("c", "web")].map { name, tier in
            CoreV1.ConfigMap(metadata: ObjectMeta(name: name, namespace: "x", labels: ["tier": tier]))
        }
        #expect(try select(maps, "tier in (web,cache),!old").map(\.name) == ["a", "c"])
        #expect(patch(from: ["a": 1, "b": 2], to: ["b": 3]) == ["a": .null, "b": 3])
        #expect(try fits("1500m", below: "2") && !fits("1Gi", below: "1000M"))
        let stopped = paused(DynamicObject(["kind": "Deployment", "metadata": ["name": "web"], "spec": ["replicas": 2]]))
        #expect(stopped.json[at: ["spec", "paused"]] == true && stopped.json[at: ["spec", "replicas"]] == 2)
        #expect(stopped.key.name == "web" && stopped.metadata.annotations.count == 1)
    }

    // MARK: KubernetesClient

    @Test("KubernetesClient: apply, optimistic writes, lists, watches, any kind")
    func client() async throws {
        try await withClusterServer { server in
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
            let key = ObjectKey(namespace: "default", name: "shared")
            #expect(try await publish("one", to: key, client).data == ["text": "one"])
            _ = try await client.resource(CoreV1.ConfigMap.self).apply(
                CoreV1.ConfigMap(metadata: ObjectMeta(name: key.name, namespace: key.namespace), data: ["text": "two"]),
                fieldManager: "somebody-else",
                force: true
            )
            let refusal = await #expect(throws: NotOurs.self) { _ = try await publish("three", to: key, client) }
            #expect(refusal?.owners.contains { $0.contains("somebody-else") } == true)

            async let waited: Void = waitForCount(5, at: key, client)
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...5 { group.addTask { try await count(key, client) } }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(counts == [1, 2, 3, 4, 5])
            try await waited
            #expect(try await names("!owner", in: "default", client).contains("shared"))
            let annotated = try await annotate(key, plural: "configmaps", of: "v1", client)
            #expect(annotated?.metadata.annotations == ["example.com/seen": "true"])
            await client.shutdown()
        }
    }

    // MARK: OperatorRuntime

    @Test("OperatorRuntime: an operator gives namespaces their ConfigMap and heals it")
    func operatorOfTeams() async throws {
        try await withClusterServer { server in
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
            let manager = teamOperator(client, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await manager.run() }
                defer { group.cancelAll() }
                let namespace = CoreV1.Namespace(metadata: ObjectMeta(name: "blue", labels: ["team": "blue"]))
                _ = try await client.resource(CoreV1.Namespace.self).create(namespace)
                let maps = client.resource(CoreV1.ConfigMap.self, namespace: "blue")
                try await eventually("the contact is there") { try await maps.getIfPresent("contact")?.data == ["team": "blue"] }
                _ = try await maps.delete("contact")
                try await eventually("the contact is back") { try await maps.getIfPresent("contact")?.data == ["team": "blue"] }
            }
            await client.shutdown()
        }
    }

    @Test("OperatorRuntime: a cache, an election and a queue alone")
    func parts() async throws {
        try await withClusterServer { server in
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
            let pods = podsByNode(client, namespace: "default", logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pods.run() }
                defer { group.cancelAll() }
                try await pods.waitUntilSynced()
                let pod = CoreV1.Pod(
                    metadata: ObjectMeta(name: "a", namespace: "default"),
                    spec: .init(containers: [.init(name: "a", image: "a:1")], nodeName: "n1")
                )
                _ = try await client.resource(CoreV1.Pod.self).create(pod)
                try await eventually("the pod is known") { nodes(of: pods.store, ["n1", "n2"]) == ["n1": ["a"], "n2": []] }
            }
            let time = ManualClock().timeSource
            let hasWorked = NIOLockedValueBox(false)
            try await worksAlone(client, identity: "me", logger: logger, time: time) { hasWorked.withLockedValue { $0 = true } }
            #expect(hasWorked.withLockedValue { $0 })
            await client.shutdown()
        }
        let queue = WorkQueue<String>(name: "test")
        for key in ["a", "b", "a"] { queue.add(key) }
        let done = NIOLockedValueBox<[String]>([])
        await drain(queue) { key in
            done.withLockedValue { $0.append(key) }
            if key == "b" { queue.close() }
        }
        #expect(done.withLockedValue { $0 } == ["a", "b"])
    }

    @Test("OperatorRuntime: a controller that a manager makes waits for caches that it only reads")
    func waitsForAllCaches() async throws {
        try await withClusterServer { server in
            let lists = RequestMatch(verb: "list", resource: "configmaps")
            let fault = server.faults.add(Fault(match: lists, action: .status(503), times: nil))
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
            let manager = Manager(configuration: ManagerConfiguration(name: "example.com/reader"), client: client, logger: logger)
            let namespaces = manager.informer(CoreV1.Namespace.self)
            let maps = manager.informer(CoreV1.ConfigMap.self)
            let seen = NIOLockedValueBox<[Bool]>([])
            let controller = manager.controller("reader") { _, _ in
                seen.withLockedValue { $0.append(maps.hasSynced) }
                return .done
            }
            controller.reconciles(namespaces)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await manager.run() }
                defer { group.cancelAll() }
                try await namespaces.waitUntilSynced()
                try await eventually("the list was refused") { server.faults.hits(fault) > 0 }
                server.faults.remove(fault)
                try await eventually("it has worked") { seen.withLockedValue { $0.count } >= namespaces.store.count }
            }
            #expect(!seen.withLockedValue { $0 }.contains(false))
            await client.shutdown()
        }
    }

    @Test("OperatorRuntime: the plan as a function")
    func plan() {
        var namespace = CoreV1.Namespace(metadata: ObjectMeta(name: "red", labels: ["team": "red"]))
        namespace.metadata.uid = "u"
        let map = contact(for: namespace)
        #expect(map.key == ObjectKey(namespace: "red", name: "contact") && map.data == ["team": "red"])
        #expect(map.metadata.controller?.uid == "u")
    }

    // MARK: Observability

    @Test("Observability: JSON logs without secrets, metrics of the client, the runtime and the process")
    func observability() async throws {
        try await withClusterServer { server in
            let lines = NIOLockedValueBox("")
            let output = LogOutput { line in lines.withLockedValue { $0 += String(decoding: line, as: UTF8.self) } }
            let (manager, metrics) = try observed(ClientConfiguration(kubeconfigYAML: server.kubeconfig), output: output)
            _ = manager.informer(CoreV1.Namespace.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await manager.run() }
                defer { group.cancelAll() }
                try await eventually("the metrics are there") {
                    let text = metrics.exposition()
                    return [
                        "# HELP informer_store_objects Objects in a cache", "informer_store_objects{resource=\"namespaces\"} ",
                        "rest_client_requests_total{code=\"200\"", "process_start_time_seconds ",
                    ].allSatisfy(text.contains)
                }
            }
            await manager.client.shutdown()
            let first = try #require(lines.withLockedValue { $0 }.split(separator: "\n").first)
            let line = try JSON(parsing: String(first))
            #expect(line["message"] == "Starting" && line["level"] == "info" && line["database"] == "<redacted>")
            #expect(!lines.withLockedValue { $0.contains("correct horse") })
        }
    }

    // MARK: WorkloadSimulator

    @Test("WorkloadSimulator: a Deployment becomes ready where nothing runs")
    func workloads() async throws {
        let labels = ["app": "web"]
        let template = CoreV1.PodTemplateSpec(
            metadata: ObjectMeta(labels: labels),
            spec: .init(containers: [.init(name: "a", image: "a:1")])
        )
        let deployment = AppsV1.Deployment(
            metadata: ObjectMeta(name: "web", namespace: "default"),
            spec: .init(replicas: 2, selector: .init(matchLabels: labels), template: template)
        )
        #expect(try await rollOut(deployment, logger: logger) == "127.0.0.1")
    }

    // MARK: LocalCluster

    @Test("LocalCluster: a cluster, faults, a clock that is moved")
    func cluster() async throws {
        #expect(try await whatIsThere(logger: logger).contains("default"))
        #expect(try await callsUntilAnswered(logger: logger) == 3)
        #expect(await hourPasses() == "nightly")
    }
}
