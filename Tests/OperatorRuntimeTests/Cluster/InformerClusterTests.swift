import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Observability
import OperatorRuntime
import Testing

@Suite(.serialized) struct InformerClusterTests {
    /// What the store holds as name and value.
    private func contents(_ informer: Informer<CoreV1.ConfigMap>) -> [String: String] {
        Dictionary(informer.store.objects(inNamespace: "default").map { ($0.metadata.name, $0.data?["v"] ?? "") }, uniquingKeysWith: { $1 })
    }

    @Test(arguments: [false, true])
    func followsChanges(streaming: Bool) async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster)
            let api = client.resource(CoreV1.ConfigMap.self, namespace: "default")
            for index in 0..<7 { _ = try await api.create(configMap("c\(index)", ["v": "0"])) }
            let informer = Informer(
                api,
                options: .init(reflector: .init(pageSize: 3, usesStreamingList: streaming)),
                logger: quietLogger
            )
            let events = Recorded<String>()
            informer.addHandler { event in
                guard event.key.name.hasPrefix("c") else { return }
                switch event {
                case .added(let object, _): events.add("+\(object.metadata.name)")
                case .updated(let old, let new, _): events.add("\(old.data?["v"] ?? "")>\(new.data?["v"] ?? "")")
                case .deleted(let object): events.add("-\(object.metadata.name)")
                }
            }
            try await running(informer) {
                try await informer.waitUntilSynced()
                #expect(informer.store.count >= 7)
                _ = try await api.mergePatch("c1", ["data": ["v": "1"]])
                _ = try await api.delete("c2")
                _ = try await api.create(configMap("c9", ["v": "9"]))
                try await eventually("the store follows") {
                    let now = contents(informer)
                    return now["c1"] == "1" && now["c2"] == nil && now["c9"] == "9"
                }
            }
            #expect(events.all.suffix(3) == ["0>1", "-c2", "+c9"])
            #expect(events.all.filter { $0.hasPrefix("+") }.count == 8)
        }
    }

    @Test func selectorsRestrictTheCache() async throws {
        try await withClusterServer { cluster in
            let api = try testClient(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            _ = try await api.create(configMap("in", labels: ["a": "b"]))
            _ = try await api.create(configMap("out"))
            let informer = Informer(api, options: .init(labelSelector: "a=b"), logger: quietLogger)
            try await running(informer) {
                try await informer.waitUntilSynced()
                #expect(informer.store.keys == [ObjectKey(namespace: "default", name: "in")])
                // It leaves the selection, which is a deletion for this cache.
                _ = try await api.mergePatch("in", ["metadata": ["labels": ["a": .null]]])
                try await eventually { informer.store.count == 0 }
            }
        }
    }

    @Test func metadataIsCachedWithoutTheRest() async throws {
        try await withClusterServer { cluster in
            let secrets = try testClient(cluster).resource(CoreV1.Secret.self, namespace: "default")
            var secret = CoreV1.Secret(metadata: ObjectMeta(name: "a", namespace: "default", labels: ["x": "1"]))
            secret.stringData = ["key": String(repeating: "s", count: 1000)]
            _ = try await secrets.create(secret)
            let informer = Informer(
                secrets.metadataOnly,
                options: .init(fieldSelector: "metadata.name=a", indexes: [.byLabel("x")]),
                logger: quietLogger
            )
            try await running(informer) {
                try await informer.waitUntilSynced()
                let key = ObjectKey(namespace: "default", name: "a")
                #expect(informer.store[key]?.metadata.labels == ["x": "1"])
                #expect(informer.resourceType == CoreV1.Secret.resourceType)
                _ = try await secrets.mergePatch("a", ["metadata": ["labels": ["x": "2"]]])
                try await eventually("the change is seen") { informer.store.objects(index: "label:x", value: "2").count == 1 }
                #expect(informer.store.objects(index: "label:x", value: "1").isEmpty)
                _ = try await secrets.delete("a")
                try await eventually("the deletion is seen") { informer.store.count == 0 }
            }
        }
    }

    @Test func severalNamespacesAreFollowedAndNoOthers() async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster)
            for name in ["one", "two", "three"] {
                _ = try await client.resource(CoreV1.Namespace.self).create(CoreV1.Namespace(metadata: ObjectMeta(name: name)))
                var map = configMap("m", ["v": name])
                map.metadata.namespace = name
                _ = try await client.resource(CoreV1.ConfigMap.self, namespace: name).create(map)
            }
            let (lines, registry) = (Recorded<LogRecorder.Line>(), PrometheusRegistry())
            let set = InformerSet(
                client.resource(CoreV1.ConfigMap.self),
                namespaces: ["two", "one", "two"],
                options: .init(fieldSelector: "metadata.name=m"),
                logger: LogRecorder.logger(lines),
                metrics: registry
            )
            let told = Recorded<ObjectKey>()
            set.addHandler { told.add($0.key) }
            try await running(set) {
                try await set.waitUntilSynced()
                #expect(set.informers.map(\.namespace) == ["one", "two"])
                #expect(Set(told.all.map(\.description)) == ["one/m", "two/m"])
                #expect(set[ObjectKey(namespace: "two", name: "m")]?.data == ["v": "two"])
                #expect(set[ObjectKey(namespace: "three", name: "m")] == nil)
                #expect(set[namespace: "three"] == nil)
                #expect(!lines.all.contains { $0.level == .error })
                #expect(set[ObjectKey(name: "m")] == nil)
                #expect(lines.all.filter { $0.level == .error }.map { $0.metadata["key"] } == ["m"])
                // One series for each namespace: they do not overwrite each other.
                for namespace in ["one", "two"] {
                    let labels = #"{namespace="\#(namespace)",resource="configmaps",selector="metadata.name=m"}"#
                    #expect(registry.exposition().contains("informer_store_objects\(labels) 1\n"))
                }
                _ = try await client.resource(CoreV1.ConfigMap.self, namespace: "one").delete("m")
                try await eventually("the deletion is seen") { set.count == 1 }
                #expect(set.objects.map(\.metadata.namespace) == ["two"])
            }
        }
    }

    @Test func lateAndSlowReadersGetThePresentState() async throws {
        try await withClusterServer { cluster in
            let api = try testClient(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            for index in 0..<3 { _ = try await api.create(configMap("c\(index)", ["v": "0"], labels: ["t": "1"])) }
            let informer = Informer(api, options: .init(labelSelector: "t=1"), logger: quietLogger)
            let sleeper = informer.events()
            try await running(informer) {
                try await informer.waitUntilSynced()
                for value in 1...20 { _ = try await api.mergePatch("c0", ["data": ["v": .string("\(value)")]]) }
                _ = try await api.delete("c1")
                try await eventually("the store does not wait for readers") {
                    informer.store.count == 2 && contents(informer)["c0"] == "20"
                }
                // Nobody read so far: one event for each object that is there, and none for one that came and went.
                let late = Recorded<String>()
                informer.addHandler {
                    if case .added(let object, true) = $0 { late.add("\(object.metadata.name)=\(object.data?["v"] ?? "")") }
                }
                #expect(late.all.sorted() == ["c0=20", "c2=0"])
                #expect(sleeper.backlog <= 3)
                var iterator = sleeper.makeAsyncIterator()
                var read: [String] = []
                while read.count < 2, let event = try await iterator.next() {
                    if case .added(let object, _) = event { read.append("\(object.metadata.name)=\(object.data?["v"] ?? "")") }
                }
                #expect(read == ["c0=20", "c2=0"])
            }
        }
    }

    /// Each fault is injected while objects change; afterwards the cache must be as the cluster is.
    @Test(arguments: [
        [Fault(match: RequestMatch(verb: "watch", resource: "configmaps"), action: .dropWatch(afterEvents: 1), times: 5)],
        [Fault(match: RequestMatch(verb: "watch", resource: "configmaps"), action: .status(410), times: 2)],
        [Fault(match: RequestMatch(verb: "watch", resource: "configmaps"), action: .status(429, retryAfter: 1), times: 1)],
        [Fault(match: RequestMatch(verb: "watch", resource: "configmaps"), action: .status(500), times: 1)],
        [Fault(match: RequestMatch(verb: "list", resource: "configmaps"), action: .status(503), times: 2)],
        [Fault(match: RequestMatch(verb: "list", resource: "configmaps"), action: .status(410), times: 1, skipping: 1)],
        [Fault(match: RequestMatch(verb: "list", resource: "configmaps"), action: .dropConnection(), times: 2)],
        [
            Fault(match: RequestMatch(verb: "watch", resource: "configmaps"), action: .status(410), times: 1),
            Fault(match: RequestMatch(verb: "list", resource: "configmaps"), action: .staleList(revisionsBack: 3), times: 1, skipping: 2),
        ],
    ])
    func recovers(faults: [Fault]) async throws {
        try await withClusterServer { cluster in
            let api = try testClient(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            for index in 0..<5 { _ = try await api.create(configMap("c\(index)", ["v": "0"])) }
            for fault in faults { cluster.faults.add(fault) }
            let informer = Informer(
                api,
                options: .init(reflector: .init(pageSize: 2, backoff: Backoff(initial: .milliseconds(20), maximum: .milliseconds(200)))),
                logger: quietLogger
            )
            try await running(informer) {
                try await informer.waitUntilSynced()
                for round in 1..<6 {
                    _ = try await api.mergePatch("c\(round % 3)", ["data": ["v": .string("\(round)")]])
                    _ = try await api.create(configMap("r\(round)"))
                }
                _ = try await api.delete("c4")
                cluster.dropWatches(resource: "configmaps")
                _ = try await api.delete("c3")
                let truth = try await api.listAll()
                let expected = Dictionary(truth.items.map { ($0.metadata.name, $0.data?["v"] ?? "") }, uniquingKeysWith: { $1 })
                try await eventually("the cache is as the cluster") { contents(informer) == expected }
            }
        }
    }

    @Test func missedDeletionsAreToldAfterARelist() async throws {
        try await withClusterServer { cluster in
            let api = try testClient(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            for name in ["a", "b"] { _ = try await api.create(configMap(name)) }
            let informer = Informer(
                api,
                options: .init(reflector: .init(backoff: Backoff(initial: .milliseconds(20), maximum: .milliseconds(50)))),
                logger: quietLogger
            )
            let deleted = Recorded<String>()
            informer.addHandler { if case .deleted(let object) = $0 { deleted.add(object.metadata.name) } }
            try await running(informer) {
                try await informer.waitUntilSynced()
                let blocked = cluster.faults.add(
                    Fault(match: RequestMatch(verb: "watch", resource: "configmaps"), action: .status(503), times: nil)
                )
                cluster.dropWatches(resource: "configmaps")
                _ = try await api.delete("a")
                cluster.compact()
                cluster.faults.remove(blocked)
                try await eventually("the deletion is told") { deleted.all == ["a"] }
                #expect(informer.store[ObjectKey(namespace: "default", name: "b")] != nil)
            }
        }
    }

    @Test func batchesHoldTheNewestStateOnce() async throws {
        try await withClusterServer { cluster in
            let api = try testClient(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            for index in 0..<10 { _ = try await api.create(configMap("c\(index)", labels: ["t": "1"])) }
            let informer = Informer(api, options: .init(labelSelector: "t=1"), logger: quietLogger)
            let batches = informer.batches(maximum: 4)
            try await running(informer) {
                try await informer.waitUntilSynced()
                var iterator = batches.makeAsyncIterator()
                var sizes: [Int] = []
                while true {
                    guard let batch = try await iterator.next() else { break }
                    sizes.append(batch.changes.count)
                    if batch.relisted { break }
                }
                #expect(sizes == [4, 4, 2])
                for value in 0..<5 { _ = try await api.mergePatch("c0", ["data": ["v": .string("\(value)")]]) }
                _ = try await api.delete("c1")
                try await eventually { informer.store.count == 9 }
                let batch = try await iterator.next()
                let told = batch?.changes.map { change in
                    if case .deleted(let object) = change { "-\(object.metadata.name)" } else { change.object.data?["v"] ?? "" }
                }
                #expect(told == ["4", "-c1"])
                #expect(batch?.resourceVersion != nil)
                #expect(batch?.relisted == false)
            }
        }
    }
}
