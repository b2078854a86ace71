import Foundation
import HTTPOperations
import KubernetesClient
import Logging
import Metrics
import OpenClawGateway
import Projection

/// Brings gateways to what the rows of agents say.
///
/// Whoever works on an agent holds its lease. A run that ends half way leaves the row as it is, with the reason, and can be taken up by any
/// replica.
struct AgentProvisioner: Sendable {
    let agents: AgentRepository
    let tenants: TenantRepository
    let gateways: TenantGateways
    let witness: TenantWitness
    let settings: AgentSettings
    let logger: Logger
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    /// The clock for limits and pauses.
    var time: TimeSource = .system
    /// Makes ids of those who hold leases.
    var makeHolder: @Sendable () -> UUID = { UUID() }  // edge: names one run
    /// Makes the random part of a token.
    var makeSecret: @Sendable () -> [UInt8] = {
        // edge: tokens must not be guessed
        var generator = SystemRandomNumberGenerator()
        return (0..<AgentToken.secretLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Until when somebody who begins now holds an agent.
    func leaseEnd() -> Date { now().addingTimeInterval(settings.lease.seconds) }

    // MARK: Beginning

    /// Brings an agent to what its row says.
    ///
    /// - Parameters:
    ///   - id: the agent.
    ///   - options: what else is wanted.
    ///   - actor: who asks for it; nil writes no line of the audit trail.
    ///   - action: what the audit trail calls it.
    ///   - change: changes the row before; throws to leave it alone.
    /// - Returns: the agent, as it is then.
    /// - Throws: ``OperationError`` 404, 409, 502 or 503, and what the change throws.
    func provision(
        _ id: UUID,
        _ options: ProvisionOptions = ProvisionOptions(),
        by actor: AgentActor?,
        action: String = "AgentProvisioned",
        change: @escaping @Sendable (inout AgentRow) throws -> Void = { _ in }
    ) async throws -> AgentRow {
        let holder = makeHolder()
        let row = try await take(id) { row in
            if row.isEnding { throw OperationError.agentDeleting }
            let before = row
            try change(&row)
            row.begin(options)
            row.take(holder, until: leaseEnd())
            return actor.map { [$0.entry(action, row, "asked for the agent to be brought up to date", before: before)] } ?? []
        }
        return try await run(row, holder: holder)
    }

    /// Changes an agent as soon as nobody works on it.
    ///
    /// - Throws: ``OperationError`` 404; 409 when somebody works on it for too long; 503; and what the change throws.
    func take(_ id: UUID, _ change: @escaping @Sendable (inout AgentRow) throws -> [AuditDraft]) async throws -> AgentRow {
        let deadline = time.now + settings.patience
        while true {
            do {
                let now = now()
                let row = try await onDatabase {
                    try await agents.update(id, now: now) { row in
                        guard row.isFree(at: now) else { throw AgentBusy() }
                        return try change(&row)
                    }
                }
                guard let row else { throw OperationError.agentNotFound }
                return row
            } catch is AgentBusy {
                guard time.now < deadline else { throw OperationError.agentBusy }
                // wait: another run ends within its limit; the deadline bounds this loop
                try await time.sleep(for: .milliseconds(100))
            }
        }
    }

    // MARK: A run

    /// Goes on with an agent whose lease is held, until it is what it should be.
    ///
    /// - Parameters:
    ///   - row: the agent.
    ///   - holder: who holds the lease; it is given back at the end.
    /// - Throws: ``OperationError`` 502 when the gateway could not be brought to it, 503 when a part of the platform is away.
    func run(_ row: AgentRow, holder: UUID) async throws -> AgentRow {
        do {
            let wasWoken = try await time.withTimeout(settings.runLimit) {
                try await gateways.withGateway(of: row.gatewayID, connectWithin: settings.connectTimeout) { client in
                    try await ProvisionRun(provisioner: self, client: client, holder: holder).carryOut(row)
                }
            }
            let now = now()
            let finished = try await save(row.id, holder) { row in
                row.finish(wasWoken: wasWoken, checkInLimit: settings.checkInLimit.seconds, now: now)
            }
            Self.count("ready")
            logger.info("an agent is provisioned", metadata: Self.metadata(row))
            return finished
        } catch is AgentLost {
            Self.count("superseded")
            // Whoever takes it away need not wait for the lease.
            await letGo(row, holder) { $0.leaveAlone() }
            throw OperationError.agentBusy
        } catch {
            throw await failed(row, holder, error)
        }
    }

    /// Writes down why a run ended, also when the task that ran it is cancelled.
    private func failed(_ row: AgentRow, _ holder: UUID, _ error: any Error) async -> any Error {
        let trouble = ProvisionTrouble(error)
        Self.count(trouble.isTransient ? "interrupted" : "failed")
        var metadata = Self.metadata(row)
        metadata["reason"] = .string(trouble.message)
        logger.notice("an agent is not provisioned", metadata: metadata)
        let retry = retryDate(afterAttempts: row.attempts + 1, trouble)
        let left = await letGo(row, holder) { row in
            row.attempts += 1
            row.fail(trouble, retryAt: retry)
        }
        if left?.isEnding == true { return OperationError.agentDeleting }
        if let refusal = error as? OperationError { return refusal }
        if error is CancellationError { return error }
        return OperationError.provisionFailed(trouble)
    }

    /// Gives a lease back, also when the task that held it is cancelled.
    ///
    /// - Parameter change: what is written down of an agent; one that is to go is only left to whoever takes it away.
    /// - Returns: the agent; nil when that could not be written, or somebody else has it.
    @discardableResult
    func letGo(_ row: AgentRow, _ holder: UUID, _ change: @escaping @Sendable (inout AgentRow) -> Void) async -> AgentRow? {
        let now = now()
        // A task of its own, which is not cancelled with this one.
        return await Task {
            do {
                return try await save(row.id, holder) { row in
                    if row.status == .deleting { row.leaveAlone(until: now) } else { change(&row) }
                }
            } catch is AgentLost {
                return nil
            } catch {
                // The lease ends by itself.
                logger.warning("an agent's state could not be written", metadata: ["error": .string("\(error)")])
                return nil
            }
        }.value
    }

    private func pause(after attempts: Int, _ trouble: ProvisionTrouble) -> Duration {
        max(settings.backoff.delay(afterAttempts: attempts, spread: random()), trouble.retryAfter ?? .zero)
    }

    /// When an agent that could not be looked after is looked at again.
    func retryDate(afterAttempts attempts: Int, _ trouble: ProvisionTrouble) -> Date {
        now().addingTimeInterval(pause(after: attempts, trouble).seconds)
    }

    /// Changes an agent that is held.
    ///
    /// - Throws: ``AgentLost`` when somebody else has it now.
    @discardableResult
    func save(_ id: UUID, _ holder: UUID, _ change: @escaping @Sendable (inout AgentRow) throws -> Void) async throws -> AgentRow {
        let row = try await onDatabase {
            try await agents.update(id, now: now()) { row in
                guard row.leaseHolder == holder else { throw AgentLost() }
                try change(&row)
                return []
            }
        }
        guard let row else { throw AgentLost() }
        return row
    }

    static func count(_ outcome: String) { Counter(label: "agent_provisions_total", dimensions: [("outcome", outcome)]).increment() }

    static func metadata(_ row: AgentRow) -> Logger.Metadata {
        ["agent": .string(row.id.text), "tenant": .string(row.tenant), "generation": .stringConvertible(row.generation)]
    }
}
