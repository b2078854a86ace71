import HTTPOperations
import HTTPTypes
import JSONValue

/// The operations on instances that need no gateway: orders, what they became, settings, deletion.
struct InstanceOperations: Sendable {
    let service: InstanceService
    let reopening: InstanceSecretsReopening

    static let tag = "Instances"

    /// All of them.
    var operations: [Operation] { orders + single + settings + administration }

    private func label(
        _ method: HTTPRequest.Method,
        _ path: PathTemplate,
        _ id: String,
        _ summary: String,
        _ description: String? = nil,
        access: Access,
        errors: [ErrorDeclaration] = InstanceAccess.refusals
    ) -> OperationLabel {
        OperationLabel(
            method,
            path,
            id: id,
            summary: summary,
            description: description,
            tag: Self.tag,
            access: access,
            headers: InstanceAccess.headers,
            errors: errors
        )
    }

    private static let going = ErrorDeclaration(.conflict, "INSTANCE_STATE", "The instance is being deleted.")

    private var orders: [Operation] {
        [
            Operation(
                label(
                    .get,
                    "/instances",
                    "listInstances",
                    "List Instances",
                    "The instances of the caller's organisation that are not deleted; of several customers, those that are the caller's business.",
                    access: InstanceAccess.reading,
                    errors: Refusals.reading
                ),
                parameters: InstanceListParameters.self,
                answer: .page(of: InstanceListAnswer.self, "The instances.")
            ) { parameters, context in try await service.list(parameters, context) },
            Operation(
                label(
                    .post,
                    "/instances",
                    "createInstance",
                    "Create Instance",
                    "The order is recorded, and the instance made by and by: poll it by its key. The same key with the same order gives the "
                        + "same instance, however often it is sent. A 503 has the key to repeat the order with, also one that was made, in Idempotency-Key.",
                    access: InstanceAccess.writing,
                    errors: Refusals.reading + [
                        ErrorDeclaration(.conflict, "IDEMPOTENCY_KEY_REUSED", "The key was used for another order."),
                        ErrorDeclaration(.conflict, "HOSTNAME_TAKEN", "No free name was found for the host."),
                        ErrorDeclaration(.forbidden, "NOT_YOUR_CUSTOMER", "Only administrators order for other customers."),
                        ErrorDeclaration(.tooManyRequests, "TOO_MANY_ORDERS", "The organisation has ordered too many instances lately."),
                        ErrorDeclaration(.serviceUnavailable, "MACHINE_PROVIDER_NOT_CONFIGURED", "Nobody is configured to make machines."),
                        Refusals.outcomeUnknown,
                    ]
                ),
                body: CreateInstanceRequest.self,
                answer: .ok(CreateInstanceAnswer.self, "The order is recorded.")
            ) { request, context in Reply(try await service.create(request, context)) },
            Operation(
                label(
                    .get,
                    "/instances/by-key/{idempotency_key}",
                    "getInstanceByKey",
                    "Poll By Idempotency Key",
                    "How an order is going. A key nobody has ordered with is answered with found: false, not with 404.",
                    access: InstanceAccess.reading,
                    errors: Refusals.reading + [
                        ErrorDeclaration(.forbidden, "NOT_YOUR_INSTANCE", "The instance is another customer's.")
                    ]
                ),
                parameters: InstanceKeyParameters.self,
                answer: .ok(InstanceByKeyAnswer.self, "What is known of the key.")
            ) { parameters, context in Reply(try await service.find(parameters, context)) },
        ]
    }

    private var single: [Operation] {
        [
            Operation(
                label(.get, "/instances/{instance_id}", "getInstance", "Get Instance", access: InstanceAccess.reading),
                parameters: InstanceParameters.self,
                answer: .ok(InstanceDetailView.self, "The instance.")
            ) { parameters, context in Reply(try await service.get(parameters, context)) },
            Operation(
                label(
                    .delete,
                    "/instances/{instance_id}",
                    "deleteInstance",
                    "Delete Instance",
                    "Takes the instance away: its tenant, its machine, and everything on it. Answered at once; what is left to do is done by and "
                        + "by, and survives every crash. A repeated request changes nothing.",
                    access: InstanceAccess.deleting,
                    errors: InstanceAccess.refusals + [Refusals.outcomeUnknown]
                ),
                parameters: InstanceParameters.self,
                answer: .ok(DeleteInstanceAnswer.self, "It is gone, or will be.")
            ) { parameters, context in Reply(try await service.delete(parameters, context)) },
            Operation(
                label(
                    .get,
                    "/instances/{instance_id}/logs",
                    "getInstanceLogs",
                    "Get Instance Logs",
                    "The finished steps of provisioning and the reports of the machine, in the order in which they came to be known. The number of a "
                        + "line never changes: whoever has seen one needs only those with higher ones. The first page has the newest lines, the next one those "
                        + "before them.",
                    access: InstanceAccess.reading
                ),
                parameters: InstanceLogParameters.self,
                answer: .page(of: InstanceLogsAnswer.self, "The log.")
            ) { parameters, context in try await service.logs(parameters, context) },
        ]
    }

    private var settings: [Operation] {
        [
            Operation(
                label(
                    .patch,
                    "/instances/{instance_id}/consent",
                    "updateInstanceConsent",
                    "Update Consent",
                    "Whether conversations may be read through the API. Each change is an entry of the audit trail.",
                    access: InstanceAccess.writing,
                    errors: InstanceAccess.refusals + [Self.going, Refusals.outcomeUnknown]
                ),
                parameters: InstanceParameters.self,
                body: ConsentRequest.self,
                answer: .ok(ConsentAnswer.self, "What is so now.")
            ) { parameters, request, context in Reply(try await service.setConsent(parameters, request, context)) },
            Operation(
                label(
                    .patch,
                    "/instances/{instance_id}/model-policy",
                    "updateInstanceModelPolicy",
                    "Update Model Policy",
                    "What is stored counts; a machine that runs gets it too, when it can be reached. The message says which of the two happened.",
                    access: InstanceAccess.writing,
                    errors: InstanceAccess.refusals + [Self.going, Refusals.outcomeUnknown]
                ),
                parameters: InstanceParameters.self,
                body: ModelPolicyRequest.self,
                answer: .ok(ModelPolicyAnswer.self, "What is stored now.")
            ) { parameters, request, context in Reply(try await service.setModelPolicy(parameters, request, context)) },
            Operation(
                label(
                    .get,
                    "/instances/{instance_id}/platform-config",
                    "getInstancePlatformConfig",
                    "Get Platform Config",
                    "From the database: also when the machine does not run.",
                    access: InstanceAccess.reading
                ),
                parameters: InstanceParameters.self,
                answer: .ok(PlatformConfigAnswer.self, "The platform's settings.")
            ) { parameters, context in Reply(try await service.platformConfig(parameters, context)) },
            Operation(
                label(
                    .patch,
                    "/instances/{instance_id}/platform-config",
                    "updateInstancePlatformConfig",
                    "Patch Platform Config",
                    "Members that are absent stay. A list takes the place of the whole list; channels and advanced are merged (RFC 7386). "
                        + "Secrets are kept sealed and shown as \(InstanceSecrets.redacted.stringValue ?? ""), which sent back says that they stay.",
                    access: InstanceAccess.writing,
                    errors: InstanceAccess.refusals + [Self.going, InstanceSecrets.refusal, Refusals.outcomeUnknown]
                ),
                parameters: InstanceParameters.self,
                body: PlatformConfigRequest.self,
                answer: .ok(PlatformConfigAnswer.self, "The platform's settings now.")
            ) { parameters, request, context in Reply(try await service.setPlatformConfig(parameters, request, context)) },
        ]
    }

    private var administration: [Operation] {
        [
            Operation(
                label(
                    .post,
                    "/instances/admin/{instance_id}/rotate-key",
                    "rotateInstanceKey",
                    "Rotate Agent Key",
                    "Administrators only. No key changes: the machine may fetch its secrets once more, with the credential it was born with: for machines that "
                        + "never got them although they were handed out.",
                    access: InstanceAccess.administering,
                    errors: Refusals.projecting + InstanceAccess.refusals + [
                        ErrorDeclaration(.conflict, "INSTANCE_STATE", "The instance has no key yet, or is being deleted."),
                        Refusals.outcomeUnknown,
                    ]
                ),
                parameters: InstanceParameters.self,
                answer: .ok(RotateKeyAnswer.self, "The machine may fetch its secrets.")
            ) { parameters, context in Reply(try await reopening.reopen(parameters, context)) },
            Operation(
                label(
                    .post,
                    "/instances/cleanup",
                    "cleanupInstances",
                    "Cleanup Dead Instances",
                    "Administrators only. Deletes every instance of the organisation whose status is failed or error, each like a single deletion.",
                    access: InstanceAccess.clearing,
                    errors: Refusals.reading
                ),
                answer: .ok(CleanupAnswer.self, "What happened.")
            ) { context in Reply(try await service.cleanup(context)) },
        ]
    }
}
