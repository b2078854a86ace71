import CraneAPI
import KubernetesClient
import KubernetesModel
import Logging
import Machines
import OperatorRuntime

/// Brings the machine of a tenant, and the tenant's status, to what the Tenant says.
///
/// Every reconcile looks at everything anew and makes one step that can be repeated; whatever must be known after a crash is written before what it stands for
/// is done.
struct MachineTenantReconciler: Sendable {
    let client: KubernetesClient
    let installation: InstallationIdentity
    let configuration: OperatorConfiguration
    let registry: MachineRegistry
    let applier: Applier
    let writer: ChildWriter
    let children: TenantChildStores
    let bootstraps: BootstrapSecrets
    let gateways: GatewayPool
    let events: EventRecorder
    /// Makes UUIDs in lower case.
    let ids: @Sendable () -> String
    /// What providers could not do, and when they may be asked again.
    let failures = FailedSteps()

    /// Waits for something that is going away.
    static let patience = ReasonGuide.interval(TenantReason.moving.rawValue, of: .machine)
    /// Before a provider is asked again that could not answer.
    static let providerPause = ReasonGuide.providerInterval

    /// Reconciles a tenant in a virtual machine.
    func reconcile(_ situation: TenantSituation, _ context: ReconcileContext) async throws -> ReconcileResult {
        try await Finalization.run(
            situation.tenant,
            finalizer: CraneFinalizer.cleanup,
            client: client,
            apply: { stored in
                var situation = situation
                situation.tenant = stored
                return try await carryOut(situation, context)
            },
            cleanup: { try await cleanUp($0, context) }
        )
    }

    /// Lets go of what is kept for a tenant that is gone.
    func forget(_ key: ObjectKey) async { await gateways.forget(key) }

    private func carryOut(_ situation: TenantSituation, _ context: ReconcileContext) async throws -> ReconcileResult {
        let tenant = situation.tenant
        let verdict = TenantVerdict(situation)
        var plan = MachineStatusPlan(tenant: tenant, verdict: verdict, block: verdict.block)
        let mark: MachineMark
        do throws(TenantBlock) {
            mark = try MachineMark(tenant, registry: registry)
            // That something of it is elsewhere is then no move that is under way.
            if let place = verdict.placement { try mark.check(place, tenant) }
        } catch {
            if plan.block == nil || plan.block?.reason == .moving { plan.block = error }
            return try await write(plan, .done, context)
        }
        if tenant.spec.isSuspended || verdict.block?.reason.isWithdrawal == true {
            return try await stop(mark, plan, context)
        }
        if let block = plan.block { return try await write(plan, ReconcileResult(block.reason, of: .machine), context) }
        guard let place = verdict.placement else { return .done }
        return try await run(mark, place, plan, context)
    }

    // MARK: - Running

    private func run(
        _ mark: MachineMark,
        _ place: TenantPlacement,
        _ plan: MachineStatusPlan,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        var plan = plan
        let tenant = plan.tenant
        let recorded = tenant.status?.provisioning?.run ?? 0
        switch try await bootstraps.find(tenant, namespace: place.namespace, run: mark.run) {
        case .blocked(let block):
            plan.block = block
            return try await write(plan, ReconcileResult(block.reason, of: .machine), context)
        case .current(let material):
            let noted = tenant.status?.machine?.credentialHash
            if recorded < material.run || noted == nil { return try await begin(mark, material, plan, context) }
            guard noted == material.credentialHash else {
                plan.block = .bootstrapGone
                return try await write(plan, .done, context)
            }
            return try await advance(mark, material, plan, context)
        case .older(let secret):
            guard recorded < mark.run else {
                plan.block = .bootstrapGone
                return try await write(plan, .done, context)
            }
            if let waiting = try await clear(mark, plan, context) { return waiting }
            try await applier.delete(secret)
            return .requeue(after: .milliseconds(100))
        case .absent:
            guard recorded < mark.run || tenant.status?.machine?.credentialHash == nil else {
                plan.block = .bootstrapGone
                return try await write(plan, .done, context)
            }
            if recorded > 0, recorded < mark.run, let waiting = try await clear(mark, plan, context) { return waiting }
            return try await makeSecret(mark, place, plan, context)
        }
    }

    /// Makes room for a new run: says so, then has the machine of the last one go.
    ///
    /// - Returns: how long to wait; `nil` when there is no machine any more.
    private func clear(_ mark: MachineMark, _ plan: MachineStatusPlan, _ context: ReconcileContext) async throws -> ReconcileResult? {
        var plan = plan
        plan.block = TenantBlock(.moving, "The machine of the former run is being taken away", isStalled: false)
        plan.beginsAnew = true
        if plan.status(now: context.time.timestamp) != plan.tenant.status {
            return try await write(plan, .requeue(after: .seconds(1)), context)
        }
        await gateways.forget(plan.tenant.key)
        return try await takeAway(mark, plan, context) ? nil : .requeue(after: .seconds(1))
    }

    /// Notes the run before anything is made for it.
    private func begin(
        _ mark: MachineMark,
        _ material: BootstrapMaterial,
        _ plan: MachineStatusPlan,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        var plan = plan
        plan.machine = MachineStatus(
            provider: mark.entry.provider.name,
            zone: mark.spec.zone,
            userDataHash: material.userDataHash,
            filesDigest: material.filesDigest,
            credentialHash: material.credentialHash
        )
        plan.provisioning = ProvisioningMachine(
            plan.tenant.status?.provisioning,
            run: material.run,
            evidence: .init(),
            now: context.time.timestamp
        )
        plan.machineAspect = .init(status: .false, reason: MachineReason.machineNotReady.rawValue, message: "There is no machine yet")
        plan.beginsAnew = true
        return try await write(plan, .requeue(after: .seconds(1)), context, isGuarded: true)
    }

    private func makeSecret(
        _ mark: MachineMark,
        _ place: TenantPlacement,
        _ plan: MachineStatusPlan,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        var plan = plan
        let tenant = plan.tenant
        guard let controlPlane = configuration.machines.controlPlane, let verdictPlan = plan.verdict.plan else {
            let message = "The operator was not told the control plane's address as machines reach it: set MACHINE_CONTROL_PLANE_URL"
            plan.block = TenantBlock(.runtimeNotSupported, message, isStalled: true)
            return try await write(plan, .done, context)
        }
        // A Secret for a Tenant that is gone would be nobody's.
        guard try await isThere(tenant) else { return .done }
        let source: BootstrapMaterial.Source
        do {
            source = BootstrapMaterial.Source(
                tenant: tenant,
                run: mark.run,
                machine: mark.target.name,
                entry: mark.entry,
                configuration: configuration,
                fleet: try mark.fleet(tenant, try await bootstraps.catalog(configuration)),
                environment: try await bootstraps.environment(tenant, namespace: place.namespace)
            )
        } catch let block as TenantBlock {
            plan.block = block
            return try await write(plan, .done, context)
        }
        var metadata = verdictPlan.metadata(TenantNames(tenant: tenant.metadata.name).bootstrapSecret)
        metadata.annotations[BootstrapMaterial.runAnnotation] = String(mark.run)
        let secret = CoreV1.Secret(
            metadata: metadata,
            type: "Opaque",
            data: try BootstrapMaterial.data(source, controlPlane: controlPlane, random: writer.randomBytes),
            immutable: true
        )
        _ = try await applier.createIfAbsent(secret, live: nil)
        // Whatever is there now is judged like one that was there before.
        return .requeue(after: .milliseconds(100))
    }

    /// Whether the API server has the Tenant, and has it stay.
    func isThere(_ tenant: Tenant) async throws -> Bool {
        let live = try await client.resource(Tenant.self, namespace: tenant.metadata.namespace).getIfPresent(tenant.key)
        return live?.metadata.uid == tenant.metadata.uid && live?.metadata.isBeingDeleted == false
    }

    // MARK: - Status

    /// Writes the status where it differs.
    ///
    /// - Parameter isGuarded: whether it is written over nothing else than what was seen even while a watch is silent.
    func write(
        _ plan: MachineStatusPlan,
        _ result: ReconcileResult,
        _ context: ReconcileContext,
        isGuarded: Bool = false
    ) async throws -> ReconcileResult {
        let tenant = plan.tenant
        var desired = tenant
        desired.status = plan.status(now: context.time.timestamp)
        do {
            let written = try await applier.writeStatus(of: tenant, to: desired, isGuarded: isGuarded || context.isCacheCurrent)
            if written.isWrite { announce(tenant, desired) }
        } catch let error as KubernetesError where error.isConflict {
            // Somebody else has written; what they wrote brings the key back.
            return .requeue(after: .milliseconds(200))
        }
        return result
    }

    /// Tells people when the tenant's phase has changed.
    private func announce(_ tenant: Tenant, _ desired: Tenant) {
        guard let phase = desired.status?.phase, phase != tenant.status?.phase, phase != .pending else { return }
        events.record(
            EventNote(
                regarding: CoreV1.ObjectReference(tenant),
                type: phase == .error || phase == .degraded ? .warning : .normal,
                reason: desired.status?.conditions?.condition(ConditionType.ready)?.reason ?? phase.rawValue,
                action: "Reconcile",
                note: String((desired.status?.message ?? "").prefix(1000))
            )
        )
    }
}

extension TenantBlock {
    /// What a machine was made with is lost.
    static let bootstrapGone = TenantBlock(
        .bootstrapSecretMissing,
        "The Secret that the machine was made with is gone: restore it, or raise the run by the annotation \(BootstrapMaterial.runAnnotation) "
            + "to have the machine made anew",
        isStalled: true
    )
}
