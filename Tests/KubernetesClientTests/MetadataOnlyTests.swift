import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Testing

/// Metadata without objects, of a server that can send it.
@Suite(.serialized) struct MetadataOnlyTests {
    private static func client(_ cluster: ClusterServer) throws -> KubernetesClient {
        try KubernetesClient(kubeconfig: cluster.kubeconfig, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func listsWatchesAndPatchesCarryMetadataOnly() async throws {
        try await withClusterServer { cluster in
            let whole = try Self.client(cluster).resource(CoreV1.ConfigMap.self, namespace: "default")
            for name in ["a", "b"] {
                _ = try await whole.create(
                    CoreV1.ConfigMap(
                        metadata: ObjectMeta(name: name, labels: ["l": "1"]),
                        data: ["big": String(repeating: "x", count: 5000)]
                    )
                )
            }
            let api = whole.metadataOnly
            let list = try await api.listAll(ListOptions(labelSelector: "l=1"), pageSize: 1)
            #expect(list.items.map(\.metadata.name) == ["a", "b"])
            #expect(list.items.allSatisfy { $0.kind == "ConfigMap" && $0.apiVersion == "v1" })
            // What caches keep has no content either.
            let raw = try await api.asDynamic.list(ListOptions(labelSelector: "l=1"))
            #expect(raw.items.count == 2)
            #expect(raw.items.allSatisfy { $0["data"] == nil && $0.kind == "ConfigMap" })
            let got = try await api.get("a")
            #expect(got.metadata.uid == list.items.first?.metadata.uid)

            let patched = try await api.mergePatch("a", ["metadata": ["labels": ["l": "2"]]])
            #expect(patched.metadata.labels == ["l": "2"])
            let still = try await whole.get("a")
            #expect(still.data?["big"]?.count == 5000)

            var seen: [String] = []
            for try await event in try await api.watch(WatchOptions(resourceVersion: list.metadata.resourceVersion)) {
                guard case .modified(let object) = event else { continue }
                #expect(object.kind == "ConfigMap")
                seen.append(object.metadata.labels["l"] ?? "")
                break
            }
            #expect(seen == ["2"])
            let content = await #expect(throws: KubernetesError.self) { try await api.update(got) }
            #expect(content?.code == .invalidRequest)
            _ = try await api.delete("a", DeleteOptions(preconditions: .init(uid: got.metadata.uid)))
            let gone = try await whole.getIfPresent("a")
            #expect(gone == nil)
        }
    }

    @Test func theResourceIsInTheType() {
        #expect(PartialObjectMetadata<AppsV1.Deployment>.resourceType == AppsV1.Deployment.resourceType)
    }
}
