import CraneAPI
import HTTPOperations
import HTTPTypes
import KubernetesModel

extension Tenant: RESTResource {
    static var restKind: ResourceKind { .tenant }
    init(metadata: ObjectMeta, restSpec: TenantSpec) { self.init(metadata: metadata, spec: restSpec) }
}

/// The operations on tenants.
struct TenantOperations: Sendable {
    let service: ResourceService<Tenant>
    let rows: TenantViews
    let projection: ProjectionService

    private static let tag = "Tenants"
    private static let notFound = ErrorDeclaration(.notFound, "TENANT_NOT_FOUND", "There is no such tenant.")

    /// All of them.
    var operations: [Operation] { reads + writes + switches + projectionOperations }

    private var reads: [Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/tenants",
                    id: "listTenants",
                    summary: "List all tenants",
                    description: "Newest first. A page holds at most `limit` tenants; the Link header names the next.",
                    tag: Self.tag,
                    access: .readingTenants,
                    errors: Refusals.reading
                ),
                parameters: TenantListParameters.self,
                answer: .page(TenantView.self, "Tenant list.")
            ) { parameters, context in
                Reply(page: try await rows.list(parameters, seenBy: context.reads), context: context)
            },
            Operation(
                OperationLabel(
                    .get,
                    "/tenants/{name}",
                    id: "getTenant",
                    summary: "Get a single tenant by name",
                    tag: Self.tag,
                    access: .readingTenants,
                    errors: Refusals.reading + [Self.notFound]
                ),
                parameters: NamedObject.self,
                answer: .ok(TenantView.self, "Tenant detail.", headers: Refusals.tagged)
            ) { object, context in
                guard let (view, tag) = try await rows.get(object.name, seenBy: context.reads) else {
                    throw ResourceKind.tenant.notFound(object.name)
                }
                return Reply(view, tag: tag)
            },
        ]
    }

    private var writes: [Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/tenants",
                    id: "createTenant",
                    summary: "Create a new tenant (dual-write: K8s CRD + database)",
                    description: Refusals.writeDescription,
                    tag: Self.tag,
                    access: .writing,
                    headers: [.idempotencyKey],
                    errors: Refusals.writing + [
                        TenantAuthority.refusal, ErrorDeclaration(.conflict, "TENANT_ALREADY_EXISTS", "The name is taken."),
                    ]
                ),
                body: CreateRequest<TenantSpec>.self,
                answer: .created(WriteAnswer.self, "Tenant created.", headers: Refusals.created)
            ) { request, context in try await service.create(request, context).reply() },
            Operation(
                OperationLabel(
                    .put,
                    "/tenants/{name}",
                    id: "updateTenant",
                    summary: "Update a tenant (dual-write: K8s CRD + database)",
                    description: Refusals.updateDescription,
                    tag: Self.tag,
                    access: .writing,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.changing(.tenant) + [Self.notFound, TenantAuthority.refusal]
                ),
                parameters: NamedObject.self,
                body: UpdateRequest<TenantSpec>.self,
                answer: .ok(WriteAnswer.self, "Tenant updated.", headers: Refusals.tagged)
            ) { object, request, context in try await service.update(object.name, request, context).reply() },
            Operation(
                OperationLabel(
                    .delete,
                    "/tenants/{name}",
                    id: "deleteTenant",
                    summary: "Delete a tenant (dual-write: K8s CRD + database)",
                    tag: Self.tag,
                    access: .writing,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.updating + [Self.notFound]
                ),
                parameters: NamedObject.self,
                answer: .ok(WriteAnswer.self, "Tenant deleted.")
            ) { object, context in
                try await service.delete(object.name, context).reply()
            },
        ]
    }

    private var switches: [Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/tenants/{name}/suspend",
                    id: "suspendTenant",
                    summary: "Suspend a tenant (scale deployment to zero)",
                    tag: Self.tag,
                    access: .writing,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.changing(.tenant) + [Self.notFound]
                ),
                parameters: NamedObject.self,
                answer: .ok(WriteAnswer.self, "Tenant suspended.", headers: Refusals.tagged)
            ) { object, context in try await service.setSuspended(true, object.name, context).reply() },
            Operation(
                OperationLabel(
                    .post,
                    "/tenants/{name}/resume",
                    id: "resumeTenant",
                    summary: "Resume a suspended tenant",
                    tag: Self.tag,
                    access: .writing,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.changing(.tenant) + [Self.notFound]
                ),
                parameters: NamedObject.self,
                answer: .ok(WriteAnswer.self, "Tenant resumed.", headers: Refusals.tagged)
            ) { object, context in try await service.setSuspended(false, object.name, context).reply() },
        ]
    }

    private var projectionOperations: [Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/tenants/drift",
                    id: "getTenantProjectionDrift",
                    summary: "Detect drift between Tenant CRDs and PostgreSQL projection rows",
                    description: DriftParameters.description,
                    tag: Self.tag,
                    access: .administering,
                    errors: Refusals.projecting,
                    timeout: DriftParameters.timeout
                ),
                parameters: DriftParameters.self,
                answer: .ok(DriftReportView.self, "Drift report.", headers: DriftParameters.headers)
            ) { parameters, context in try await projection.drift(.tenant, parameters, context) },
            Operation(
                OperationLabel(
                    .post,
                    "/tenants/repair",
                    id: "repairTenantProjection",
                    summary: "Repair Tenant projection rows from CRD source of truth",
                    description: DriftParameters.repairDescription,
                    tag: Self.tag,
                    access: .administering,
                    errors: Refusals.projecting,
                    timeout: DriftParameters.timeout
                ),
                parameters: RepairParameters.self,
                answer: .ok(RepairReportView.self, "Repair report.", headers: DriftParameters.headers)
            ) { parameters, context in try await projection.repair(.tenant, parameters, context) },
        ]
    }
}
