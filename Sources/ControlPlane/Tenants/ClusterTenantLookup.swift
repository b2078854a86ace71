import CraneAPI
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel

/// Looks whether the customer a tenant names exists.
struct ClusterTenantLookup: Sendable {
    let client: KubernetesClient
    let views: ClusterTenantViews
    /// How long Kubernetes may take before the row is asked.
    let readLimit: Duration

    /// Throws 422 when a tenant begins to name a customer that does not exist.
    ///
    /// - Parameters:
    ///   - tenant: the tenant as it is to be.
    ///   - before: its spec as it is; nil for a new one.
    func requireParent(of tenant: Tenant, before: JSON?) async throws {
        guard let name = tenant.spec.clusterTenantRef, name != before?["clusterTenantRef"]?.stringValue else { return }
        guard try await !exists(name) else { return }
        throw OperationError.invalid("clusterTenantRef", "names a cluster tenant that does not exist: \(name)")
    }

    private func exists(_ name: String) async throws -> Bool {
        do {
            let api = client.dynamic(ResourceKind.clusterTenant.resourceType)
            return try await TimeSource.system.withTimeout(readLimit) { try await api.getIfPresent(name) } != nil
        } catch let error as CancellationError {
            throw error
        } catch {
            // While Kubernetes cannot be reached the row's word has to do.
            return try await onDatabase { try await views.state(name) } != nil
        }
    }
}
