import CraneAPI
import KubernetesClient
import KubernetesModel
import Logging
import Machines
import OperatorRuntime

extension MachineTenantReconciler {
    /// Has the machine go.
    ///
    /// - Returns: whether there is none.
    func takeAway(_ mark: MachineMark, _ plan: MachineStatusPlan, _ context: ReconcileContext) async throws -> Bool {
        var plan = plan
        switch await attemptToRemove(mark, plan, now: context.time.timestamp) {
        case .gone: return true
        case .planned(let operation, let seen):
            plan.note(seen, configuration)
            plan.machine?.operation = operation.description
        case .done(.seen(let seen)):
            if seen.state == .absent, seen.operation == nil { return true }
            plan.note(seen, configuration)
            if let trouble = seen.trouble {
                plan.machineAspect = .init(status: .false, reason: trouble.reason, message: trouble.message)
            }
        case .done(.trouble(let error)):
            // Another's machine of the name is not ours to take away, and not in the way of our own going.
            if error.code == .foreignMachine { return true }
            plan.machineAspect = .init(MachineFinding(error))
        }
        try await writeMachine(plan, context)
        return false
    }

    private func attemptToRemove(_ mark: MachineMark, _ plan: MachineStatusPlan, now: Timestamp) async -> Attempt {
        let provider = mark.entry.provider
        do throws(MachineError) {
            let seen = try await provider.observe(mark.target, operation: plan.operation)
            if let waiting = failed(seen, plan.operation, .gone, mark, now) { return .done(.seen(waiting)) }
            let planned = provider.plannedOperation(for: .gone, last: seen, ids: ids)
            if let planned, planned != plan.operation { return .planned(planned, seen) }
            let result = try await provider.destroy(mark.target, operation: planned)
            return .done(.seen(failed(result, planned, .gone, mark, now) ?? result))
        } catch {
            return .done(.trouble(error))
        }
    }

    /// Writes what is known of the machine, and nothing else.
    private func writeMachine(_ plan: MachineStatusPlan, _ context: ReconcileContext) async throws {
        var desired = plan.tenant
        var status = desired.status ?? TenantStatus()
        status.machine = plan.machine
        if let aspect = plan.machineAspect {
            var conditions = status.conditions ?? []
            conditions.set(
                ConditionType.machineReady,
                status: aspect.status,
                reason: aspect.reason,
                message: aspect.message,
                observedGeneration: plan.tenant.metadata.generation,
                now: context.time.timestamp
            )
            status.conditions = conditions
        }
        desired.status = status
        _ = try await applier.writeStatus(of: plan.tenant, to: desired, isGuarded: true)
    }

    /// Takes away what a tenant has: the machine first, then its objects.
    func cleanUp(_ tenant: Tenant, _ context: ReconcileContext) async throws -> Finalization.CleanupResult {
        await gateways.forget(tenant.key)
        var terminating = tenant
        terminating.status = TenantStatusPlan.terminatingStatus(of: tenant, now: context.time.timestamp)
        let written = try await applier.writeStatus(of: tenant, to: terminating)
        let current = written.isWrite ? written.object : tenant
        let verdict = TenantVerdict(TenantSituation(tenant: current, configuration: configuration))
        let plan = MachineStatusPlan(tenant: current, verdict: verdict, block: nil)
        // Before the run was noted nothing was made.
        if current.status?.machine != nil {
            let mark: MachineMark
            do throws(TenantBlock) {
                mark = try MachineMark(current, registry: registry)
            } catch {
                context.logger.error("A machine cannot be taken away", metadata: ["tenant": "\(tenant.key)", "error": "\(error.message)"])
                return .pending(after: configuration.machines.resync)
            }
            guard try await takeAway(mark, plan, context) else { return .pending(after: .seconds(1)) }
        }
        let owner = ChildOwner(tenant)
        guard try await children.delete(of: owner, where: { _ in true }) else { return .pending(after: Self.patience) }
        return try await children.deleteUnseen(of: owner, in: owner.places) ? .finished : .pending(after: .seconds(1))
    }
}
