import CraneAPI
import KubernetesClient
import KubernetesModel
import Machines
import OperatorRuntime

extension MachineTenantReconciler {
    /// Brings the machine and the run a step further, and says how both stand.
    func advance(
        _ mark: MachineMark,
        _ material: BootstrapMaterial,
        _ plan: MachineStatusPlan,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        var plan = plan
        let tenant = plan.tenant
        let before = tenant.status?.provisioning
        let isMade = ProvisioningMachine.isDone(.machine, in: before)
        let mayBeMade = !isMade && !ProvisioningMachine.hasFailed(before)
        let sight: MachineSight
        switch await attempt(mark, material, plan, mayBeMade: mayBeMade, now: context.time.timestamp) {
        case .gone: return .done
        case .planned(let operation, let seen): return try await store(operation, seen, plan, context)
        case .done(let result): sight = result
        }
        if case .seen(let seen) = sight { plan.note(seen, configuration) }
        let reports = BootstrapEvidence(
            tenant.status?.bootstrap,
            credentialHash: material.credentialHash,
            filesDigest: material.filesDigest
        )
        let finding = MachineFinding(sight, hasReported: reports.hasReported, userDataHash: material.userDataHash, wasMade: isMade)
        plan.machineAspect = .init(finding)
        plan.lasting = finding.lasting
        plan.gateway = await gateway(of: plan, material, reports)
        let evidence = ProvisioningEvidence(
            machine: finding.step,
            reports: reports,
            lasting: finding.lasting,
            gateway: plan.gateway,
            channels: (tenant.spec.channels ?? []).map(\.adapter)
        )
        let now = context.time.timestamp
        let provisioning = ProvisioningMachine(before, run: mark.run, evidence: evidence, now: now)
        plan.provisioning = provisioning
        return try await write(plan, .requeue(after: pause(sight, provisioning, now)), context)
    }

    /// What came of asking a provider.
    enum Attempt {
        /// It was asked.
        case done(MachineSight)
        /// Before it is asked, this has to be stored.
        case planned(MachineOperation, MachineObservation)
        /// The Tenant is not there any more.
        case gone
    }

    private func attempt(
        _ mark: MachineMark,
        _ material: BootstrapMaterial,
        _ plan: MachineStatusPlan,
        mayBeMade: Bool,
        now: Timestamp
    ) async -> Attempt {
        let provider = mark.entry.provider
        do throws(MachineError) {
            let seen = try await provider.observe(mark.target, operation: plan.operation)
            // One that was there and is not any more is not made again: it would have nothing to start with.
            let isWanted = seen.state == .absent ? mayBeMade : mayBeMade || seen.state == .stopped || seen.state == .stopping
            guard isWanted else { return .done(.seen(seen)) }
            if let waiting = failed(seen, plan.operation, .power(.on), mark, now) { return .done(.seen(waiting)) }
            let planned = provider.plannedOperation(for: .power(.on), last: seen, ids: ids)
            if let planned, planned != plan.operation { return .planned(planned, seen) }
            if seen.state == .absent, try await !isThereStill(plan.tenant) { return .gone }
            let request = mark.request(material, installation: await installation.label())
            let result = try await provider.ensure(request, operation: planned)
            return .done(.seen(failed(result, planned, .power(.on), mark, now) ?? result))
        } catch {
            return .done(.trouble(error))
        }
    }

    /// What is to be shown of a step that the provider could not take, until its time has come again.
    func failed(
        _ seen: MachineObservation,
        _ asked: MachineOperation?,
        _ goal: MachineGoal,
        _ mark: MachineMark,
        _ now: Timestamp
    ) -> MachineObservation? {
        failures.verdict(seen, asked: asked, goal: goal, key: "\(mark.target.owner.uid) \(mark.run)", now: now, pause: Self.providerPause)
    }

    /// Stores what is about to be done; the next reconcile does it.
    private func store(
        _ operation: MachineOperation,
        _ seen: MachineObservation,
        _ plan: MachineStatusPlan,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        var plan = plan
        plan.note(seen, configuration)
        plan.machine?.operation = operation.description
        if plan.isStopped == nil {
            plan.provisioning = plan.tenant.status?.provisioning.map {
                ProvisioningMachine($0, run: $0.run, evidence: .init(), now: context.time.timestamp)
            }
        }
        return try await write(plan, .requeue(after: .seconds(1)), context, isGuarded: true)
    }

    /// As ``isThere(_:)``; when the API server cannot be asked, nothing is made.
    private func isThereStill(_ tenant: Tenant) async throws(MachineError) -> Bool {
        do {
            return try await isThere(tenant)
        } catch {
            throw MachineError(.unreachable, "The API server could not be asked whether the Tenant is still there", cause: error)
        }
    }

    private func gateway(of plan: MachineStatusPlan, _ material: BootstrapMaterial, _ reports: BootstrapEvidence) async -> GatewayView? {
        // Before the files are there, nobody knows what answers at the address.
        let isExpected = ProvisioningMachine.isDone(.files, in: plan.tenant.status?.provisioning) || reports.files.isGood
        guard isExpected, let address = plan.machine?.address, let port = plan.machine?.port else { return nil }
        return await gateways.watch(
            plan.tenant.key,
            GatewayTarget(host: address, port: port, token: material.gatewayToken, device: material.device),
            for: ProvisioningMachine.isVerified(plan.tenant.status?.provisioning) ? .verified : .provisioning
        )
    }

    private func pause(_ sight: MachineSight, _ provisioning: ProvisioningMachine, _ now: Timestamp) -> Duration {
        var pause = configuration.machines.resync
        switch sight {
        case .seen(let seen): if let asked = seen.retryAfter { pause = min(pause, asked) }
        case .trouble(let error): pause = min(pause, error.retryAfter ?? Self.providerPause)
        }
        if let deadline = provisioning.deadline {
            let left = Duration.microseconds(max(0, deadline.microseconds - now.microseconds) + 1000)
            pause = min(pause, left)
        }
        return max(pause, .milliseconds(200))
    }

    // MARK: - Stopping

    /// Switches the machine off, for as long as the Tenant says so.
    func stop(_ mark: MachineMark, _ plan: MachineStatusPlan, _ context: ReconcileContext) async throws -> ReconcileResult {
        var plan = plan
        let tenant = plan.tenant
        plan.isStopped = false
        await gateways.forget(tenant.key)
        var pause = configuration.machines.resync
        switch await attemptToStop(mark, plan, now: context.time.timestamp) {
        case .gone: return .done
        case .planned(let operation, let seen): return try await store(operation, seen, plan, context)
        case .done(.trouble(let error)):
            plan.machineAspect = .init(MachineFinding(error))
            pause = error.retryAfter ?? Self.providerPause
        case .done(.seen(let seen)):
            plan.note(seen, configuration)
            let isStopped = seen.state == .stopped || seen.state == .absent
            plan.isStopped = isStopped
            plan.machineAspect = .init(
                status: .false,
                reason: (isStopped ? MachineReason.suspended : .machineNotReady).rawValue,
                message: isStopped ? "The machine is stopped" : seen.trouble?.message ?? "The machine is being stopped"
            )
            if !isStopped { pause = seen.retryAfter ?? Self.patience }
        }
        return try await write(plan, .requeue(after: pause), context)
    }

    private func attemptToStop(_ mark: MachineMark, _ plan: MachineStatusPlan, now: Timestamp) async -> Attempt {
        let provider = mark.entry.provider
        do throws(MachineError) {
            let seen = try await provider.observe(mark.target, operation: plan.operation)
            guard seen.state != .absent, seen.state != .stopped || plan.operation != nil else { return .done(.seen(seen)) }
            if let waiting = failed(seen, plan.operation, .power(.off), mark, now) { return .done(.seen(waiting)) }
            let planned = provider.plannedOperation(for: .power(.off), last: seen, ids: ids)
            if let planned, planned != plan.operation { return .planned(planned, seen) }
            let result = try await provider.power(.off, of: mark.target, operation: planned)
            return .done(.seen(failed(result, planned, .power(.off), mark, now) ?? result))
        } catch {
            return .done(.trouble(error))
        }
    }
}

extension MachineStatusPlan {
    /// The operation that was stored.
    var operation: MachineOperation? { machine?.operation.flatMap(MachineOperation.init) }

    /// Takes note of what was seen.
    mutating func note(_ seen: MachineObservation, _ configuration: OperatorConfiguration) {
        var status = machine ?? MachineStatus()
        if let id = seen.id { status.id = id.providerID }
        status.state = seen.providerState.isEmpty ? seen.state.rawValue : seen.providerState
        if let address = configuration.machines.address(of: seen) { status.address = address }
        if seen.state != .absent { status.port = seen.gatewayPort ?? configuration.gatewayPort }
        status.operation = seen.operation?.description
        machine = status
    }
}

extension ProvisioningEvidence.Finding {
    /// Whether it is as it should be.
    var isGood: Bool { if case .good = self { true } else { false } }
}

extension ProvisioningEvidence {
    /// Puts together what is seen.
    ///
    /// - Parameters:
    ///   - lasting: what no waiting mends of the machine: then what the machine has not reported by now it will not report.
    ///   - channels: names of the channels that are wanted.
    init(machine: Finding, reports: BootstrapEvidence, lasting: String?, gateway: GatewayView?, channels: [String]) {
        func ended(_ finding: Finding) -> Finding {
            guard case .pending = finding, let end = reports.failure ?? lasting else { return finding }
            return .bad(end)
        }
        self.init()
        self.machine = machine
        bootstrap = ended(reports.bootstrap)
        files = ended(reports.files)
        if let gateway {
            self.gateway = ended(gateway.gateway)
            connectivity = gateway.gateway.isGood ? gateway.connectivity(channels) : nil
        } else if let failure = reports.failure ?? lasting {
            self.gateway = .bad(failure)
        }
    }
}
