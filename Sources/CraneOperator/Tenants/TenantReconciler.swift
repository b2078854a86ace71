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

    /// Waits for something that is going away; its events usually bring the key back sooner.
    private static let patience: Duration = .seconds(10)

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        try await client.unlessGone(Tenant.self, key) {
            guard let tenant = informers.tenants.store[key] else { return try await sweep(key, context) }
            return try await reconcile(tenant, context)
        }
    }

    private func reconcile(_ tenant: Tenant, _ context: ReconcileContext) async throws -> ReconcileResult {
        let isFinalized = tenant.metadata.finalizers.contains(CraneFinalizer.cleanup)
        if tenant.metadata.isBeingDeleted {
            // Without the finalizer everything has an owner reference, and goes with the Tenant.
            return isFinalized ? try await finalize(situation(tenant), context) : .done
        }
        let situation = situation(tenant)
        let verdict = TenantVerdict(situation)
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
            cleanup: { tenant in
                var desired = tenant
                let plan = TenantStatusPlan(tenant: tenant, verdict: TenantVerdict(situation), observation: .init())
                desired.status = plan.terminatingStatus(now: context.time.timestamp)
                _ = try await applier.writeStatus(of: tenant, to: desired)
                return try await children.delete(of: ChildOwner(tenant)) { _ in true } ? .finished : .pending(after: Self.patience)
            }
        )
    }

    /// Deletes what a Tenant left behind that is gone without having been cleaned up.
    private func sweep(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        let owner = ChildOwner(gone: key)
        guard !children.references(of: owner).isEmpty else { return .done }
        // The informer watches one namespace perhaps, and may lag behind: only the API server knows that a Tenant does not exist.
        guard try await client.resource(Tenant.self, namespace: key.namespace).getIfPresent(key) == nil else { return .done }
        context.logger.notice("Deleted objects of a Tenant that does not exist", metadata: ["tenant": "\(key)"])
        return try await children.delete(of: owner) { _ in true } ? .done : .requeue(after: Self.patience)
    }

    // MARK: - What is known

    private func situation(_ tenant: Tenant) -> TenantSituation {
        var situation = TenantSituation(tenant: tenant, configuration: configuration)
        situation.parent = tenant.spec.clusterTenantRef.flatMap { informers.clusterTenants.store[ObjectKey(name: $0)] }
        let target = TenantVerdict.expectedNamespace(tenant)
        for namespace in Set([target, tenant.metadata.namespace ?? "default"]) {
            situation.policies += informers.policies.store.objects(inNamespace: namespace)
        }
        situation.namesakes = informers.tenants.store.objects(index: OperatorInformers.byName, value: tenant.metadata.name)
        situation.credentials = credentials(tenant, namespace: target)
        situation.observation = observation(tenant, namespace: target)
        situation.hasNamePolicies = informers.namePolicies != nil
        return situation
    }

    /// Secrets of a namespace that are marked for all tenants or for this one.
    private func credentials(_ tenant: Tenant, namespace: String) -> Set<String> {
        let named = (tenant.spec.channels ?? []).compactMap(\.credentialsSecretName)
        return Set(named).filter { name in
            let secret = informers.credentials.store[ObjectKey(namespace: namespace, name: name)]
            let mark = secret?.metadata.labels[CraneLabels.tenantCredentials]
            return mark == "true" || mark == CraneLabels.labelValue(tenant.metadata.name)
        }
    }

    private func observation(_ tenant: Tenant, namespace: String) -> TenantObservation {
        let names = TenantNames(tenant: tenant.metadata.name)
        let owner = ChildOwner(tenant)
        let references = children.references(of: owner)
        let pods = children.pods(of: owner)
        func key(_ name: String) -> ObjectKey { ObjectKey(namespace: namespace, name: name) }
        var observation = TenantObservation()
        observation.hasRemains = references.contains { isRemains($0, of: tenant) }
        observation.deployment = informers.deployments.store[key(names.deployment)]
        observation.claim = informers.claims.store[key(names.stateClaim)]
        observation.hasEncryptionKey = informers.secrets.store[key(names.encryptionKeySecret)] != nil
        observation.pods = pods.filter { $0.metadata.namespace == namespace }
        let occupied = Set(references.compactMap(\.key.namespace) + pods.compactMap(\.metadata.namespace))
        observation.formerNamespaces = occupied.subtracting([namespace]).sorted()
        return observation
    }

    /// Whether a child belongs to a deleted Tenant of the same name: it must not be taken over, since its owner's end takes it away.
    private func isRemains(_ child: ChildReference, of tenant: Tenant) -> Bool {
        child.ownerUID != nil && child.ownerUID != tenant.metadata.uid
    }

    // MARK: - What is done

    private func carryOut(
        _ verdict: TenantVerdict,
        _ situation: TenantSituation,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        let tenant = situation.tenant
        var observation = situation.observation
        var result = ReconcileResult.done
        var refusal: ChildRefusal?
        do {
            if let plan = verdict.plan {
                observation.deployment = try await provision(plan)
            } else if let block = verdict.block {
                result = try await hold(tenant, verdict, block)
            }
        } catch let error as ChildRefusal {
            refusal = error
        }
        let plan = TenantStatusPlan(
            tenant: tenant,
            verdict: verdict,
            observation: observation,
            refusal: refusal.map { TenantBlock(.childRefused, $0.message, isStalled: true) }
        )
        var desired = tenant
        desired.status = plan.status(now: context.time.timestamp)
        let written = try await applier.writeStatus(of: tenant, to: desired)
        if written.isWrite { announce(tenant, desired, detail: refusal?.description) }
        if let refusal { throw refusal }
        return result
    }

    /// The fence comes before what it fences; what the pod mounts comes before the pod.
    private func provision(_ plan: TenantPlan) async throws -> AppsV1.Deployment {
        let desired = plan.children
        try await writer.apply(desired.networkPolicy, informers.networkPolicies)
        if let policy = desired.namePolicy, let informer = informers.namePolicies { try await writer.apply(policy, informer) }
        try await writer.apply(desired.serviceAccount, informers.serviceAccounts)
        // Judged by what the decision saw, not by what is there by now: a key that was deleted meanwhile must not be replaced while
        // there is state that needs it.
        if plan.existingClaim == nil { try await writer.createKey(desired.encryptionKey, informers.secrets) }
        try await writer.alignKey(desired.encryptionKey, informers.secrets)
        try await writer.apply(desired.configMap, informers.configMaps)
        try await writer.apply(desired.stateClaim, informers.claims)
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
    private func hold(_ tenant: Tenant, _ verdict: TenantVerdict, _ block: TenantBlock) async throws -> ReconcileResult {
        if let fence = verdict.fence { try await writer.apply(fence, informers.networkPolicies) }
        if tenant.spec.isSuspended { try await scaleDown(tenant) }
        guard block.reason == .moving else { return .done }
        let target = verdict.placement?.namespace
        let isGone = try await children.delete(of: ChildOwner(tenant)) { $0.key.namespace != target || isRemains($0, of: tenant) }
        return .requeue(after: isGone ? .seconds(1) : Self.patience)
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
