import CraneAPI
import HTTPOperations
import HTTPTypes
import KubernetesModel

extension AccessPolicy: RESTResource {
    static var restKind: ResourceKind { .accessPolicy }
    init(metadata: ObjectMeta, restSpec: AccessPolicySpec) { self.init(metadata: metadata, spec: restSpec) }
}

/// The operations on access policies.
struct PolicyOperations: Sendable {
    let service: ResourceService<AccessPolicy>
    let rows: PolicyViews
    let projection: ProjectionService

    private static let tag = "Policies"
    private static let notFound = ErrorDeclaration(.notFound, "POLICY_NOT_FOUND", "There is no such policy.")

    /// All of them.
    var operations: [Operation] { reads + writes + projectionOperations }

    private var reads: [Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/policies",
                    id: "listPolicies",
                    summary: "List all access policies",
                    description: "Newest first. A page holds at most `limit` policies; the Link header names the next.",
                    tag: Self.tag,
                    access: .reading,
                    errors: Refusals.reading
                ),
                parameters: PolicyListParameters.self,
                answer: .page(PolicyView.self, "Policy list.")
            ) { parameters, context in
                Reply(page: try await rows.list(parameters, seenBy: context.reads), context: context)
            },
            Operation(
                OperationLabel(
                    .get,
                    "/policies/{name}",
                    id: "getPolicy",
                    summary: "Get a single access policy by name",
                    tag: Self.tag,
                    access: .reading,
                    errors: Refusals.reading + [Self.notFound]
                ),
                parameters: NamedObject.self,
                answer: .ok(PolicyView.self, "Policy detail.", headers: Refusals.tagged)
            ) { object, context in
                guard let (view, tag) = try await rows.get(object.name, seenBy: context.reads) else {
                    throw ResourceKind.accessPolicy.notFound(object.name)
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
                    "/policies",
                    id: "createPolicy",
                    summary: "Create an access policy (dual-write: K8s CRD + database)",
                    description: Refusals.writeDescription,
                    tag: Self.tag,
                    access: .administering,
                    headers: [.idempotencyKey],
                    errors: Refusals.writing + [ErrorDeclaration(.conflict, "POLICY_ALREADY_EXISTS", "The name is taken.")]
                ),
                body: CreateRequest<AccessPolicySpec>.self,
                answer: .created(WriteAnswer.self, "Policy created.", headers: Refusals.created)
            ) { request, context in try await service.create(request, context).reply() },
            Operation(
                OperationLabel(
                    .put,
                    "/policies/{name}",
                    id: "updatePolicy",
                    summary: "Update an access policy",
                    description: Refusals.updateDescription,
                    tag: Self.tag,
                    access: .administering,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.changing(.accessPolicy) + [Self.notFound]
                ),
                parameters: NamedObject.self,
                body: UpdateRequest<AccessPolicySpec>.self,
                answer: .ok(WriteAnswer.self, "Policy updated.", headers: Refusals.tagged)
            ) { object, request, context in try await service.update(object.name, request, context).reply() },
            Operation(
                OperationLabel(
                    .delete,
                    "/policies/{name}",
                    id: "deletePolicy",
                    summary: "Delete an access policy",
                    tag: Self.tag,
                    access: .administering,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.updating + [Self.notFound]
                ),
                parameters: NamedObject.self,
                answer: .ok(WriteAnswer.self, "Policy deleted.")
            ) { object, context in
                try await service.delete(object.name, context).reply()
            },
        ]
    }

    private var projectionOperations: [Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/policies/drift",
                    id: "getPolicyProjectionDrift",
                    summary: "Detect drift between AccessPolicy CRDs and PostgreSQL projection rows",
                    description: DriftParameters.description,
                    tag: Self.tag,
                    access: .administering,
                    errors: Refusals.projecting,
                    timeout: DriftParameters.timeout
                ),
                parameters: DriftParameters.self,
                answer: .ok(DriftReportView.self, "Drift report.", headers: DriftParameters.headers)
            ) { parameters, context in try await projection.drift(.accessPolicy, parameters, context) },
            Operation(
                OperationLabel(
                    .post,
                    "/policies/repair",
                    id: "repairPolicyProjection",
                    summary: "Repair AccessPolicy projection rows from CRD source of truth",
                    description: DriftParameters.repairDescription,
                    tag: Self.tag,
                    access: .administering,
                    errors: Refusals.projecting,
                    timeout: DriftParameters.timeout
                ),
                parameters: RepairParameters.self,
                answer: .ok(RepairReportView.self, "Repair report.", headers: DriftParameters.headers)
            ) { parameters, context in try await projection.repair(.accessPolicy, parameters, context) },
        ]
    }
}
