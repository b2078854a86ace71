import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesModel
import Projection

/// Cluster tenants as REST shows them, from their rows.
struct ClusterTenantViews: Sendable {
    let rows: ClusterTenantRepository
    let tenants: TenantRepository

    /// One page of those that are seen, oldest first.
    func list(_ parameters: ClusterTenantListParameters, seenBy sight: ObjectSight) async throws -> HTTPOperations.Page<ClusterTenantView> {
        try await onRows { try await rows.list(seenBy: sight, limit: parameters.limit, cursor: parameters.cursor) }
            .map(ClusterTenantView.init(row:))
    }

    /// One cluster tenant with its version; nil without a row that is seen.
    func get(_ name: String, seenBy sight: ObjectSight) async throws -> (ClusterTenantView, EntityTag)? {
        let row = try await onDatabase { try await rows.get(name: name, seenBy: sight) }
        return try row.map { (try ClusterTenantView(row: $0), ObjectTag($0.metadata).entityTag) }
    }

    /// What the row of a name says.
    func state(_ name: String) async throws -> ObjectState? {
        try await rows.get(name: name).map { row in
            ObjectState(
                uid: row.metadata.uid,
                resourceVersion: row.metadata.resourceVersion,
                generation: row.metadata.generation,
                spec: row.metadata.spec,
                isDeleting: false,
                isLive: false
            )
        }
    }

    /// Names of some tenants attached to a cluster tenant, in any namespace.
    func attachedTenants(_ name: String, limit: Int) async throws -> [String] {
        try await onRows { try await tenants.list(TenantFilter(clusterTenantRef: name), limit: limit) }.items.map(\.name)
    }
}

extension ClusterTenantView {
    /// A cluster tenant from its row.
    init(row: ClusterTenantRow) throws {
        self.init(
            name: row.name,
            spec: try row.metadata.spec.decode(ClusterTenantSpec.self),
            status: ClusterTenantStatusView(
                phase: row.phase,
                message: row.message,
                boundNamespace: row.boundNamespace,
                provisioner: row.provisioner
            ),
            createdAt: row.metadata.createdAt
        )
    }

    /// A cluster tenant as Kubernetes has it.
    init(object: DynamicObject) throws {
        let clusterTenant = try object.json.decode(ClusterTenant.self)
        let status = clusterTenant.status
        self.init(
            name: clusterTenant.metadata.name,
            spec: clusterTenant.spec,
            status: ClusterTenantStatusView(
                phase: status?.phase?.rawValue ?? ClusterTenantPhase.pending.rawValue,
                message: status?.message,
                boundNamespace: status?.boundNamespace,
                provisioner: status?.provisioner
            ),
            createdAt: clusterTenant.metadata.creationTimestamp?.date ?? Date(timeIntervalSince1970: 0)
        )
    }

    private init(name: String, spec: ClusterTenantSpec, status: ClusterTenantStatusView, createdAt: Date) {
        self.init(
            name: name,
            displayName: spec.displayName,
            baseDomain: spec.baseDomain,
            isolationTier: spec.isolationTier.rawValue,
            compute: spec.compute ?? ClusterCompute(mode: .shared),
            resources: spec.resources ?? ClusterResources(quota: ResourceQuotaSpec()),
            allowedNamespaces: spec.allowedNamespaces,
            status: status,
            createdAt: RESTTimestamp.text(createdAt)
        )
    }
}
