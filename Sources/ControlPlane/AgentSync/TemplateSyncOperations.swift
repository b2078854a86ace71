import HTTPOperations
import HTTPTypes
import Projection

/// The operation that brings the files of a gateway's agents up to date.
struct TemplateSyncOperations: Sendable {
    let directory: BoardDirectory
    let sync: TemplateSync

    /// All of them.
    var operations: [Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/gateways/{id}/templates/sync",
                    id: "syncGatewayTemplates",
                    summary: "Bring the files of a gateway's agents up to date",
                    description:
                        "Waits for a gateway that restarts, then changes its configuration once for all agents and writes each file whose content "
                        + "differs. An agent keeps the token that its TOOLS.md has, if that is one it was given; else it is passed over, and "
                        + "`errors` says so. USER.md and MEMORY.md are the agents' own. Agents that were passed over can be synced again: a "
                        + "repeated request writes only what differs.",
                    tag: "Gateways",
                    access: .writing,
                    headers: BoardOperations.headers,
                    errors: Refusals.projecting + [
                        ErrorDeclaration(.notFound, "GATEWAY_NOT_FOUND", "The gateway does not exist, or is not the caller's."),
                        ErrorDeclaration(.notFound, "BOARD_NOT_FOUND", "The board is not one of this gateway."),
                        ErrorDeclaration(.conflict, "TEMPLATE_UNUSABLE", "The tenant's template cannot be used any more."),
                        ErrorDeclaration(.badGateway, "GATEWAY_UNREACHABLE", "The gateway does not answer."),
                        ErrorDeclaration(.badGateway, "GATEWAY_TIMEOUT", "The gateway did not answer in time."),
                        ErrorDeclaration(.badGateway, "GATEWAY_REFUSED", "The gateway does not let the platform in."),
                        ErrorDeclaration(.badGateway, "GATEWAY_NOT_READY", "The tenant has no gateway that could be asked now."),
                        ErrorDeclaration(.badGateway, "GATEWAY_SYNC_FAILED", "The gateway does not say which agents it has."),
                    ],
                    timeout: sync.limits.request
                ),
                parameters: SyncParameters.self,
                answer: .ok(SyncAnswer.self, "What it came to.")
            ) { parameters, context in
                let gateway = try await directory.gateway(parameters.id, in: try TenantScope(context))
                return Reply(try await sync.sync(parameters, of: gateway, by: AgentActor(context)))
            }
        ]
    }
}
