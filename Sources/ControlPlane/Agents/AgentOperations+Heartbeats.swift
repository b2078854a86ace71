import HTTPOperations
import HTTPTypes
import Postgres
import Projection

import struct Foundation.UUID

extension AgentOperations {
    /// The operations by which agents call.
    var heartbeats: [Operation] {
        [
            Operation(
                label(
                    .post,
                    "/agents/{id}/heartbeat",
                    id: "reportAgentHeartbeat",
                    "An agent says how it is doing",
                    "The agent itself, or somebody who may change it.",
                    access: Self.calling,
                    errors: Refusals.reading + [
                        Self.unknown, ErrorDeclaration(.forbidden, "AGENT_MISMATCH", "An agent speaks for another one."), Self.limited,
                    ]
                ),
                parameters: AgentParameters.self,
                body: AgentHeartbeatRequest.self,
                answer: .ok(AgentView.self, "The agent.")
            ) { parameters, request, context in Reply(view(try await hear(parameters.id, request.status, context))) },
            Operation(
                label(
                    .post,
                    "/agent/heartbeat",
                    id: "reportOwnHeartbeat",
                    "The calling agent is there",
                    "The token says which agent it is; there is no body.",
                    access: .roles([.agent]),
                    errors: Refusals.reading + [Self.unknown, Self.limited]
                ),
                answer: .ok(AgentView.self, "The agent.")
            ) { context in
                guard let id = context.principal.agentID else { throw OperationError.forbidden }
                return Reply(view(try await hear(id, nil, context)))
            },
            Operation(
                label(
                    .get,
                    "/agent/healthz",
                    id: "checkAgentToken",
                    "Whether the calling agent's token is good",
                    access: .roles([.agent]),
                    errors: Refusals.reading + [Self.limited]
                ),
                answer: .ok(AgentDeletion.self, "It is.")
            ) { _ in Reply(AgentDeletion(ok: true)) },
        ]
    }

    private static let limited = ErrorDeclaration(.tooManyRequests, "TOO_MANY_REQUESTS", "Too many wrong tokens came from this address.")

    private func hear(_ id: UUID, _ status: String?, _ context: OperationContext) async throws -> AgentRow {
        if let caller = context.principal.agentID {
            guard caller == id else {
                throw OperationError(.forbidden, code: "AGENT_MISMATCH", message: "An agent may speak for itself only.")
            }
        } else {
            _ = try await find(id, context)
        }
        let now = now()
        let row = try await onDatabase {
            try await agents.update(id, now: now) { row in
                row.report(status, now: now)
                return []
            }
        }
        guard let row, row.status != .deleted else { throw OperationError.agentNotFound }
        return row
    }

    /// Whether a change gave an agent the name of another.
    func isNameTaken(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return error.isUniqueViolation && error.constraint == AgentRepository.nameConstraint
    }
}
