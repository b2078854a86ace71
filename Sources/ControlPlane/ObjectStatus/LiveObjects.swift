import CraneAPI
import HTTPOperations
import KubernetesClient
import KubernetesModel
import Projection

/// Reads objects from Kubernetes, for whoever may read their rows.
struct LiveObjects: Sendable {
    let client: KubernetesClient
    let tenants: TenantRepository
    let policies: PolicyRepository
    let clusterTenants: ClusterTenantRepository
    /// Namespace of tenants and policies.
    let namespace: String
    /// How long Kubernetes may take for one question.
    let limit: Duration

    init(_ parts: ControlPlaneParts) {
        client = parts.client
        tenants = TenantRepository(pool: parts.pool)
        policies = PolicyRepository(pool: parts.pool)
        clusterTenants = ClusterTenantRepository(pool: parts.pool)
        namespace = parts.configuration.namespace
        limit = parts.configuration.kubernetesTimeout / 2
    }

    /// A tenant as it is now.
    ///
    /// - Throws: ``OperationError`` 404 when there is none for the caller, 503.
    func tenant(_ name: String, _ context: OperationContext) async throws -> Tenant {
        let sight = context.reads
        let row = try await require(.tenant, name, sight) { try await tenants.get(namespace: namespace, name: name, seenBy: sight) }
        let live = try await get(Tenant.self, name)
        // The row said whose it is; one that is somebody else's by now, or another of the name, is not shown by that.
        if let row {
            let isSame =
                row.metadata.uid == live.metadata.uid && row.clusterTenantRef ?? "" == live.spec.clusterTenantRef ?? ""
                && row.email.lowercased() == live.spec.email.lowercased()
            guard isSame else { throw ResourceKind.tenant.notFound(name) }
        }
        return live
    }

    /// A policy as it is now.
    ///
    /// - Throws: ``OperationError`` 404 when there is none for the caller, 503.
    func policy(_ name: String, _ context: OperationContext) async throws -> AccessPolicy {
        let sight = context.reads
        let row = try await require(.accessPolicy, name, sight) {
            try await policies.get(namespace: namespace, name: name, seenBy: sight)
        }
        let live = try await get(AccessPolicy.self, name)
        if let row, row.metadata.uid != live.metadata.uid { throw ResourceKind.accessPolicy.notFound(name) }
        return live
    }

    /// A customer as it is now.
    ///
    /// - Throws: ``OperationError`` 404 when there is none for the caller, 503.
    func clusterTenant(_ name: String, _ context: OperationContext) async throws -> ClusterTenant {
        let sight = context.reads
        let row = try await require(.clusterTenant, name, sight) { try await clusterTenants.get(name: name, seenBy: sight) }
        let live = try await get(ClusterTenant.self, name)
        if let row, row.metadata.uid != live.metadata.uid { throw ResourceKind.clusterTenant.notFound(name) }
        return live
    }

    /// The row of an object; nil for whoever sees everything, who is not kept from an object whose row is missing.
    private func require<Row: Sendable>(
        _ kind: ResourceKind,
        _ name: String,
        _ sight: ObjectSight,
        _ read: () async throws -> Row?
    ) async throws -> Row? {
        guard !sight.isEverything else { return nil }
        guard let row = try await onDatabase(read) else { throw kind.notFound(name) }
        return row
    }

    private func get<Object: RESTResource>(_ type: Object.Type, _ name: String) async throws -> Object {
        let api = client.resource(type, namespace: Object.resourceType.isNamespaced ? namespace : nil)
        guard let object = try await onKubernetes(within: limit, { try await api.getIfPresent(name) }) else {
            throw Object.restKind.notFound(name)
        }
        return object
    }
}
