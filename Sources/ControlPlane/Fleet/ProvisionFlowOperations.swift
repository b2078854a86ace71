import CraneAPI
import FleetTemplates
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel
import Logging
import Projection

import struct Foundation.Date

/// The operations by which fleets are ordered.
struct ProvisionFlowOperations: Sendable {
    let service: ResourceService<Tenant>
    let fleets: FleetRepository
    let tenants: TenantRepository
    let namespace: String
    let configuration: FleetConfiguration
    let templates: TemplateSource

    private static let tag = "Provision flow"

    /// All of them.
    var operations: [Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/tenants",
                    id: "createFleetTenant",
                    summary: "Create a tenant and start the provisioning pipeline",
                    description:
                        "The tenant is recorded with the status pending; provisioning goes on by itself. A repeated order is answered "
                        + "like the first one under the same Idempotency-Key, else with 409.",
                    tag: Self.tag,
                    access: .administering,
                    headers: [.idempotencyKey],
                    errors: Refusals.writing + Self.refusals
                ),
                body: CreateFleetRequest.self,
                answer: .ok(FleetTenantAnswer.self, "The tenant, recorded.")
            ) { request, context in Reply(FleetTenantAnswer(ok: true, tenant: try await create(request, context))) },
            Operation(
                OperationLabel(
                    .get,
                    "/tenants",
                    id: "listFleetTenants",
                    summary: "List tenants",
                    description: "Tenants that are fleets, newest first; filters are combined.",
                    tag: Self.tag,
                    access: .administering,
                    errors: Refusals.reading + [Self.off]
                ),
                parameters: FleetListParameters.self,
                answer: .page(of: FleetTenantList.self, "A page of tenants.")
            ) { parameters, context in try await list(parameters, context) },
        ]
    }

    private static let off = ErrorDeclaration(
        .serviceUnavailable,
        "platform_token_not_configured",
        "The provision flow is off: no platform token is configured."
    )
    private static let refusals = [
        off,
        ErrorDeclaration(.serviceUnavailable, "machine_provider_not_configured", "Nobody is configured to make machines."),
        ErrorDeclaration(.conflict, "tenant_exists", "There is a tenant with this id, or with one that gives it the same name."),
        ErrorDeclaration(.conflict, "org_has_tenant", "The organisation has a tenant."),
        ErrorDeclaration(.notFound, "tenant_not_found", "The tenant that this order made is gone."),
        ErrorDeclaration(.unprocessableContent, "unknown_template", "There is no such template."),
        ErrorDeclaration(.unprocessableContent, "unknown_plan", "There is no such plan."),
    ]

    private func create(_ request: CreateFleetRequest, _ context: OperationContext) async throws -> FleetTenantView {
        let order = try FleetOrder(request, configuration: configuration)
        var content = try JSON(encoding: order.spec)
        content["name"] = .string(order.name)
        do {
            _ = try await service.create(try content.decode(CreateRequest<TenantSpec>.self), context)
        } catch let error as OperationError {
            await release(order, context)
            throw error.code == "TENANT_ALREADY_EXISTS" ? OperationError.fleetExists(request.tenantId) : error
        }
        await release(order, context)
        let row = try await onDatabase { try await tenants.get(namespace: namespace, name: order.name) }
        guard let row else {
            throw OperationError(.notFound, code: "tenant_not_found", message: "The tenant \(request.tenantId) was made, and is gone.")
        }
        return FleetState(row: row, log: [], catalog: .builtIn).order
    }

    /// The intent or the row stands in the way of others now, or the order is refused.
    private func release(_ order: FleetOrder, _ context: OperationContext) async {
        guard let organization = order.spec.fleet?.organization else { return }
        do {
            try await fleets.release(organization: organization, namespace: namespace, name: order.name)
        } catch {
            context.logger.notice("a claim of an organisation ends by itself", metadata: ["error": .string("\(error)")])
        }
    }

    private func list(_ parameters: FleetListParameters, _ context: OperationContext) async throws -> Reply<FleetTenantList> {
        try context.requireOnePlace(cursor: parameters.cursor)
        let filter = FleetFilter(
            namespace: namespace,
            conditions: parameters.status?.conditions,
            plan: parameters.plan,
            organization: parameters.clerkOrgId
        )
        let catalog = await templates.known()
        let (rows, total, next) = try await onListing {
            try await fleets.list(filter, limit: parameters.limit, offset: parameters.offset, cursor: parameters.cursor)
        }
        let page = FleetTenantList(
            ok: true,
            tenants: rows.map { FleetState(row: $0, log: [], catalog: catalog).tenant },
            total: total,
            limit: parameters.limit,
            offset: parameters.offset
        )
        return Reply(page, next: next, context: context)
    }
}

extension FleetRepository {
    /// Throws 409 when a new tenant would be the second of its organisation, or of its id.
    func require(_ tenant: Tenant, namespace: String, now: Date) async throws {
        let answer: FleetClaim = try await onDatabase {
            try await claim(
                organization: tenant.spec.fleet?.organization,
                externalID: tenant.spec.fleet?.externalId ?? "",
                namespace: namespace,
                name: tenant.metadata.name,
                now: now
            )
        }
        switch answer {
        case .granted: break
        case .idTaken: throw OperationError.fleetExists(tenant.spec.fleet?.externalId ?? tenant.metadata.name)
        case .organizationTaken:
            throw OperationError(
                .conflict,
                code: "org_has_tenant",
                message: "The organisation \(tenant.spec.fleet?.organization ?? "") has a tenant."
            )
        }
    }
}

extension OperationError {
    /// 409: the id of a fleet is taken.
    static func fleetExists(_ id: String) -> OperationError {
        OperationError(
            .conflict,
            code: "tenant_exists",
            message: "There is a tenant \(id) already, or one whose id differs from it only in dashes and underscores."
        )
    }
}
