import CraneAPI
import HTTPOperations
import KubernetesClient
import KubernetesModel
import Projection

/// Knows whether the tenant of an agent is gone for good: from Kubernetes, for a row that is missing says only that it is missing.
struct TenantWitness: Sendable {
    let client: KubernetesClient
    /// How long Kubernetes may take for one question.
    let limit: Duration

    /// Whether there is no Tenant of that name any more, or one with another unique id.
    ///
    /// - Throws: ``OperationError`` 503 when Kubernetes does not answer, or does not know tenants at all.
    func isGone(_ row: AgentRow) async throws -> Bool {
        let api = client.dynamic(Tenant.resourceType, namespace: row.namespace)
        let key = ObjectKey(namespace: row.namespace, name: row.tenant)
        if let found = try await onKubernetes(within: limit, { try await api.getIfPresent(key) }) {
            return found.metadata.uid != row.gatewayID
        }
        // A server that does not serve the kind has none of them either, and that says nothing.
        do {
            _ = try await onKubernetes(within: limit) { try await api.list(ListOptions(limit: 1)) }
        } catch let error as KubernetesError {
            throw OperationError.kubernetesUnavailable(error)
        }
        return true
    }
}
