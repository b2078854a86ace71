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
        guard let tenant = informers.tenants.store[key] else { return try await sweep(key, context) }
        let isFinalized = tenant.metadata.finalizers.contains(CraneFinalizer.cleanup)
        if tenant.metadata.isBeingDeleted {
            // Without the finalizer everything has an owner reference, and goes with the Tenant.
            return isFinalized ? try await finalize(tenant, context) : .done
        }
        let verdict = TenantVerdict(situation(tenant))
        let isAway = verdict.placement.map { $0.namespace != tenant.metadata.namespace } ?? false
        return isAway || isFinalized ? try await finalize(tenant, context) : try await carryOut(verdict, tenant, context)
    }

    /// Owner references do not cross namespaces, so a workload elsewhere is bound to the Tenant by a finalizer.
    private func finalize(_ tenant: Tenant, _ context: ReconcileContext) async throws -> ReconcileResult {
        try await Finalization.run(
            tenant, finalizer: CraneFinalizer.cleanup, client: client,
            apply: { try await carryOut(TenantVerdict(situation($0)), $0, context) },
            cleanup: { tenant in
                var desired = tenant
                let plan = TenantStatusPlan(tenant: tenant, verdict: TenantVerdict(situation(tenant)), observation: .init())
                desired.status = plan.terminatingStatus(now: context.time.timestamp)
                _ = try await applier.writeStatus(of: tenant, to: desired)
                return try await children.delete(of: tenant.key) { _ in true } ? .finished : .pending(after: Self.patience)
            })
    }

    /// Deletes what a Tenant left behind that is gone without having been cleaned up.
    private func sweep(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        guard !children.references(of: key).isEmpty else { return .done }
        // The informer watches one namespace perhaps, and may lag behind: only the API server knows that a Tenant does not exist.
        guard try await client.resource(Tenant.self, namespace: key.namespace).getIfPresent(key) == nil else { return .done }
        context.logger.notice("Deleted objects of a Tenant that does not exist", metadata: ["tenant": "\(key)"])
        return try await children.delete(of: key) { _ in true } ? .done : .requeue(after: Self.patience)
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
        situation.observation = observation(tenant, namespace: target)
        situation.hasNamePolicies = informers.namePolicies != nil
        return situation
    }

    private func observation(_ tenant: Tenant, namespace: String) -> TenantObservation {
        let names = TenantNames(tenant: tenant.metadata.name)
        let references = children.references(of: tenant.key)
        let pods = children.pods(of: tenant.key)
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

    /// Whether a child belongs to a Tenant of the same name that was deleted: it must not be taken over, since its owner's end takes it away.
    private func isRemains(_ child: ChildReference, of tenant: Tenant) -> Bool {
        child.ownerUID != nil && child.ownerUID != tenant.metadata.uid
    }

    // MARK: - What is done

    private func carryOut(_ verdict: TenantVerdict, _ tenant: Tenant, _ context: ReconcileContext) async throws -> ReconcileResult {
        var observation = observation(tenant, namespace: TenantVerdict.expectedNamespace(tenant))
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
            tenant: tenant, verdict: verdict, observation: observation,
            refusal: refusal.map { TenantBlock(.childRefused, $0.message, isStalled: true) })
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
        // Judged by what the decision saw, not by what is there by now: a key that was deleted meanwhile must not be replaced while there is
        // state that needs it.
        if plan.existingClaim == nil { try await writer.createKey(desired.encryptionKey, informers.secrets) }
        try await writer.alignKey(desired.encryptionKey, informers.secrets)
        try await writer.apply(desired.configMap, informers.configMaps)
        try await writer.apply(desired.stateClaim, informers.claims)
        let deployment = try await writer.apply(desired.deployment, informers.deployments)
        try await writer.apply(desired.service, informers.services)
        try await writer.apply(desired.ingress, informers.ingresses)
        try await children.prune(surplus(desired, of: plan.tenant.key), of: plan.tenant.key)
        return deployment
    }

    private func surplus(_ desired: TenantChildren, of tenant: ObjectKey) -> [ChildReference] {
        let wanted = desired.identities
        return children.references(of: tenant).filter { !wanted.contains(ChildIdentity(kind: $0.kind, key: $0.key)) }
    }

    /// Does what is right although the workload cannot be brought up to date: makes room, closes the network, stops what is to be stopped.
    private func hold(_ tenant: Tenant, _ verdict: TenantVerdict, _ block: TenantBlock) async throws -> ReconcileResult {
        if let fence = verdict.fence { try await writer.apply(fence, informers.networkPolicies) }
        if tenant.spec.isSuspended { try await scaleDown(tenant) }
        guard block.reason == .moving else { return .done }
        let target = verdict.placement?.namespace
        let isGone = try await children.delete(of: tenant.key) { $0.key.namespace != target || isRemains($0, of: tenant) }
        return .requeue(after: isGone ? .seconds(1) : Self.patience)
    }

    private func scaleDown(_ tenant: Tenant) async throws {
        for deployment in informers.deployments.store.objects(index: OperatorInformers.byTenant, value: tenant.key.description)
        where deployment.spec?.replicas != 0 && !deployment.metadata.isBeingDeleted {
            _ = try await client.resource(AppsV1.Deployment.self, namespace: deployment.metadata.namespace).patch(
                deployment.key, .merge(["spec": ["replicas": 0]]), WriteOptions(fieldManager: FieldManagers.operator))
        }
    }

    /// Tells people when the tenant's readiness, or the reason for it, has changed.
    private func announce(_ tenant: Tenant, _ desired: Tenant, detail: String?) {
        let before = tenant.status?.conditions?.condition(ConditionType.ready)
        guard let after = desired.status?.conditions?.condition(ConditionType.ready),
            before?.status != after.status || before?.reason != after.reason
        else { return }
        let isBad = desired.status?.conditions?.isTrue(ConditionType.stalled) ?? false
        events.record(
            EventNote(
                regarding: CoreV1.ObjectReference(tenant), type: isBad ? .warning : .normal, reason: after.reason, action: "Reconcile",
                note: String((detail ?? after.message).prefix(1000))))
    }
}
