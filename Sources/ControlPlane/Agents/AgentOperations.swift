import HTTPOperations
import HTTPTypes
import Projection

import struct Foundation.Date
import struct Foundation.UUID

/// The operations by which agents are made, seen, changed and taken away.
struct AgentOperations: Sendable {
    let agents: AgentRepository
    let boards: BoardDirectory
    let provisioner: AgentProvisioner
    let now: @Sendable () -> Date
    /// Makes ids of agents.
    var makeID: @Sendable () -> UUID = { UUID() }  // edge: ids of agents

    private static let tag = "Agents"
    static let reading: Access = .roles([.platformAdmin, .customerAdmin, .viewer, .owner])
    static let writing: Access = .roles([.platformAdmin, .customerAdmin, .owner])
    static let calling: Access = .roles([.platformAdmin, .customerAdmin, .owner, .agent])

    /// All of them.
    var operations: [Operation] {
        [
            Operation(
                label(
                    .post,
                    "/agents",
                    id: "createAgent",
                    "Create an agent and provision it on its board's gateway",
                    "The agent is recorded first. When its gateway cannot be brought to it now, the answer is 502, the agent stays, and "
                        + "provisioning goes on by itself. The token of the agent is written into its TOOLS.md and is in no answer.",
                    access: Self.writing,
                    errors: Self.provisioning + [
                        ErrorDeclaration(.notFound, "BOARD_NOT_FOUND", "The board does not exist, or is not the caller's."),
                        ErrorDeclaration(.forbidden, "BOARD_CAPACITY_EXCEEDED", "The board has as many agents as it may."),
                        Self.nameTaken,
                    ]
                ),
                body: CreateAgentRequest.self,
                answer: .ok(AgentView.self, "The agent, provisioned.")
            ) { request, context in Reply(view(try await create(request, context))) },
            Operation(
                label(
                    .get,
                    "/agents",
                    id: "listAgents",
                    "List agents",
                    "Newest first; filters are combined. Agents that are gone are listed only when status=deleted is asked for.",
                    access: Self.reading,
                    errors: Refusals.reading
                ),
                parameters: AgentListParameters.self,
                answer: .page(of: AgentList.self, "A page of agents.")
            ) { parameters, context in try await list(parameters, context) },
            Operation(
                label(.get, "/agents/{id}", id: "getAgent", "One agent", access: Self.reading, errors: Refusals.reading + [Self.unknown]),
                parameters: AgentParameters.self,
                answer: .ok(AgentView.self, "The agent.")
            ) { parameters, context in Reply(view(try await find(parameters.id, context))) },
            Operation(
                label(
                    .patch,
                    "/agents/{id}",
                    id: "updateAgent",
                    "Change an agent, and bring its gateway up to date",
                    "Members that are absent stay as they are; null clears a member. The gateway is brought up to date when something "
                        + "changed, when it was not brought up to date the last time, or with force. USER.md, MEMORY.md and the agent's token stay.",
                    access: Self.writing,
                    errors: Self.provisioning + Self.changing + [
                        Self.nameTaken,
                        ErrorDeclaration(.forbidden, "AGENT_STATUS_CONTROLLED", "The request names the agent's status."),
                    ]
                ),
                parameters: AgentUpdateParameters.self,
                body: UpdateAgentRequest.self,
                answer: .ok(AgentView.self, "The agent, up to date.")
            ) { parameters, request, context in Reply(view(try await update(parameters, request, context))) },
            Operation(
                label(
                    .delete,
                    "/agents/{id}",
                    id: "deleteAgent",
                    "Take an agent away: from its gateway, then from the list",
                    "When the gateway cannot be freed of it now, the answer is 502 and the deletion goes on by itself. Repeated, it changes nothing.",
                    access: Self.writing,
                    errors: Refusals.projecting + [
                        Self.unknown, ErrorDeclaration(.badGateway, "GATEWAY_CLEANUP_FAILED", "The gateway could not be freed of it now."),
                    ]
                ),
                parameters: AgentParameters.self,
                answer: .ok(AgentDeletion.self, "It is gone.")
            ) { parameters, context in
                try await AgentRemover(provisioner: provisioner)
                    .remove(parameters.id, in: try TenantScope(context), by: AgentActor(context))
                return Reply(AgentDeletion(ok: true))
            },
            Operation(
                label(
                    .post,
                    "/agents/{id}/token/rotate",
                    id: "rotateAgentToken",
                    "Give an agent a new token",
                    "It is written into the agent's TOOLS.md and is in no answer. The one before is good until that is done.",
                    access: Self.writing,
                    errors: Self.provisioning + Self.changing
                ),
                parameters: AgentParameters.self,
                answer: .ok(AgentView.self, "The agent, with its new token.")
            ) { parameters, context in Reply(view(try await rotate(parameters.id, context))) },
        ] + heartbeats
    }

    static let unknown = ErrorDeclaration(.notFound, "AGENT_NOT_FOUND", "The agent does not exist, or is not the caller's.")
    private static let nameTaken = ErrorDeclaration(.conflict, "AGENT_NAME_TAKEN", "Another agent of the gateway has the name.")
    private static let changing = [
        unknown, ErrorDeclaration(.conflict, "AGENT_BUSY", "The agent is being provisioned at the moment."),
        ErrorDeclaration(.conflict, "AGENT_DELETING", "The agent is being deleted."),
    ]
    private static let provisioning =
        Refusals.projecting + [
            ErrorDeclaration(
                .badGateway,
                "GATEWAY_PROVISION_FAILED",
                "The gateway could not be brought to it now; the agent stays, and provisioning goes on by itself."
            )
        ]

    func label(
        _ method: HTTPRequest.Method,
        _ path: PathTemplate,
        id: String,
        _ summary: String,
        _ description: String? = nil,
        access: Access,
        errors: [ErrorDeclaration]
    ) -> OperationLabel {
        OperationLabel(
            method,
            path,
            id: id,
            summary: summary,
            description: description,
            tag: Self.tag,
            access: access,
            headers: BoardOperations.headers,
            errors: errors
        )
    }

    func view(_ row: AgentRow) -> AgentView { AgentView(row, now: now()) }

    func find(_ id: UUID, _ context: OperationContext) async throws -> AgentRow {
        let scope = try TenantScope(context)
        guard let row = try await onDatabase({ try await agents.get(id, in: scope) }) else { throw OperationError.agentNotFound }
        return row
    }

    // MARK: Making

    private func create(_ request: CreateAgentRequest, _ context: OperationContext) async throws -> AgentRow {
        let order = try AgentOrder(request)
        guard let boardID = request.boardID else { throw OperationError.invalid("board_id", "is required") }
        let board = try await boards.board(boardID, in: try TenantScope(context))
        let (id, holder, now) = (makeID(), provisioner.makeHolder(), now())
        var row = AgentRow(
            id: id,
            boardID: board.id,
            gatewayID: board.gateway.uid,
            namespace: board.gateway.tenant.namespace,
            tenant: board.gateway.tenant.name,
            name: order.name,
            key: AgentRow.key(of: id),
            now: now
        )
        order.write(to: &row)
        row.isRetired = request.status == .retired
        row.isPaused = row.isRetired || request.status == .paused
        row.options = ProvisionOptions().json
        row.take(holder, until: provisioner.leaseEnd())
        let audit = AgentActor(context).entry("AgentCreated", row, "asked for an agent")
        let insertion = try await onDatabase { [row] in try await agents.insert(row, capacity: board.maxAgents, audit: audit, now: now) }
        switch insertion {
        case .inserted(let row): return try await provisioner.run(row, holder: holder)
        case .full: throw OperationError.boardFull(board.maxAgents)
        case .nameTaken: throw OperationError.agentNameTaken
        }
    }

    // MARK: Seeing

    private func list(_ parameters: AgentListParameters, _ context: OperationContext) async throws -> Reply<AgentList> {
        try context.requireOnePlace(cursor: parameters.cursor)
        let filter = AgentFilter(
            scope: parameters.isPlatformAgent == false ? .none : try TenantScope(context),
            boardID: parameters.boardID,
            gatewayID: parameters.gatewayID?.text,
            statuses: parameters.status.map { [$0] },
            now: now()
        )
        let (rows, total, next) = try await onListing {
            try await agents.list(filter, limit: parameters.limit, offset: parameters.offset, cursor: parameters.cursor)
        }
        let page = AgentList(items: rows.map(view), total: total, limit: parameters.limit, offset: parameters.offset)
        return Reply(page, next: next, context: context)
    }

    // MARK: Changing

    private func update(
        _ parameters: AgentUpdateParameters,
        _ request: UpdateAgentRequest,
        _ context: OperationContext
    ) async throws -> AgentRow {
        let known = try await find(parameters.id, context)
        guard known.status != .deleted else { throw OperationError.agentNotFound }
        var wanted = known
        try AgentOrder(request, of: known).write(to: &wanted)
        // Whoever repeats a request that failed wants it done, although the row says it already.
        if wanted == known, !parameters.force, known.isSettled { return known }
        do {
            return try await provisioner.provision(known.id, by: AgentActor(context), action: "AgentUpdated") { row in
                try AgentOrder(request, of: row).write(to: &row)
            }
        } catch let error where isNameTaken(error) {
            throw OperationError.agentNameTaken
        }
    }

    private func rotate(_ id: UUID, _ context: OperationContext) async throws -> AgentRow {
        let known = try await find(id, context)
        guard known.status != .deleted else { throw OperationError.agentNotFound }
        return try await provisioner.provision(
            known.id,
            ProvisionOptions(rotatesToken: true),
            by: AgentActor(context),
            action: "AgentTokenRotated"
        )
    }
}
