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

    /// Looks until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var looks = 0
            while !Task.isCancelled {
                do {
                    // A full batch means there may be more: no pause then.
                    while try await sweep() == settings.batch, !Task.isCancelled {}
                    if looks % 15 == 0 { try await measure() }
                    if looks % 600 == 0 { try await forget() }
                    looks += 1
                } catch is CancellationError {
                    return
                } catch {
                    provisioner.logger.warning("agents could not be looked after", metadata: ["error": .string("\(error)")])
                }
                do { try await provisioner.time.sleep(for: settings.interval) } catch { return }
            }
        }
    }

    /// Takes the agents that are due and looks after them. One that cannot be looked after disturbs no other.
    ///
    /// - Returns: how many were taken.
    /// - Throws: `PostgresError`.
    @discardableResult
    func sweep() async throws -> Int {
        let holder = provisioner.makeHolder()
        let due = try await agents.claim(limit: settings.batch, holder: holder, until: provisioner.leaseEnd(), now: provisioner.now())
        await withTaskGroup(of: Void.self) { group in
            for row in due {
                group.addTask { await look(after: row, holder) }
            }
        }
        return due.count
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
