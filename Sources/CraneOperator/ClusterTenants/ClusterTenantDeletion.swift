import CraneAPI
import KubernetesModel

/// Whether a customer may go: not while tenants are attached, because its namespace goes with it.
public enum ClusterTenantDeletion {
    /// Says what deletion waits for.
    ///
    /// - Parameters:
    ///   - attached: keys of the Tenants that name the customer.
    ///   - workloads: names of Deployments and claims of tenants in its namespace, for Tenants that this operator does not see.
    /// - Returns: `nil` when nothing is in the way.
    public static func block(attached: [ObjectKey], workloads: [String]) -> ClusterTenantBlock? {
        if !attached.isEmpty {
            return ClusterTenantBlock(
                .tenantsAttached,
                "Deletion waits until no Tenant names this ClusterTenant: \(list(attached.map(\.description)))"
            )
        }
        if !workloads.isEmpty {
            return ClusterTenantBlock(
                .tenantsAttached,
                "Deletion waits for workloads of tenants in the namespace: \(list(workloads))"
            )
        }
        return nil
    }

    private static func list(_ names: [String]) -> String {
        let sorted = Array(Set(names)).sorted()
        return sorted.prefix(10).joined(separator: ", ") + (sorted.count > 10 ? " and others" : "")
    }
}
