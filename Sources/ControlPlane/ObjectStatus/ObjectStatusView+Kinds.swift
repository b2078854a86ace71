import CraneAPI
import KubernetesModel

extension ObjectStatusView {
    /// How a tenant is doing. Pure.
    init(_ tenant: Tenant, now: Timestamp) {
        let status = tenant.status
        let isMachine = tenant.spec.runtimeType == .virtualMachine
        var outlook = ObjectOutlook(
            isMachine ? .machine : .pod,
            tenant.metadata,
            status?.conditions ?? [],
            observedGeneration: status?.observedGeneration
        )
        let steps = isMachine ? (status?.provisioning?.steps ?? []) : []
        let running = steps.first { $0.status == .running }
        outlook.deadline = running.flatMap { step in
            step.startedAt.flatMap { ProvisioningStepName(rawValue: step.name)?.deadline(from: $0) }
        }
        self.init(
            kind: .tenant,
            tenant.metadata,
            phase: (status?.phase ?? .pending).rawValue,
            message: status?.message,
            conditions: status?.conditions ?? [],
            observedGeneration: status?.observedGeneration,
            outlook: outlook,
            now: now
        )
        suspended = tenant.spec.isSuspended
        if isMachine {
            run = status?.provisioning?.run
            self.steps = steps.map(ProvisioningStepView.init)
            machine = status?.machine.map { MachineStatusView(provider: $0.provider, state: $0.state, zone: $0.zone) }
        }
        gateway = status?.gateway.map { GatewayStatusView(url: $0.url, version: $0.version, protocol: $0.protocol) }
        ingressHost = status?.ingressHost
        podName = status?.podName
        targetNamespace = status?.targetNamespace
        if let status, status.effectivePolicyRef != nil || status.policyResolutionState != nil {
            policy = PolicyResolutionView(
                effectivePolicyRef: status.effectivePolicyRef,
                source: status.policyResolutionSource,
                resolution: status.policyResolutionState
            )
        }
    }

    /// How a policy is doing. Pure.
    init(_ policy: AccessPolicy, now: Timestamp) {
        let status = policy.status
        let conditions = status?.conditions ?? []
        self.init(
            kind: .accessPolicy,
            policy.metadata,
            phase: Self.phase(policy.metadata, conditions.condition(ConditionType.ready)?.status),
            message: status?.message,
            conditions: conditions,
            observedGeneration: status?.observedGeneration,
            outlook: ObjectOutlook(.policy, policy.metadata, conditions, observedGeneration: status?.observedGeneration),
            now: now
        )
        matchedTenants = status?.matchedTenants
    }

    /// How a customer is doing. Pure.
    init(_ clusterTenant: ClusterTenant, now: Timestamp) {
        let status = clusterTenant.status
        let conditions = status?.conditions ?? []
        self.init(
            kind: .clusterTenant,
            clusterTenant.metadata,
            phase: (status?.phase ?? .pending).rawValue,
            message: status?.message,
            conditions: conditions,
            observedGeneration: status?.observedGeneration,
            outlook: ObjectOutlook(.clusterTenant, clusterTenant.metadata, conditions, observedGeneration: status?.observedGeneration),
            now: now
        )
        boundNamespace = status?.boundNamespace
        provisioner = status?.provisioner
        tenants = status?.tenants
    }

    /// A policy has no phase of its own.
    private static func phase(_ metadata: ObjectMeta, _ ready: ConditionStatus?) -> String {
        if metadata.isBeingDeleted { return "Terminating" }
        return switch ready {
        case .true: "Applied"
        case .false: "Invalid"
        default: "Pending"
        }
    }

    private init(
        kind: ResourceKind,
        _ metadata: ObjectMeta,
        phase: String,
        message: String?,
        conditions: [Condition],
        observedGeneration: Int64?,
        outlook: ObjectOutlook,
        now: Timestamp
    ) {
        self.init(
            kind: kind.rawValue,
            name: metadata.name,
            phase: phase,
            ready: conditions.isTrue(ConditionType.ready) && ObjectOutlook.isCurrent(metadata, observedGeneration),
            message: message,
            suspended: false,
            generation: metadata.generation ?? 0,
            observedGeneration: observedGeneration,
            createdAt: (metadata.creationTimestamp ?? Timestamp(microseconds: 0)).description,
            deletionTimestamp: metadata.deletionTimestamp?.description,
            finalizers: metadata.finalizers.isEmpty ? nil : metadata.finalizers,
            conditions: conditions.map(ConditionView.init),
            steps: [],
            cause: outlook.cause,
            retry: outlook.retry(now: now),
            advice: outlook.guide.advice
        )
    }
}
