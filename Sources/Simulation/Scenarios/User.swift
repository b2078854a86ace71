import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel

/// Somebody with kubectl: writes resources and waits for what they come to.
struct User: Sendable {
    /// What was waited for did not come.
    struct NeverHappened: Error, CustomStringConvertible {
        var what: String
        var description: String { "It did not happen within an hour: \(what)" }
    }

    let client: KubernetesClient

    private var tenants: ResourceAPI<Tenant> { client.resource(Tenant.self) }
    private var policies: ResourceAPI<AccessPolicy> { client.resource(AccessPolicy.self) }
    private var customers: ResourceAPI<ClusterTenant> { client.resource(ClusterTenant.self) }

    private static func key(_ path: String) -> ObjectKey {
        let parts = path.split(separator: "/").map(String.init)
        return parts.count == 2 ? ObjectKey(namespace: parts[0], name: parts[1]) : ObjectKey(namespace: "team-a", name: path)
    }

    // MARK: - Tenants

    func createTenant(_ path: String, _ change: (inout TenantSpec) -> Void = { _ in }) async throws {
        let key = Self.key(path)
        var spec = TenantSpec(displayName: "Mia", email: "mia@corp.test")
        change(&spec)
        _ = try await tenants.create(Tenant(metadata: ObjectMeta(name: key.name, namespace: key.namespace), spec: spec))
    }

    func changeTenant(_ path: String, _ spec: JSON) async throws { _ = try await tenants.mergePatch(Self.key(path), ["spec": spec]) }

    func deleteTenant(_ path: String) async throws { _ = try await tenants.deleteIfPresent(Self.key(path)) }

    func untilTenant(_ path: String, _ what: String, _ condition: @escaping @Sendable (Tenant) -> Bool) async throws {
        try await until("\(path) \(what)") { try await tenants.getIfPresent(Self.key(path)).map(condition) ?? false }
    }

    func untilGone(_ path: String) async throws {
        try await until("\(path) is gone") { try await tenants.getIfPresent(Self.key(path)) == nil }
    }

    /// Makes a Secret that tenants may have.
    func createCredentials(_ path: String) async throws {
        let key = Self.key(path)
        let metadata = ObjectMeta(name: key.name, namespace: key.namespace, labels: [CraneLabels.tenantCredentials: "true"])
        _ = try await client.resource(CoreV1.Secret.self).create(CoreV1.Secret(metadata: metadata, stringData: ["TOKEN": "t"]))
    }

    // MARK: - Policies

    func createPolicy(_ path: String, _ change: (inout AccessPolicySpec) -> Void = { _ in }) async throws {
        let key = Self.key(path)
        var spec = AccessPolicySpec()
        change(&spec)
        _ = try await policies.create(AccessPolicy(metadata: ObjectMeta(name: key.name, namespace: key.namespace), spec: spec))
    }

    func changePolicy(_ path: String, _ spec: JSON) async throws { _ = try await policies.mergePatch(Self.key(path), ["spec": spec]) }

    func deletePolicy(_ path: String) async throws { _ = try await policies.deleteIfPresent(Self.key(path)) }

    // MARK: - Customers

    func createCustomer(_ name: String, _ change: (inout ClusterTenantSpec) -> Void = { _ in }) async throws {
        var spec = ClusterTenantSpec(displayName: "Corp", isolationTier: .shared)
        change(&spec)
        _ = try await customers.create(ClusterTenant(metadata: ObjectMeta(name: name), spec: spec))
    }

    func changeCustomer(_ name: String, _ spec: JSON) async throws { _ = try await customers.mergePatch(name, ["spec": spec]) }

    func deleteCustomer(_ name: String) async throws { _ = try await customers.deleteIfPresent(ObjectKey(name: name)) }

    // MARK: - Anything else

    func delete<Object: KubernetesResource>(_ type: Object.Type, _ path: String) async throws {
        _ = try await client.resource(type).deleteIfPresent(Self.key(path))
    }

    func change<Object: KubernetesResource>(_ type: Object.Type, _ path: String, _ patch: JSON) async throws {
        do {
            _ = try await client.resource(type).mergePatch(Self.key(path), patch)
        } catch let error as KubernetesError where error.isNotFound {
            // The operator has not made it yet, so there is nothing to spoil.
        }
    }

    func create<Object: KubernetesResource>(_ object: Object) async throws { _ = try await client.resource(Object.self).create(object) }

    func deleteEvents() async throws {
        for event in try await client.resource(EventsV1.Event.self).listAll().items {
            _ = try await client.resource(EventsV1.Event.self).deleteIfPresent(event.key)
        }
    }

    func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<3600 {
            if try await condition() { return }
            try await client.time.sleep(for: .seconds(1))
        }
        throw NeverHappened(what: what)
    }
}
