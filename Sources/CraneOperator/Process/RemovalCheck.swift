import CraneAPI
import KubernetesClient
import KubernetesModel

/// Tells whether the three definitions may be removed.
///
/// Removing a definition removes its objects, and those that have a finalizer wait for the operator. Where both go together, as with a
/// release whose definitions are not kept, the operator has to have nothing left to clean up.
public struct RemovalCheck: Sendable {
    private let client: KubernetesClient

    /// Makes a check.
    ///
    /// - Parameter client: client of an account that may list the three kinds in all namespaces.
    public init(client: KubernetesClient) { self.client = client }

    /// What is still there: a line for each kind with how many there are and some of their names; empty when the definitions may go.
    ///
    /// A kind that the server does not know has no objects.
    ///
    /// - Throws: `KubernetesError` when the server does not answer, or refuses.
    public func remaining() async throws -> [String] {
        var lines: [String] = []
        for type in [Tenant.resourceType, AccessPolicy.resourceType, ClusterTenant.resourceType] {
            do {
                let page = try await client.dynamic(type).list(ListOptions(limit: 3))
                guard !page.items.isEmpty else { continue }
                let more = Int(page.metadata.remainingItemCount ?? 0)
                let names = page.items.map { "\($0.key)" }.joined(separator: ", ")
                lines.append("\(page.items.count + more) \(type.plural).\(type.group): \(names)\(more > 0 ? ", …" : "")")
            } catch let error as KubernetesError where error.isNotFound {
                continue
            }
        }
        return lines
    }
}
