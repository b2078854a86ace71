import Foundation
import HTTPOperations
import KubernetesClient
import Logging
import Projection

extension SyncRun {
    /// Takes an agent for the time of its sync.
    ///
    /// - Throws: ``SyncFailure`` when somebody else works on it, or it is going.
    func hold(_ id: UUID, _ holder: UUID) async throws -> AgentRow {
        let now = sync.now()
        let until = now.addingTimeInterval(sync.settings.lease.seconds)
        do {
            let row = try await onDatabase {
                try await sync.agents.update(id, now: now) { row in
                    guard row.isFree(at: now) else { throw AgentBusy() }
                    if row.isEnding { throw AgentLost() }
                    row.leaseHolder = holder
                    row.leaseUntil = until
                    return []
                }
            }
            guard let row else { throw AgentLost() }
            return row
        } catch is AgentBusy {
            throw SyncFailure(message: "The agent is being provisioned at the moment; repeat the request in a while.")
        } catch is AgentLost {
            throw SyncFailure(message: "The agent is being deleted.")
        }
    }

    /// Changes an agent that is held.
    ///
    /// - Throws: ``SyncFailure`` when somebody else has it now.
    func save(_ id: UUID, _ holder: UUID, _ change: @escaping @Sendable (inout AgentRow) -> Void) async throws {
        do {
            let row = try await onDatabase {
                try await sync.agents.update(id, now: sync.now()) { row in
                    guard row.leaseHolder == holder, !row.isEnding else { throw AgentLost() }
                    change(&row)
                    return []
                }
            }
            if row == nil { throw AgentLost() }
        } catch is AgentLost {
            throw SyncFailure(message: "The agent was changed by somebody else meanwhile; repeat the request.")
        }
    }

    /// Gives an agent back, also when the task that holds it is cancelled.
    func release(_ row: AgentRow, _ holder: UUID, isDone: Bool) async {
        let (agents, now, actor, logger) = (sync.agents, sync.now(), actor, sync.logger)
        await Task {
            do {
                _ = try await agents.update(row.id, now: now) { found in
                    guard found.leaseHolder == holder else { return [] }
                    found.leaseHolder = nil
                    found.leaseUntil = nil
                    return isDone ? [actor.entry("AgentSynced", found, "brought the agent's files up to date", before: row)] : []
                }
            } catch {
                // It is free by itself when the lease is over.
                logger.notice("an agent could not be given back", metadata: ["agent": .string(row.id.text), "error": .string("\(error)")])
            }
        }.value
    }
}
