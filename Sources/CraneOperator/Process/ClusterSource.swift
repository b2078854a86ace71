import CraneAPI
import KubernetesClient
import KubernetesModel
import Projection

/// What the projection is compared with: the objects of a cluster, and which cluster that is.
struct ClusterSource: Sendable {
    let client: KubernetesClient

    /// The identity of the cluster: the uid of its namespace `kube-system`, which a cluster that is made anew has another one of.
    ///
    /// - Returns: `nil` when this process may not read it, or there is none.
    /// - Throws: `KubernetesError`; `CancellationError`.
    func identity() async throws -> String? {
        do {
            return try await client.resource(CoreV1.Namespace.self).getIfPresent("kube-system")?.metadata.uid
        } catch let error as KubernetesError where error.isForbidden {
            return nil
        }
    }

    /// All objects of a kind.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - namespace: only objects of this namespace; `nil` for all.
    /// - Throws: `KubernetesError`; `ProjectionError` for an object that cannot be projected; `CancellationError`.
    func snapshot(_ kind: ProjectedKind, _ namespace: String?) async throws -> SourceSnapshot {
        let cluster = try await identity()
        let list = try await client.dynamic(kind.resourceType, namespace: namespace).listAll()
        return SourceSnapshot(
            objects: try list.items.map { try ProjectedObject(kind: kind, $0) },
            resourceVersion: list.metadata.resourceVersion ?? "",
            cluster: cluster
        )
    }
}
