import HTTPOperations
import HTTPTypes
import Projection

/// The operations by which boards and gateways are seen.
struct BoardOperations: Sendable {
    let directory: BoardDirectory
    let agents: AgentRepository

    static let headers = [ActingFor.organization, ActingFor.user]
    private static let access: Access = .roles([.platformAdmin, .customerAdmin, .viewer, .owner])
    private static let scope = "Those of the organisation the caller acts in, else the caller's own; platform administrators see all."
    private static let hidden = "It does not exist, or is not the caller's."

    /// All of them.
    var operations: [Operation] {
        [
            Operation(
                label("/boards", id: "listBoards", "Boards", Self.scope, tag: "Boards"),
                parameters: BoardListParameters.self,
                answer: .page(of: BoardList.self, "A page of boards.")
            ) { parameters, context in try await list(parameters, context) },
            Operation(
                label(
                    "/boards/{id}",
                    id: "getBoard",
                    "One board with its gateway",
                    tag: "Boards",
                    ErrorDeclaration(.notFound, "BOARD_NOT_FOUND", Self.hidden)
                ),
                parameters: BoardParameters.self,
                answer: .ok(BoardView.self, "The board.")
            ) { parameters, context in Reply(try await board(parameters, TenantScope(context))) },
            Operation(
                label("/gateways", id: "listGateways", "Gateways", Self.scope, tag: "Gateways"),
                parameters: BoardListParameters.self,
                answer: .page(of: GatewayList.self, "A page of gateways.")
            ) { parameters, context in
                try context.requireOnePlace(cursor: parameters.cursor)
                let listing = try await directory.list(try TenantScope(context), parameters)
                let items = listing.items.map(GatewayView.init)
                let page = GatewayList(items: items, total: listing.total, limit: parameters.limit, offset: parameters.offset)
                return Reply(page, next: listing.next, context: context)
            },
            Operation(
                label(
                    "/gateways/{id}",
                    id: "getGateway",
                    "One gateway",
                    "Where it listens and what was seen of it; never a credential.",
                    tag: "Gateways",
                    ErrorDeclaration(.notFound, "GATEWAY_NOT_FOUND", Self.hidden)
                ),
                parameters: BoardParameters.self,
                answer: .ok(GatewayView.self, "The gateway.")
            ) { parameters, context in Reply(GatewayView(try await directory.gateway(parameters.id, in: try TenantScope(context)))) },
        ]
    }

    private func label(
        _ path: PathTemplate,
        id: String,
        _ summary: String,
        _ description: String? = nil,
        tag: String,
        _ refusal: ErrorDeclaration? = nil
    ) -> OperationLabel {
        OperationLabel(
            .get,
            path,
            id: id,
            summary: summary,
            description: description,
            tag: tag,
            access: Self.access,
            headers: Self.headers,
            errors: Refusals.reading + (refusal.map { [$0] } ?? [])
        )
    }

    private func list(_ parameters: BoardListParameters, _ context: OperationContext) async throws -> Reply<BoardList> {
        try context.requireOnePlace(cursor: parameters.cursor)
        let listing = try await directory.boards(try TenantScope(context), parameters)
        let counts = try await onDatabase { try await agents.counts(boards: listing.items.map(\.id)) }
        let page = BoardList(
            items: listing.items.map { BoardView($0, agentCount: counts[$0.id] ?? 0) },
            total: listing.total,
            limit: parameters.limit,
            offset: parameters.offset
        )
        return Reply(page, next: listing.next, context: context)
    }

    private func board(_ parameters: BoardParameters, _ scope: TenantScope) async throws -> BoardView {
        let board = try await directory.board(parameters.id, in: scope)
        var view = BoardView(board, agentCount: try await onDatabase { try await agents.count(board: board.id) })
        view.gateway = GatewayView(board.gateway)
        return view
    }
}
