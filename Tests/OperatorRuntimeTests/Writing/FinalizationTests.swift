import KubernetesClient
import KubernetesModel
import LocalCluster
import Testing

@testable import OperatorRuntime

@Suite(.serialized) struct FinalizationTests {
    private static let finalizer = "test.example/cleanup"

    /// A cleanup that rests on a cache which does not know the key's own writes may have missed what they made.
    @Test func aCleanupOnAnOldCacheIsNotBelieved() async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster)
            let api = client.resource(CoreV1.ConfigMap.self, namespace: "default")
            var object = configMap("x")
            object.metadata.finalizers = [Self.finalizer]
            _ = try await api.create(object)
            _ = try await api.delete("x")
            func clean(isCacheCurrent: Bool) async throws -> ReconcileResult {
                let live = try await api.get("x")
                let context = ReconcileContext(logger: quietLogger, isCacheCurrent: isCacheCurrent)
                return try await ReconcileContext.$current.withValue(context) {
                    try await Finalization.run(live, finalizer: Self.finalizer, client: client) { _ in
                        .done
                    } cleanup: { _ in
                        .finished
                    }
                }
            }
            let doubtful = try await clean(isCacheCurrent: false)
            #expect(doubtful == .requeue(after: .seconds(5)))
            let left = try await api.getIfPresent("x")
            #expect(left?.metadata.finalizers == [Self.finalizer])
            let certain = try await clean(isCacheCurrent: true)
            #expect(certain == .done)
            let gone = try await api.getIfPresent("x")
            #expect(gone == nil)
        }
    }

    /// The finalizer is stored before anything is made, and never added to an object that changed or goes.
    @Test func nothingIsAppliedWithoutTheFinalizer() async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster)
            let api = client.resource(CoreV1.ConfigMap.self, namespace: "default")
            var other = configMap("x")
            other.metadata.finalizers = ["test.example/other"]
            let created = try await api.create(other)
            _ = try await api.delete("x")
            // The cache does not know of the deletion.
            await #expect(throws: KubernetesError.self) {
                _ = try await Finalization.run(created, finalizer: Self.finalizer, client: client) { _ in
                    Issue.record("applied without the finalizer")
                    return .done
                } cleanup: { _ in
                    Issue.record("cleaned up what was never made")
                    return .finished
                }
            }
            let live = try await api.get("x")
            #expect(live.metadata.finalizers == ["test.example/other"])
        }
    }
}
