import Foundation
import HTTPOperations
import KubernetesClient
import Logging
import OpenClawGateway
import Projection

/// Takes agents away: from their gateway first, then from the list. What a crash or a gateway that is away leaves undone is finished later.
struct AgentRemover: Sendable {
    let provisioner: AgentProvisioner

    private var agents: AgentRepository { provisioner.agents }

    /// Takes an agent away.
    ///
    /// - Parameters:
    ///   - id: the agent.
    ///   - scope: who asks.
    ///   - actor: who asks, for the audit trail.
    /// - Throws: ``OperationError`` 404; 502 when the gateway could not be freed of it now; 503.
    func remove(_ id: UUID, in scope: TenantScope, by actor: AgentActor) async throws {
        guard let known = try await onDatabase({ try await agents.get(id, in: scope) }) else { throw OperationError.agentNotFound }
        if known.status == .deleted { return }
        let now = provisioner.now()
        // From now on nobody brings it up to date any more, and somebody will take it away, whatever becomes of this request.
        _ = try await onDatabase {
            try await agents.update(id, now: now) { row in
                guard !row.isEnding else { return [] }
                let before = row
                row.requestDeletion(now: now)
                return [actor.entry("AgentDeleted", row, "asked for the agent to be deleted", before: before, isGone: true)]
            }
        }
        let holder = provisioner.makeHolder()
        do {
            let row = try await provisioner.take(id) { row in
                if row.status != .deleted { row.take(holder, until: provisioner.leaseEnd()) }
                return []
            }
            if row.status == .deleted { return }
            try await finish(row, holder: holder)
        } catch let error as OperationError where error.code == OperationError.agentBusy.code {
            throw OperationError.cleanupFailed(ProvisionTrouble(message: "The agent is being worked on; its deletion goes on by itself."))
        }
    }

    /// Goes on with the deletion of an agent whose lease is held.
    ///
    /// - Throws: ``OperationError`` 502 or 503; the row stays, and comes again.
    func finish(_ row: AgentRow, holder: UUID) async throws {
        do {
            if mayBeThere(row) { try await clean(row) }
            let now = provisioner.now()
            try await provisioner.save(row.id, holder) { $0.end(now: now) }
            provisioner.logger.info("an agent is deleted", metadata: AgentProvisioner.metadata(row))
        } catch is AgentLost {
            // Somebody else is at it.
            throw OperationError.agentBusy
        } catch {
            let trouble = ProvisionTrouble(error)
            let retry = provisioner.retryDate(afterAttempts: row.attempts + 1, trouble)
            // The row must be free again although this task may be cancelled.
            await Task {
                do {
                    try await provisioner.save(row.id, holder) { row in
                        row.attempts += 1
                        row.failDeletion(trouble.message, retryAt: retry)
                    }
                } catch {
                    provisioner.logger.warning("an agent's state could not be written", metadata: ["error": .string("\(error)")])
                }
            }.value
            if error is OperationError || error is CancellationError { throw error }
            throw OperationError.cleanupFailed(trouble)
        }
    }

    /// Whether the gateway was ever asked to make it.
    private func mayBeThere(_ row: AgentRow) -> Bool { row.gatewayAgentID != nil || row.workspacePath != nil || row.step != nil }

    private func clean(_ row: AgentRow) async throws {
        do {
            try await provisioner.time.withTimeout(provisioner.settings.runLimit) {
                try await provisioner.gateways.withGateway(of: row.gatewayID, connectWithin: provisioner.settings.connectTimeout) {
                    client in
                    // Repeated, both say that there is nothing to delete.
                    try await client.deleteAgent(row.gatewayAgentID ?? GatewayAgentID.normal(row.key))
                    try await client.deleteSession(row.sessionID)
                }
            }
        } catch let error as GatewayAccessError where error.code == .unknown {
            guard try await provisioner.witness.isGone(row) else {
                throw ProvisionTrouble(message: "The platform does not know the agent's tenant at the moment.")
            }
            // The tenant is gone, and its gateway with it.
        }
    }
}
