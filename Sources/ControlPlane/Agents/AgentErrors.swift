import HTTPOperations
import HTTPTypes

/// Somebody works on an agent.
struct AgentBusy: Error, Sendable {}

/// An agent that was being worked on belongs to somebody else now, or is going.
struct AgentLost: Error, Sendable {}

extension OperationError {
    /// 404: the agent is not there, or not the caller's.
    static let agentNotFound = OperationError(.notFound, code: "AGENT_NOT_FOUND", message: "Agent not found")

    /// 409: the name is taken.
    static let agentNameTaken = OperationError(
        .conflict,
        code: "AGENT_NAME_TAKEN",
        message: "An agent with this name already exists on this board or its gateway."
    )

    /// 409: somebody works on the agent.
    static let agentBusy = OperationError(
        .conflict,
        code: "AGENT_BUSY",
        message: "The agent is being provisioned at the moment; repeat the request in a while."
    )

    /// 409: the agent is going.
    static let agentDeleting = OperationError(.conflict, code: "AGENT_DELETING", message: "The agent is being deleted.")

    /// 403: the board is full.
    ///
    /// - Parameter capacity: the most agents it may have.
    static func boardFull(_ capacity: Int) -> OperationError {
        OperationError(
            .forbidden,
            code: "BOARD_CAPACITY_EXCEEDED",
            message: "Board worker-agent limit reached: max_agents=\(capacity)"
        )
    }

    /// 502: the gateway could not be brought to what the agent should be; the platform goes on by itself unless it says otherwise.
    static func provisionFailed(_ trouble: ProvisionTrouble) -> OperationError {
        OperationError(.badGateway, code: "GATEWAY_PROVISION_FAILED", message: "Gateway provision failed: \(trouble.message)")
    }

    /// 502: the gateway could not be freed of an agent; the platform goes on by itself.
    static func cleanupFailed(_ trouble: ProvisionTrouble) -> OperationError {
        OperationError(.badGateway, code: "GATEWAY_CLEANUP_FAILED", message: "Gateway cleanup failed: \(trouble.message)")
    }
}
