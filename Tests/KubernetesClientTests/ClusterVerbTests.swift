import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import NIOCore
import Testing

@Suite(.serialized) struct ClusterVerbTests {
    private static func client(_ cluster: ClusterServer, _ change: (inout ClientConfiguration) -> Void = { _ in }) throws
        -> KubernetesClient
    {
        var configuration = try ClientConfiguration(kubeconfigYAML: cluster.kubeconfig)
        configuration.userAgent = "tester"
        change(&configuration)
        return try KubernetesClient(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func configMap(_ name: String, _ data: [String: String] = [:]) -> CoreV1.ConfigMap {
        CoreV1.ConfigMap(metadata: ObjectMeta(name: name), data: data)
    }

    /// The API server reads what is applied as YAML: control characters would be refused there, and line breaks that JSON does not know folded.
    @Test func textsThatYAMLDoesNotTakeAreAppliedAsTheyAre() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            let text = "\u{7f} \u{80}\u{85}\u{9f} a\u{2028}b\u{2029}c \u{feff}\u{fffe}\u{ffff} \u{a0}é\u{d7ff}\u{e000}\u{1f600} \u{1}\t\"\\"
            let applied = try await api.apply(Self.configMap("odd", ["k": text]), fieldManager: "tester")
            #expect(applied.data == ["k": text])
            #expect(try await api.get("odd").data == ["k": text])
        }
    }

    @Test func theLifeOfAnObject() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            let created = try await api.create(Self.configMap("a", ["k": "1"]), WriteOptions(fieldManager: "tester"))
            #expect(created.metadata.uid != nil)
            let again = await #expect(throws: KubernetesError.self) { try await api.create(Self.configMap("a")) }
            #expect(again?.isAlreadyExists == true)
            #expect(again?.isConflict == false)

            var changed = created
            changed.data = ["k": "2"]
            let updated = try await api.update(changed)
            #expect(updated.data == ["k": "2"])
            let stale = await #expect(throws: KubernetesError.self) { try await api.update(changed) }
            #expect(stale?.isConflict == true)

            let merged = try await api.mergePatch("a", ["data": ["k": .null, "m": "3"]])
            #expect(merged.data == ["m": "3"])
            let patched = try await api.jsonPatch("a", [["op": "replace", "path": "/data/m", "value": "4"]])
            #expect(patched.data == ["m": "4"])

            let dry = try await api.patch(ObjectKey(name: "a"), .merge(["data": ["m": "dry"]]), WriteOptions(dryRun: true))
            #expect(dry.data == ["m": "dry"])
            let got = try await api.get("a")
            #expect(got.data == ["m": "4"])

            let wrong = await #expect(throws: KubernetesError.self) {
                try await api.delete("a", DeleteOptions(preconditions: .init(uid: "other")))
            }
            #expect(wrong?.isConflict == true)
            _ = try await api.delete("a", DeleteOptions(preconditions: .init(uid: created.metadata.uid), propagationPolicy: .background))
            let gone = try await api.getIfPresent("a")
            #expect(gone == nil)
            let absent = try await api.deleteIfPresent(ObjectKey(name: "a"))
            #expect(!absent)
        }
    }

    @Test func serverSideApplyAndItsConflicts() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            _ = try await api.apply(Self.configMap("a", ["x": "1", "y": "1"]), fieldManager: "one")
            let conflict = await #expect(throws: KubernetesError.self) {
                try await api.apply(Self.configMap("a", ["x": "2"]), fieldManager: "two")
            }
            #expect(conflict?.isConflict == true)
            #expect(conflict?.status?.details?.causes?.isEmpty == false)
            let forced = try await api.apply(Self.configMap("a", ["x": "2"]), fieldManager: "two", force: true)
            #expect(forced.data == ["x": "2", "y": "1"])
            let shrunk = try await api.apply(Self.configMap("a", [:]), fieldManager: "one")
            #expect(shrunk.data == ["x": "2"])
            let same = try await api.apply(Self.configMap("a", [:]), fieldManager: "one")
            #expect(same.metadata.resourceVersion == shrunk.metadata.resourceVersion)
        }
    }

    @Test func listsArePagedAndSelected() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            for index in 0..<7 {
                var object = Self.configMap("c\(index)")
                object.metadata.labels = ["odd": index % 2 == 1 ? "yes" : "no"]
                _ = try await api.create(object)
            }
            let page = try await api.list(ListOptions(labelSelector: "odd", limit: 3))
            #expect(page.items.count == 3)
            #expect(page.metadata.continueToken?.isEmpty == false)
            let all = try await api.listAll(ListOptions(labelSelector: "odd"), pageSize: 2)
            #expect(all.items.map(\.metadata.name) == (0..<7).map { "c\($0)" })
            #expect(all.items.allSatisfy { $0.kind == "ConfigMap" && $0.apiVersion == "v1" })
            let odd = try await api.list(ListOptions(labelSelector: "odd=yes"))
            #expect(odd.items.count == 3)
            let one = try await api.list(ListOptions(fieldSelector: "metadata.name=c4"))
            #expect(one.items.map(\.metadata.name) == ["c4"])
            try await api.deleteCollection(ListOptions(labelSelector: "odd=no"))
            let left = try await api.list(ListOptions(labelSelector: "odd"))
            #expect(left.items.count == 3)
            // All namespaces.
            let everywhere = try await api.inNamespace(nil).listAll(ListOptions(labelSelector: "odd=yes"))
            #expect(everywhere.items.count == 3)
        }
    }

    @Test func watchesTellChangesAndStreamLists() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            let first = try await api.create(Self.configMap("a"))
            let stream = try await api.watch(
                WatchOptions(fieldSelector: "metadata.name=a", resourceVersion: first.metadata.resourceVersion)
            )
            _ = try await api.mergePatch("a", ["data": ["k": "1"]])
            _ = try await api.delete("a")
            var seen: [String] = []
            for try await event in stream {
                switch event {
                case .modified(let object): seen.append("modified \(object.data?["k"] ?? "")")
                case .deleted: seen.append("deleted")
                default: continue
                }
                if seen.count == 2 { break }
            }
            #expect(seen == ["modified 1", "deleted"])

            _ = try await api.create(Self.configMap("b"))
            var names: [String] = []
            for try await event in try await api.watch(WatchOptions(sendInitialEvents: true)) {
                if case .added(let object) = event { names.append(object.metadata.name) }
                if case .bookmark(_, true) = event { break }
            }
            #expect(names.contains("b"))

            cluster.compact()
            let old = await #expect(throws: KubernetesError.self) {
                for try await event in try await api.watch(WatchOptions(resourceVersion: "1")) {
                    if case .error(let status) = event { throw KubernetesError.status(status) }
                }
            }
            #expect(old?.isGone == true)
        }
    }

    @Test func statusScaleAndGeneration() async throws {
        try await withClusterServer { cluster in
            let client = try Self.client(cluster)
            let api = client.dynamic(AppsV1.Deployment.resourceType, namespace: "default")
            let created = try await api.create(
                DynamicObject([
                    "metadata": ["name": "d"],
                    "spec": [
                        "replicas": 1, "selector": ["matchLabels": ["a": "b"]],
                        "template": ["metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]]],
                    ],
                ])
            )
            #expect(created.metadata.generation == 1)
            var withStatus = created
            withStatus["status"] = ["replicas": 1, "readyReplicas": 1]
            withStatus.json[at: ["spec", "replicas"]] = 9
            let updated = try await api.updateStatus(withStatus)
            #expect(updated.json[at: ["status", "readyReplicas"]] == 1)
            #expect(updated.json[at: ["spec", "replicas"]] == 1)
            #expect(updated.metadata.generation == 1)
            let scaled = try await api.setScale(ObjectKey(name: "d"), replicas: 3)
            #expect(scaled.replicas == 3)
            let read = try await api.scale(ObjectKey(name: "d"))
            #expect(read.replicas == 3)
            #expect(read.observedReplicas == 1)
        }
    }

    @Test func discoveryNoticesNewResources() async throws {
        try await withClusterServer { cluster in
            let clock = ManualClock()
            let configuration = try ClientConfiguration(kubeconfigYAML: cluster.kubeconfig)
            let client = try KubernetesClient(
                configuration: configuration,
                logger: Logger(label: "test"),
                time: TimeSource(clock),
                transport: nil
            )
            let deployments = try await client.discovery.serves(AppsV1.Deployment.resourceType)
            #expect(deployments)
            let groups = try await client.discovery.groups()
            #expect(groups.contains { $0.name == "apps" && $0.versions == ["apps/v1"] })
            let widget = ResourceType(group: "test.example", version: "v1", kind: "Widget", plural: "widgets", isNamespaced: true)
            let before = try await client.discovery.serves(widget)
            #expect(!before)
            let definitions = client.dynamic(
                ResourceType(
                    group: "apiextensions.k8s.io",
                    version: "v1",
                    kind: "CustomResourceDefinition",
                    plural: "customresourcedefinitions",
                    isNamespaced: false
                )
            )
            _ = try await definitions.create(
                DynamicObject([
                    "metadata": ["name": "widgets.test.example"],
                    "spec": [
                        "group": "test.example", "scope": "Namespaced",
                        "names": ["plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"],
                        "versions": [
                            [
                                "name": "v1", "served": true, "storage": true,
                                "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
                            ]
                        ],
                    ],
                ])
            )
            try await eventually("the new resource is noticed") {
                clock.advance(by: .seconds(31))
                return try await client.discovery.serves(widget)
            }
            let found = try await client.discovery.resourceType(for: widget.groupVersionKind)
            #expect(found == widget)
            let made = try await client.dynamic(widget, namespace: "default").create(
                DynamicObject(["metadata": ["name": "w"], "spec": ["x": 1]])
            )
            #expect(made.kind == "Widget")
        }
    }

    @Test func tokensAreGivenAndWork() async throws {
        try await withClusterServer { cluster in
            let client = try Self.client(cluster)
            _ = try await client.resource(CoreV1.ServiceAccount.self, namespace: "default").create(
                CoreV1.ServiceAccount(metadata: ObjectMeta(name: "robot"))
            )
            let token = try await client.requestToken(serviceAccount: "robot", namespace: "default", expiresIn: .seconds(1200))
            #expect(!token.token.isEmpty)
            #expect(!"\(token)".contains(token.token))
            let robot = try Self.client(cluster) {
                $0.tls.identity = nil
                $0.credentials = .bearer(token.token)
            }
            _ = try await robot.resource(CoreV1.ConfigMap.self, namespace: "default").list()
            let nobody = try Self.client(cluster) {
                $0.tls.identity = nil
                $0.credentials = .bearer("wrong")
            }
            let error = await #expect(throws: KubernetesError.self) {
                try await nobody.resource(CoreV1.ConfigMap.self, namespace: "default").list()
            }
            #expect(error?.isUnauthorized == true)
        }
    }

    @Test func theServerIsChecked() async throws {
        try await withClusterServer { cluster in
            let named = try Self.client(cluster) { $0.tls.serverName = "localhost" }
            _ = try await named.resource(CoreV1.ConfigMap.self, namespace: "default").list()
            let unknown = try Self.client(cluster) {
                $0.tls.certificateAuthority = nil
                $0.retry = .never
            }
            let error = await #expect(throws: KubernetesError.self) {
                try await unknown.resource(CoreV1.ConfigMap.self, namespace: "default").list()
            }
            #expect(error?.code == .transport)
        }
    }

    @Test func faultsAreOvercome() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            _ = try await api.create(Self.configMap("a"))
            cluster.faults.add(Fault(match: RequestMatch(verb: "get", resource: "configmaps"), action: .status(503), times: 2))
            _ = try await api.get("a")
            cluster.faults.add(Fault(match: RequestMatch(verb: "get", resource: "configmaps"), action: .dropConnection(), times: 1))
            _ = try await api.get("a")
            // A write that was done although its answer was lost is not repeated, but applied ones may be.
            cluster.faults.add(
                Fault(match: RequestMatch(verb: "create", resource: "configmaps"), action: .dropConnection(afterWrite: true), times: 1)
            )
            let lost = await #expect(throws: KubernetesError.self) { try await api.create(Self.configMap("b")) }
            #expect(lost?.code == .transport)
            _ = try await api.get("b")
            cluster.faults.add(
                Fault(match: RequestMatch(verb: "patch", resource: "configmaps"), action: .dropConnection(afterWrite: true), times: 1)
            )
            let applied = try await api.apply(Self.configMap("c", ["k": "v"]), fieldManager: "m")
            #expect(applied.data == ["k": "v"])
            cluster.faults.add(
                Fault(match: RequestMatch(verb: "update", resource: "configmaps"), action: .status(429, retryAfter: 1), times: 1)
            )
            let updated = try await api.update(applied)
            #expect(updated.data == ["k": "v"])
        }
    }
}
