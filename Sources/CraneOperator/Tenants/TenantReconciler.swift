import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime

/// Brings one tenant's objects and status to what ``TenantVerdict`` says.
struct TenantReconciler: Sendable {
    let client: KubernetesClient
    let informers: OperatorInformers
    let configuration: OperatorConfiguration
    let applier: Applier
    let writer: ChildWriter
    let children: TenantChildStores
    let events: EventRecorder
    /// Does the same for tenants in virtual machines.
    let machines: MachineTenantReconciler

    /// Waits for something that is going away; its events usually bring the key back sooner.
    private static let patience = ReasonGuide.interval(TenantReason.moving.rawValue, of: .pod)

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        try await client.unlessGone(Tenant.self, key) {
            guard let tenant = informers.tenants.store[key] else { return try await sweep(key, context) }
            return try await reconcile(tenant, context)
        }
    }

    private func reconcile(_ tenant: Tenant, _ context: ReconcileContext) async throws -> ReconcileResult {
        if tenant.spec.runtimeType == .virtualMachine { return try await machines.reconcile(situation(tenant), context) }
        let isFinalized = tenant.metadata.finalizers.contains(CraneFinalizer.cleanup)
        if tenant.metadata.isBeingDeleted {
            // Without the finalizer everything has an owner reference, and goes with the Tenant.
            return isFinalized ? try await finalize(situation(tenant), context) : .done
        }
        var situation = situation(tenant)
        var verdict = TenantVerdict(situation)
        if verdict.plan != nil {
            // Children of a Tenant that is gone would be collected as garbage, and their going would bring the key back at once.
            if !situation.observation.isComplete, try await !isThere(tenant) { return .done }
            if try await confirm(&situation) { verdict = TenantVerdict(situation) }
        }
        let isAway = verdict.placement.map { $0.namespace != tenant.metadata.namespace } ?? false
        return isAway || isFinalized ? try await finalize(situation, context) : try await carryOut(verdict, situation, context)
    }

    /// Owner references do not cross namespaces, so a workload elsewhere is bound to the Tenant by a finalizer.
    private func finalize(_ situation: TenantSituation, _ context: ReconcileContext) async throws -> ReconcileResult {
        try await Finalization.run(
            situation.tenant,
            finalizer: CraneFinalizer.cleanup,
            client: client,
            apply: { stored in
                var situation = situation
                situation.tenant = stored
                return try await carryOut(TenantVerdict(situation), situation, context)
            },
            cleanup: { try await cleanUp($0, context) }
        )
    }

    /// Deletes what a Tenant has elsewhere.
    func cleanUp(_ tenant: Tenant, _ context: ReconcileContext) async throws -> Finalization.CleanupResult {
        var desired = tenant
        desired.status = TenantStatusPlan.terminatingStatus(of: tenant, now: context.time.timestamp)
        _ = try await applier.writeStatus(of: tenant, to: desired, isGuarded: context.isCacheCurrent)
        let owner = ChildOwner(tenant)
        let isRetaining = tenant.metadata.annotations[CraneAnnotations.retention] == ChildReference.retain
        func fate(_ child: ChildReference) -> ChildFate { child.fate(leftBy: tenant, retaining: isRetaining) }
        guard try await children.delete(of: owner, fate: fate) else { return .pending(after: Self.patience) }
        // The finalizer is the last that knows of the children, so that no informer sees any is not enough.
        let isGone = try await children.deleteUnseen(of: owner, in: owner.places, fate: fate)
        return isGone ? .finished : .pending(after: .seconds(1))
    }

    /// Deletes what a Tenant left behind that is gone without having been cleaned up, but for its state: a backup is restored in this order
    /// too, the Tenant last.
    private func sweep(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        await machines.forget(key)
        let owner = ChildOwner(gone: key)
        guard !children.references(of: owner).isEmpty else { return .done }
        // The informer watches one namespace perhaps, and may lag behind: only the API server knows that a Tenant does not exist.
        guard try await client.resource(Tenant.self, namespace: key.namespace).getIfPresent(key) == nil else { return .done }
        context.logger.notice("Deleted objects of a Tenant that does not exist; kept its state", metadata: ["tenant": "\(key)"])
        return try await children.delete(of: owner, fate: { $0.fateWithoutTenant }) ? .done : .requeue(after: Self.patience)
    }

    private func carryOut(
        _ verdict: TenantVerdict,
        _ situation: TenantSituation,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        let tenant = situation.tenant
        var observation = situation.observation
        var result = ReconcileResult.done
        var refusal: ChildRefusal?
        var late: TenantBlock?
        do {
            if let plan = verdict.plan {
                observation.deployment = try await provision(plan)
            } else if let block = verdict.block {
                result = try await hold(tenant, verdict, block, occupant: observation.occupant)
            }
        } catch let error as ChildRefusal {
            refusal = error
        } catch let block as TenantBlock {
            late = block
            result = try await hold(tenant, verdict, block, occupant: observation.occupant)
        }
        let plan = TenantStatusPlan(
            tenant: tenant,
            verdict: verdict,
            observation: observation,
            refusal: refusal.map { TenantBlock(.childRefused, $0.message, isStalled: true) } ?? late
        )
        var desired = tenant
        desired.status = plan.status(now: context.time.timestamp)
        // Not to another Tenant of the name. While a watch is silent, which would have every write refused, the identity alone is checked.
        let written = try await applier.writeStatus(of: tenant, to: desired, isGuarded: context.isCacheCurrent)
        if written.isWrite { announce(tenant, desired, detail: refusal?.description) }
        if let refusal { throw refusal }
        return result
    }

    /// The fence comes before what it fences; what the pod mounts comes before the pod.
    private func provision(_ plan: TenantPlan) async throws -> AppsV1.Deployment {
        let desired = plan.children
        try await writer.apply(desired.networkPolicy, informers.networkPolicies)
        if let policy = desired.namePolicy { try await writer.apply(policy, informers.namePolicies.informer) }
        try await writer.apply(desired.serviceAccount, informers.serviceAccounts)
        // Judged by what the decision saw, not by what is there by now: a key that was deleted meanwhile must not be replaced while
        // there is state that needs it.
        if plan.existingClaim == nil, let key = try await writer.createKey(desired.encryptionKey, informers.secrets) {
            var found = TenantObservation()
            found.noteUnseen(ChildReference(key), of: plan.tenant)
            try TenantChecks.observation(found)
        }
        try await writer.alignKey(desired.encryptionKey, informers.secrets)
        try await writer.apply(desired.configMap, informers.configMaps)
        let claim = try await writer.apply(desired.stateClaim, informers.claims)
        try await writer.align(claim, with: desired.stateClaim, owners: false)
        let deployment = try await deploy(desired.deployment, of: plan.tenant)
        try await writer.apply(desired.service, informers.services)
        try await writer.apply(desired.ingress, informers.ingresses)
        try await children.prune(surplus(desired, of: plan.tenant))
        return deployment
    }

    /// Applies the Deployment, and takes away what somebody put into its pod and an apply leaves there.
    private func deploy(_ desired: AppsV1.Deployment, of tenant: Tenant) async throws -> AppsV1.Deployment {
        let applied = try await writer.apply(desired, informers.deployments)
        let surplus = PodSurplus(of: applied.spec?.template?.spec, beyond: desired.spec?.template?.spec)
        guard !surplus.findings.isEmpty, !applied.metadata.isBeingDeleted else { return applied }
        let repaired = try await writer.replace(["spec", "template", "spec"], of: applied, by: desired)
        events.record(
            EventNote(
                regarding: CoreV1.ObjectReference(tenant),
                type: .warning,
                reason: "PodTemplateRepaired",
                action: "Reconcile",
                note: String("Taken out of Deployment \(desired.metadata.name): \(surplus.findings.joined(separator: ", "))".prefix(1000))
            )
        )
        return repaired
    }

    private func surplus(_ desired: TenantChildren, of tenant: Tenant) -> [ChildReference] {
        let wanted = desired.identities
        return children.references(of: ChildOwner(tenant)).filter { !wanted.contains(ChildIdentity(kind: $0.kind, key: $0.key)) }
    }

    /// Does what is right although the workload cannot be brought up to date: makes room, closes the network, stops what is to be stopped.
    private func hold(
        _ tenant: Tenant,
        _ verdict: TenantVerdict,
        _ block: TenantBlock,
        occupant: TenantOccupant?
    ) async throws -> ReconcileResult {
        if let fence = verdict.fence { try await writer.apply(fence, informers.networkPolicies) }
        if tenant.spec.isSuspended || block.reason.isWithdrawal { try await scaleDown(tenant) }
        guard block.reason == .moving else { return ReconcileResult(block.reason, of: .pod) }
        let target = verdict.placement?.namespace
        func isLeft(_ child: ChildReference) -> Bool { child.key.namespace != target || child.isRemains(before: tenant) }
        func fate(_ child: ChildReference) -> ChildFate { child.fate(leftBy: tenant) }
        let owner = ChildOwner(tenant)
        guard try await children.delete(of: owner, fate: fate, where: isLeft) else { return .requeue(after: Self.patience) }
        // What was not seen by the informers but found by asking.
        let isGone = try await children.deleteUnseen(of: owner, in: owner.places, fate: fate, where: isLeft)
        return .requeue(after: isGone && occupant == nil ? .seconds(1) : Self.patience)
    }

    private func scaleDown(_ tenant: Tenant) async throws {
        let owner = ChildOwner(tenant)
        for deployment in informers.deployments.store.objects(index: OperatorInformers.byTenant, value: tenant.key.description)
        where owner.namespaces.contains(deployment.metadata.namespace ?? "default") && deployment.spec?.replicas != 0
            && !deployment.metadata.isBeingDeleted
        {
            _ = try await client.resource(AppsV1.Deployment.self, namespace: deployment.metadata.namespace).patch(
                deployment.key,
                .merge(["spec": ["replicas": 0]]),
                WriteOptions(fieldManager: FieldManagers.operator)
            )
        }
    }

    /// Tells people when the tenant's readiness, or the reason for it, has changed.
    private func announce(_ tenant: Tenant, _ desired: Tenant, detail: String?) {
        let before = tenant.status?.conditions?.condition(ConditionType.ready)
        guard let after = desired.status?.conditions?.condition(ConditionType.ready),
            before?.status != after.status || before?.reason != after.reason
        else { return }
        let isBad = desired.status?.conditions?.isTrue(ConditionType.stalled) ?? false
        // That a new tenant is on its way is no news.
        guard before != nil || isBad || after.status == .true else { return }
        events.record(
            EventNote(
                regarding: CoreV1.ObjectReference(tenant),
                type: isBad ? .warning : .normal,
                reason: after.reason,
                action: "Reconcile",
                note: String((detail ?? after.message).prefix(1000))
            )
        )
    }
}
