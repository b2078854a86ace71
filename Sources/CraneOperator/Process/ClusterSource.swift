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

    /// A page of the objects of a kind; the first one names the cluster.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - namespace: only objects of this namespace; `nil` for all.
    ///   - next: the page before says; `nil` for the first.
    /// - Throws: `KubernetesError`; `SourceExpired` when the version of the pages is too old; `ProjectionError` for an object that cannot be
    ///   projected; `CancellationError`.
    func page(_ kind: ProjectedKind, _ namespace: String?, _ next: String?) async throws -> SourcePage {
        let cluster = next == nil ? try await identity() : nil
        let list: ObjectList<DynamicObject>
        do {
            list = try await client.dynamic(kind.resourceType, namespace: namespace).list(ListOptions(limit: 500, continueToken: next))
        } catch let error as KubernetesError where error.isGone && next != nil {
            throw SourceExpired()
        }
        return SourcePage(
            objects: try list.items.map { try ProjectedObject(kind: kind, $0) },
            resourceVersion: list.metadata.resourceVersion ?? "",
            cluster: cluster,
            next: list.metadata.continueToken
        )
    }
}
