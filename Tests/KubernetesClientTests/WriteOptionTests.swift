import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Testing

/// What can be said with a write, and what the server says to it.
@Suite(.serialized) struct WriteOptionTests {
    private static func client(_ cluster: ClusterServer, logger: Logger? = nil) throws -> KubernetesClient {
        try KubernetesClient(
            configuration: ClientConfiguration(kubeconfigYAML: cluster.kubeconfig),
            logger: logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static let deployment = DynamicObject([
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d"],
        "spec": [
            "replicas": 1, "selector": ["matchLabels": ["a": "b"]],
            "template": ["metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]]],
        ],
    ])

    @Test func aDryRunOfEachWriteChangesNothing() async throws {
        try await withClusterServer { cluster in
            let client = try Self.client(cluster)
            let api = client.dynamic(AppsV1.Deployment.resourceType, namespace: "default")
            let dry = WriteOptions(dryRun: true)
            _ = try await api.create(Self.deployment, dry)
            let absent = try await api.getIfPresent("d")
            #expect(absent == nil)
            let created = try await api.create(Self.deployment)
            let key = ObjectKey(name: "d")
            var changed = created
            changed.json[at: ["spec", "replicas"]] = 2
            changed["status"] = ["replicas": 7]
            let updated = try await api.update(changed, dry)
            #expect(updated.json[at: ["spec", "replicas"]] == 2)
            _ = try await api.updateStatus(changed, dry)
            _ = try await api.patch(key, .json([["op": "replace", "path": "/spec/replicas", "value": 3]]), dry)
            _ = try await api.patch(key, .strategic(["spec": ["replicas": 3]]), dry)
            _ = try await api.apply(changed, fieldManager: "m", force: true, dryRun: true)
            _ = try await api.applyStatus(changed, fieldManager: "m", force: true, dryRun: true)
            let scaled = try await api.setScale(key, replicas: 5, dry)
            #expect(scaled.replicas == 5)
            _ = try await api.delete("d", DeleteOptions(dryRun: true))
            try await api.deleteCollection(.init(), DeleteOptions(dryRun: true))
            let account = CoreV1.ServiceAccount(metadata: ObjectMeta(name: "robot"))
            _ = try await client.resource(CoreV1.ServiceAccount.self, namespace: "default").create(account)
            _ = try await client.requestToken(serviceAccount: "robot", namespace: "default", dryRun: true)
            let after = try await api.get("d")
            #expect(after == created)
        }
    }

    @Test func aScaleMayDependOnAVersion() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).dynamic(AppsV1.Deployment.resourceType, namespace: "default")
            _ = try await api.create(Self.deployment)
            let key = ObjectKey(name: "d")
            let first = try await api.scale(key)
            #expect(first.metadata.name == "d")
            let second = try await api.setScale(key, replicas: 2, resourceVersion: first.metadata.resourceVersion)
            #expect(second.replicas == 2)
            #expect(second.selector == "a=b")
            let late = await #expect(throws: KubernetesError.self) {
                try await api.setScale(key, replicas: 3, resourceVersion: first.metadata.resourceVersion)
            }
            #expect(late?.isConflict == true)
            let none = await #expect(throws: KubernetesError.self) {
                try await Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default").scale(key)
            }
            #expect(none?.isNotFound == true)
        }
    }

    @Test func unknownFieldsAreWarnedOfOnceOrRefused() async throws {
        try await withClusterServer { cluster in
            let lines = Recorded<String>()
            let client = try Self.client(cluster, logger: Logger(label: "test") { _ in RecordingLogHandler(lines: lines) })
            let api = client.dynamic(CoreV1.ConfigMap.resourceType, namespace: "default")
            let object = DynamicObject(["metadata": ["name": "a"], "data": ["k": "v"], "colour": "red"])
            let warnings = Recorded<ServerWarning>()
            try await ServerWarning.$observer.withValue({ warnings.add($0) }) {
                for _ in 0..<2 { _ = try await api.create(object, WriteOptions(dryRun: true, fieldValidation: .warn)) }
            }
            #expect(warnings.all.map(\.code) == [299, 299])
            #expect(warnings.all.allSatisfy { $0.text.contains("colour") })
            #expect(lines.all.filter { $0.contains("API server warns") }.count == 1)
            for call in [
                { try await api.create(object, WriteOptions(fieldValidation: .strict)) },
                { try await api.apply(object, fieldManager: "m", fieldValidation: .strict) },
            ] as [@Sendable () async throws -> DynamicObject] {
                let error = await #expect(throws: KubernetesError.self) { try await call() }
                #expect(error?.message.contains("colour") == true)
                #expect([400, 500].contains(error?.httpStatus ?? 0))
            }
            let ignored = try await api.create(object, WriteOptions(fieldValidation: .ignore))
            #expect(ignored["colour"] == nil)
        }
    }

    @Test func conflictsOfARealServerNameTheirManagers() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            func object(_ value: String) -> CoreV1.ConfigMap { CoreV1.ConfigMap(metadata: ObjectMeta(name: "a"), data: ["x": value]) }
            _ = try await api.apply(object("1"), fieldManager: "first owner")
            let error = await #expect(throws: KubernetesError.self) { try await api.apply(object("2"), fieldManager: "second") }
            #expect(error?.fieldConflicts == [FieldConflict(manager: "first owner", field: ".data.x")])
            #expect(error?.description.contains("first owner") == true)
        }
    }

    @Test func tablesAreForPeople() async throws {
        try await withClusterServer { cluster in
            let api = try Self.client(cluster).dynamic(AppsV1.Deployment.resourceType, namespace: "default")
            _ = try await api.create(Self.deployment)
            let table = try await api.table(including: .object)
            #expect(table.columns.first?.name == "Name")
            #expect(table.rows.first?.cells.first == "d")
            #expect(table.rows.first?.object?["kind"] == "Deployment")
            let bare = try await api.table(including: .nothing)
            #expect(bare.rows.first?.object?.isNull ?? true)
        }
    }
}

/// Keeps the lines of a log.
private struct RecordingLogHandler: LogHandler {
    let lines: Recorded<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(lines: Recorded<String>) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.add("\(event.message)") }
}
