import Foundation
import KubernetesClient
import Logging
import Metrics
import Projection
import ServiceLifecycle

/// Looks after agents that somebody has to look at: what was interrupted goes on, what was asked to go goes, and who does not call is woken again.
///
/// Any number of replicas may run one; an agent is claimed by one at a time.
struct AgentReconciler: Service {
    let provisioner: AgentProvisioner

    private var agents: AgentRepository { provisioner.agents }
    private var settings: AgentSettings { provisioner.settings }

    /// What the pool waits for.
    private enum Event: Sendable {
        /// Nobody works on an agent of this gateway any more.
        case free(String)
        /// It is time to look again.
        case tick
    }

    /// Looks until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await tend() }
                group.addTask { _ = try? await work(isEndless: true) }
            }
        }
    }

    /// Looks after the agents that are due, until none is. One that cannot be looked after disturbs no other.
    ///
    /// - Returns: how many were taken.
    /// - Throws: `PostgresError`.
    @discardableResult
    func sweep() async throws -> Int { try await work(isEndless: false) }

    /// Takes agents whenever somebody is free, one of each gateway at a time: one that is slow holds up nobody but those of its gateway.
    private func work(isEndless: Bool) async throws -> Int {
        try await withThrowingTaskGroup(of: Event.self) { group in
            var busy: Set<String> = []
            var taken = 0
            if isEndless { group.addTask { try await tick() } }
            while true {
                let holder = provisioner.makeHolder()
                var rows: [AgentRow] = []
                do { rows = try await claim(holder, besides: busy) } catch {
                    guard isEndless, !Task.isCancelled else { throw error }
                    complain(error)
                }
                for row in rows {
                    taken += 1
                    busy.insert(row.gatewayID)
                    group.addTask {
                        await look(after: row, holder)
                        return .free(row.gatewayID)
                    }
                }
                switch try await group.next() {
                case .free(let gateway): busy.remove(gateway)
                case .tick: group.addTask { try await tick() }
                case nil: return taken
                }
            }
        }
    }

    private func tick() async throws -> Event {
        try await provisioner.time.sleep(for: settings.interval)
        return .tick
    }

    private func claim(_ holder: UUID, besides busy: Set<String>) async throws -> [AgentRow] {
        guard busy.count < settings.batch, !Task.isCancelled else { return [] }
        return try await agents.claim(
            limit: settings.batch - busy.count,
            holder: holder,
            besides: busy,
            until: provisioner.leaseEnd(),
            now: provisioner.now()
        )
    }

    private func complain(_ error: any Error) {
        provisioner.logger.warning("agents could not be looked after", metadata: ["error": .string("\(error)")])
    }

    private func look(after row: AgentRow, _ holder: UUID) async {
        do {
            switch row.status {
            case .deleting: try await AgentRemover(provisioner: provisioner).finish(row, holder: holder)
            case .provisioning, .updating: _ = try await provisioner.run(row, holder: holder)
            case .ready where row.checkInDeadline != nil: try await wake(row, holder)
            default: try await provisioner.save(row.id, holder) { $0.leaveAlone() }
            }
        } catch {
            // It says so itself, and comes again.
            var metadata = AgentProvisioner.metadata(row)
            metadata["error"] = .string("\(error)")
            provisioner.logger.debug("an agent stays as it is", metadata: metadata)
        }
    }

    /// An agent did not call after it was woken: its token is made sure of, and it is woken again, until it was woken often enough.
    private func wake(_ row: AgentRow, _ holder: UUID) async throws {
        guard row.wakeAttempts < settings.mostWakes else {
            try await provisioner.save(row.id, holder) { $0.giveUpWaiting() }
            return
        }
        let again = try await provisioner.save(row.id, holder) { row in
            row.step = AgentProvisioning.Step.files.rawValue
            row.options = ProvisionOptions().json
        }
        _ = try await provisioner.run(again, holder: holder)
    }

    // MARK: Chores

    /// Counts agents, ends those whose tenant is gone, and forgets those that were gone long ago.
    private func tend() async {
        var looks = 0
        let strayLooks = max(1, Int(settings.strayInterval / settings.interval))
        while !Task.isCancelled {
            do {
                if looks % 15 == 0 { try await measure() }
                if looks % strayLooks == strayLooks - 1 { _ = try await endStrays() }
                if looks % 600 == 0 { try await forget() }
            } catch {
                if Task.isCancelled { return }
                complain(error)
            }
            looks += 1
            do { try await provisioner.time.sleep(for: settings.interval) } catch { return }
        }
    }

    /// Ends agents whose tenant is gone from Kubernetes, and their tokens with them; of 20 tenants at most.
    ///
    /// - Returns: how many were ended.
    /// - Throws: `PostgresError`; ``OperationError`` 503 when Kubernetes does not answer.
    @discardableResult
    func endStrays() async throws -> Int {
        var (last, tenants, ended) = ("", 0, 0)
        while tenants < 20, !Task.isCancelled {
            let (strays, next) = try await agents.strays(after: last)
            for row in strays.prefix(20 - tenants) {
                tenants += 1
                if try await provisioner.witness.isGone(row) { ended += try await end(row.gatewayID) }
            }
            guard let next else { break }
            last = next
        }
        return ended
    }

    private func end(_ gateway: String) async throws -> Int {
        let now = provisioner.now()
        let actor = AgentActor(subject: "control-plane", requestID: provisioner.makeHolder().text)
        var count = 0
        for id in try await agents.ids(gateway: gateway, limit: 1000) {
            try await agents.update(id, now: now) { row in
                guard row.status != .deleted else { return [] }
                let before = row
                // Whoever works on it finds that it is not theirs any more.
                row.end(now: now)
                return [actor.entry("AgentDeleted", row, "ended the agent, whose tenant is gone", before: before, isGone: true)]
            }
            count += 1
        }
        provisioner.logger.notice("agents of a tenant that is gone are ended", metadata: ["count": .stringConvertible(count)])
        return count
    }

    /// Forgets agents that were gone long ago, in parts, so that no statement takes long.
    func forget() async throws {
        let date = provisioner.now().addingTimeInterval(-settings.retention.seconds)
        while try await agents.forget(deletedBefore: date) == 1000, !Task.isCancelled {}
    }

    private func measure() async throws {
        let counts = try await agents.counts()
        for status in AgentStatus.allCases where status != .deleted {
            Gauge(label: "agents", dimensions: [("status", status.rawValue)]).record(counts[status] ?? 0)
        }
    }
}
