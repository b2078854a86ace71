import CraneAPI
import KubernetesClient
import KubernetesModel

/// One tenant to look at, made when `opencrane dev` runs for the first time.
struct DevSample {
    let client: KubernetesClient

    /// Makes the tenant `hello`, unless there are tenants already.
    func make() async throws {
        let api = client.resource(Tenant.self, namespace: "default")
        guard try await api.list(ListOptions(limit: 1)).items.isEmpty else { return }
        let tenant = Tenant(
            metadata: ObjectMeta(name: "hello", namespace: "default"),
            spec: TenantSpec(displayName: "Hello", email: "hello@opencrane.localhost")
        )
        _ = try await api.create(tenant)
    }
}
