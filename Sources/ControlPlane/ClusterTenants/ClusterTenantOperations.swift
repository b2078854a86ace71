import CraneAPI
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel

extension ClusterTenant: RESTResource {
    static var restKind: ResourceKind { .clusterTenant }
    init(metadata: ObjectMeta, restSpec: ClusterTenantSpec) { self.init(metadata: metadata, spec: restSpec) }

    /// `compute` and `resources.quota` are one decision each: a request that has one replaces it whole.
    static func patch(_ requested: JSON, of current: JSON) -> JSON {
        var patch = requested
        for path in [["compute"], ["resources", "quota"]] {
            guard let wanted = requested[at: path]?.objectValue, let present = current[at: path]?.objectValue else { continue }
            for name in present.keys where wanted[name] == nil { patch[at: path + [name]] = .null }
        }
        return patch
    }
}

/// The operations on cluster tenants.
struct ClusterTenantOperations: Sendable {
    let service: ResourceService<ClusterTenant>
    let rows: ClusterTenantViews

    private static let tag = "Cluster tenants"
    private static let notFound = ErrorDeclaration(.notFound, "CLUSTER_TENANT_NOT_FOUND", "There is no such cluster tenant.")
    private static let tier = ErrorDeclaration(.unprocessableContent, "TIER_UNAVAILABLE", "Nobody here serves the isolation tier.")

    /// All of them.
    var operations: [Operation] { reads + writes }

    private var reads: [Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/cluster-tenants",
                    id: "listClusterTenants",
                    summary: "List all cluster tenants",
                    description: "Oldest first. A page holds at most `limit` cluster tenants; the Link header names the next.",
                    tag: Self.tag,
                    access: .reading,
                    errors: Refusals.reading
                ),
                parameters: ClusterTenantListParameters.self,
                answer: .page(ClusterTenantView.self, "Cluster tenant list.")
            ) { parameters, context in Reply(page: try await rows.list(parameters, seenBy: context.reads), context: context) },
            Operation(
                OperationLabel(
                    .get,
                    "/cluster-tenants/{name}",
                    id: "getClusterTenant",
                    summary: "Get a single cluster tenant by name",
                    tag: Self.tag,
                    access: .reading,
                    errors: Refusals.reading + [Self.notFound]
                ),
                parameters: NamedObject.self,
                answer: .ok(ClusterTenantView.self, "Cluster tenant detail.", headers: Refusals.tagged)
            ) { object, context in
                let (view, tag) = try await find(object.name, context)
                return Reply(view, tag: tag)
            },
        ]
    }

    private var writes: [Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/cluster-tenants",
                    id: "createClusterTenant",
                    summary: "Create a cluster tenant (rejects an isolation tier no provisioner can serve)",
                    description: Refusals.writeDescription,
                    tag: Self.tag,
                    access: .administering,
                    headers: [.idempotencyKey],
                    errors: Refusals.writing + [
                        Self.tier, ErrorDeclaration(.conflict, "CLUSTER_TENANT_ALREADY_EXISTS", "The name is taken."),
                    ]
                ),
                body: CreateRequest<ClusterTenantSpec>.self,
                answer: .created(ClusterTenantView.self, "Cluster tenant created.", headers: Refusals.created)
            ) { request, context in try await service.create(request, context).reply() },
            Operation(
                OperationLabel(
                    .put,
                    "/cluster-tenants/{name}",
                    id: "updateClusterTenant",
                    summary: "Update a cluster tenant (re-gates the isolation tier when it changes)",
                    description: Refusals.updateDescription + " `compute` and `resources.quota` are replaced whole.",
                    tag: Self.tag,
                    access: .administering,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.changing(.clusterTenant) + [Self.notFound, Self.tier]
                ),
                parameters: NamedObject.self,
                body: UpdateRequest<ClusterTenantSpec>.self,
                answer: .ok(ClusterTenantView.self, "Cluster tenant updated.", headers: Refusals.tagged)
            ) { object, request, context in try await service.update(object.name, request, context).reply() },
            Operation(
                OperationLabel(
                    .delete,
                    "/cluster-tenants/{name}",
                    id: "deleteClusterTenant",
                    summary: "Delete a cluster tenant",
                    description: "Refused while tenants are attached.",
                    tag: Self.tag,
                    access: .administering,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.updating + [
                        Self.notFound, ErrorDeclaration(.conflict, "CLUSTER_TENANT_IN_USE", "Tenants are attached to it."),
                    ]
                ),
                parameters: NamedObject.self,
                answer: .ok(WriteAnswer.self, "Cluster tenant deleted.")
            ) { object, context in
                try await service.delete(
                    object.name,
                    context,
                    allowed: { try await requireUnused(object.name) }
                ).reply()
            },
        ]
    }

    private func find(_ name: String, _ context: OperationContext) async throws -> (ClusterTenantView, EntityTag) {
        guard let found = try await rows.get(name, seenBy: context.reads) else { throw ResourceKind.clusterTenant.notFound(name) }
        return found
    }

    private func requireUnused(_ name: String) async throws {
        let names = try await rows.attachedTenants(name, limit: 5)
        guard !names.isEmpty else { return }
        throw OperationError(
            .conflict,
            code: "CLUSTER_TENANT_IN_USE",
            message: "Tenants are attached to the cluster tenant \(name); delete or move them first.",
            detail: names.joined(separator: ", ")
        )
    }
}
