import CraneAPI
import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime

/// Makes and fences the namespace of one customer, and takes it away again.
struct ClusterTenantReconciler: Sendable {
    let client: KubernetesClient
    let informers: OperatorInformers
    let configuration: OperatorConfiguration
    let applier: Applier
    let writer: ChildWriter
    let events: EventRecorder
    /// Asks for the certificates of customers' domains; `nil` when nobody is asked.
    var certificates: CustomerCertificates?
    /// Gives the control plane its role in the namespaces; `nil` when it is given none.
    var access: CustomerAccess?

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        guard let clusterTenant = informers.clusterTenants.store[key] else { return .done }
        return try await client.unlessGone(ClusterTenant.self, key) {
            try await Finalization.run(
                clusterTenant,
                finalizer: CraneFinalizer.cleanup,
                client: client,
                apply: { try await provision($0, context) },
                cleanup: { try await cleanUp($0, context) }
            )
        }
    }

    private func provision(_ clusterTenant: ClusterTenant, _ context: ReconcileContext) async throws -> ReconcileResult {
        let plan = ClusterTenantPlan(clusterTenant)
        var report = report(clusterTenant, tenants: attached(clusterTenant).count)
        report.block = plan.block
        report.namespace = informers.namespaces.store[plan.namespace.key]
        var result = ReconcileResult.done
        var refusal: ChildRefusal?
        if plan.block == nil, report.namespace?.metadata.isBeingDeleted != true {
            do {
                try await fence(plan, &report)
                // A namespace that belongs to somebody else is not watched.
                // Neither does anything tell when a refused certificate would be taken.
                if let block = report.block {
                    result = ReconcileResult(ReasonGuide.guide(block.reason.rawValue, of: .clusterTenant).retry)
                } else if report.certificate?.needsAnotherTry == true {
                    result = ReconcileResult(ReasonGuide.guide(CertificateReason.refused.rawValue, of: .certificate).retry)
                }
            } catch let error as ChildRefusal {
                refusal = error
                report.block = ClusterTenantBlock(.childRefused, error.message)
            }
        }
        try await write(report, context, detail: refusal?.description)
        if let refusal { throw refusal }
        return result
    }

    private func fence(_ plan: ClusterTenantPlan, _ report: inout ClusterTenantStatusPlan) async throws {
        if let namespace = report.namespace {
            report.block = plan.conflict(with: namespace, isManaged: true)
        } else {
            // Only the API server knows whether the name is free: the informer sees the operator's own namespaces alone.
            var existing = try await client.resource(CoreV1.Namespace.self).getIfPresent(plan.namespace.key)
            if existing == nil {
                // Not applied: what somebody makes at the same time would be taken over, and be deleted with the customer.
                let made = try await writer.create(plan.namespace)
                existing = made.isWrite ? nil : made.object
            }
            report.block = existing.flatMap { plan.conflict(with: $0, isManaged: false) }
        }
        if report.block != nil {
            report.namespace = nil
            return
        }
        report.namespace = try await writer.apply(plan.namespace, informers.namespaces)
        // Closed before anything else can be in it.
        report.hasDefaultDeny = ClusterTenantPlan.deniesEverything(try await close(plan))
        if let quota = plan.quota { try await writer.apply(quota, informers.quotas) }
        if let limits = plan.limits { try await writer.apply(limits, informers.limits) }
        report.hasQuota = plan.quota != nil
        try await prune(plan)
        try await access?.settle(plan)
        report.certificate = try await certificates?.settle(plan.clusterTenant)
    }

    private func report(_ clusterTenant: ClusterTenant, tenants: Int) -> ClusterTenantStatusPlan {
        var report = ClusterTenantStatusPlan(clusterTenant: clusterTenant, tenants: tenants)
        report.asksForCertificates = certificates != nil
        return report
    }

    /// Closes the namespace. What an apply leaves standing, because it merges, is replaced.
    private func close(_ plan: ClusterTenantPlan) async throws -> NetworkingV1.NetworkPolicy {
        let applied = try await writer.apply(plan.defaultDeny, informers.networkPolicies)
        guard !ClusterTenantPlan.deniesEverything(applied), !applied.metadata.isBeingDeleted else { return applied }
        return try await writer.replaceSpec(of: applied, by: plan.defaultDeny)
    }

    /// Takes away a quota that is no longer asked for.
    private func prune(_ plan: ClusterTenantPlan) async throws {
        guard plan.quota == nil else { return }
        func key(_ name: String) -> ObjectKey { ObjectKey(namespace: plan.namespaceName, name: name) }
        if let quota = informers.quotas.store[key(BoundNamespace.quotaName)] { try await applier.delete(quota) }
        if let limits = informers.limits.store[key(BoundNamespace.limitsName)] { try await applier.delete(limits) }
    }

    /// Deletes the namespace of a customer, once nothing of tenants is in it.
    func cleanUp(_ clusterTenant: ClusterTenant, _ context: ReconcileContext) async throws -> Finalization.CleanupResult {
        let plan = ClusterTenantPlan(clusterTenant)
        let attached = attached(clusterTenant)
        let namespace = informers.namespaces.store[plan.namespace.key]
        var report = report(clusterTenant, tenants: attached.count)
        report.namespace = namespace
        report.block = ClusterTenantDeletion.block(attached: attached.map(\.key), workloads: workloads(in: plan.namespaceName))
        if report.block == nil {
            // Neither that there is no namespace nor that nothing is in it can be had from informers, which may lag behind: the one would
            // leave the namespace, the other take away what is in it.
            let live = try await client.resource(CoreV1.Namespace.self).getIfPresent(plan.namespace.key)
            guard let live, plan.owns(live) else { return .finished }
            report.namespace = live
            if !live.metadata.isBeingDeleted {
                report.block = ClusterTenantDeletion.block(attached: [], workloads: try await unseenWorkloads(in: plan.namespaceName))
                if report.block == nil { try await applier.delete(live) }
            }
        }
        try await write(report, context, detail: nil)
        return .pending(after: ReasonGuide.interval((report.block?.reason ?? .terminating).rawValue, of: .clusterTenant))
    }

    /// Names of Deployments and claims of tenants that the API server has.
    private func unseenWorkloads(in namespace: String) async throws -> [String] {
        let options = ListOptions(labelSelector: "\(CraneLabels.managedBy)=\(FieldManagers.operator)")
        let deployments = try await client.resource(AppsV1.Deployment.self, namespace: namespace).listAll(options).items
        let claims = try await client.resource(CoreV1.PersistentVolumeClaim.self, namespace: namespace).listAll(options).items
        return deployments.map(\.metadata.name) + claims.map(\.metadata.name)
    }

    /// Tenants that have, or may have, their workload with the customer; others only name it, and are nothing to wait for.
    private func attached(_ clusterTenant: ClusterTenant) -> [Tenant] {
        let named = informers.tenants.store.objects(index: OperatorInformers.byClusterTenant, value: clusterTenant.metadata.name)
        let bound = BoundNamespace.name(clusterTenant: clusterTenant.metadata.name)
        return named.filter {
            $0.status?.targetNamespace == bound
                || TenantPlacement.permits($0, parent: clusterTenant, byDefault: configuration.placingNamespaces)
        }
    }

    private func workloads(in namespace: String) -> [String] {
        let deployments = informers.deployments.store.objects(inNamespace: namespace).map(\.metadata.name)
        return deployments + informers.claims.store.objects(inNamespace: namespace).map(\.metadata.name)
    }

    private func write(_ report: ClusterTenantStatusPlan, _ context: ReconcileContext, detail: String?) async throws {
        var desired = report.clusterTenant
        desired.status = report.status(now: context.time.timestamp)
        let written = try await applier.writeStatus(of: report.clusterTenant, to: desired, isGuarded: context.isCacheCurrent)
        let before = report.clusterTenant.status?.conditions?.condition(ConditionType.ready)
        guard written.isWrite, let after = desired.status?.conditions?.condition(ConditionType.ready),
            before?.status != after.status || before?.reason != after.reason
        else { return }
        events.record(
            EventNote(
                regarding: CoreV1.ObjectReference(report.clusterTenant),
                type: report.block == nil ? .normal : .warning,
                reason: after.reason,
                action: "Reconcile",
                note: String((detail ?? after.message).prefix(1000))
            )
        )
    }
}
