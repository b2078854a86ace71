import CraneAPI
import KubernetesModel

/// The status of a tenant, as a function of what was decided and of what is there. Times in it change only with a condition's status.
public struct TenantStatusPlan: Sendable {
    /// The tenant.
    public var tenant: Tenant
    /// What was decided.
    public var verdict: TenantVerdict
    /// What is there.
    public var observation: TenantObservation
    /// What the API server refused on the way, if anything.
    public var refusal: TenantBlock?

    /// Makes a plan.
    public init(tenant: Tenant, verdict: TenantVerdict, observation: TenantObservation, refusal: TenantBlock? = nil) {
        self.tenant = tenant
        self.verdict = verdict
        self.observation = observation
        self.refusal = refusal
    }

    /// The status.
    ///
    /// - Parameter now: time of transitions.
    public func status(now: Timestamp) -> TenantStatus {
        let previous = tenant.status
        let health = WorkloadHealth.judge(
            deployment: observation.deployment,
            pods: observation.pods,
            isSuspended: tenant.spec.isSuspended
        )
        let block = refusal ?? verdict.block
        // Suspension goes before a policy that is missing: nothing runs, so nothing is stuck. A wrong specification is never hidden.
        let suspended = tenant.spec.isSuspended && (block == nil || block?.isPolicy == true)
        var status = previous ?? TenantStatus()
        var conditions = previous?.conditions ?? []
        let summary: WorkloadHealth
        if let block, !suspended {
            summary = WorkloadHealth(.false, block.reason, block.message, isStalled: block.isStalled)
        } else if health.status == .true {
            summary = WorkloadHealth(.true, .allChecksPassed, "All checks passed")
        } else {
            summary = health
        }
        let isProgressing = summary.status != .true && !summary.isStalled && summary.reason != .suspended
        func set(_ type: String, _ value: ConditionStatus, _ reason: TenantReason, _ message: String) {
            conditions.set(
                type,
                status: value,
                reason: reason.rawValue,
                message: message,
                observedGeneration: tenant.metadata.generation,
                now: now
            )
        }
        setPolicyCondition(set)
        let workload = verdict.placement == nil ? WorkloadHealth(.unknown, summary.reason, "The workload has no place yet") : health
        set(ConditionType.workloadReady, workload.status, workload.reason, workload.message)
        set(ConditionType.ready, summary.status, summary.reason, summary.message)
        set(ConditionType.reconciling, isProgressing ? .true : .false, summary.reason, summary.message)
        set(ConditionType.stalled, summary.isStalled ? .true : .false, summary.reason, summary.message)
        status.conditions = conditions
        status.observedGeneration = tenant.metadata.generation
        status.phase = phase(summary, previous: previous?.phase)
        status.message = message(summary)
        fillPolicy(&status)
        fillPlace(&status, isReady: health.status == .true)
        let changed = status.phase != previous?.phase || readiness(status) != readiness(previous)
        status.lastReconciled = changed ? now.wholeSeconds : previous?.lastReconciled
        return status
    }

    /// The status while the tenant is being deleted.
    ///
    /// - Parameters:
    ///   - tenant: the tenant.
    ///   - now: time of transitions.
    public static func terminatingStatus(of tenant: Tenant, now: Timestamp) -> TenantStatus {
        var status = tenant.status ?? TenantStatus()
        var conditions = status.conditions ?? []
        let message = "The tenant's objects are being deleted"
        for (type, value) in [(ConditionType.ready, ConditionStatus.false), (ConditionType.reconciling, .true)] {
            conditions.set(
                type,
                status: value,
                reason: TenantReason.terminating.rawValue,
                message: message,
                observedGeneration: tenant.metadata.generation,
                now: now
            )
        }
        if status.phase != .terminating { status.lastReconciled = now.wholeSeconds }
        status.conditions = conditions
        status.phase = .terminating
        status.message = message
        status.observedGeneration = tenant.metadata.generation
        return status
    }

    private func setPolicyCondition(_ set: (String, ConditionStatus, TenantReason, String) -> Void) {
        guard let resolution = verdict.resolution else {
            let reason = verdict.block?.reason ?? .workloadNotReady
            set(ConditionType.policyResolved, .unknown, reason, "The policy is resolved once the workload has a place")
            return
        }
        var message = resolution.message
        if let unenforced = verdict.plan?.egress.unenforced, !unenforced.isEmpty {
            message += ". Not enforced: " + unenforced.joined(separator: "; ")
        }
        set(ConditionType.policyResolved, resolution.permitsWorkload ? .true : .false, TenantReason(resolution.state), message)
    }

    private func phase(_ summary: WorkloadHealth, previous: TenantPhase?) -> TenantPhase {
        if summary.status == .true { return .running }
        if summary.isStalled { return .error }
        switch summary.reason {
        case .suspended: return .suspended
        case .suspending: return previous ?? .pending
        // What ran once and does not now is something else than what has not run yet.
        default: return previous == .running || previous == .degraded ? .degraded : .pending
        }
    }

    private func message(_ summary: WorkloadHealth) -> String {
        guard let refused = verdict.plan?.refusedOverrides, !refused.isEmpty else { return summary.message }
        return "\(summary.message). Ignored in spec.configOverrides because the platform owns it: \(refused.joined(separator: ", "))"
    }

    private func fillPolicy(_ status: inout TenantStatus) {
        status.effectivePolicyRef = verdict.resolution?.policy?.metadata.name
        status.policyResolutionSource = verdict.resolution?.source
        status.policyResolutionState = verdict.resolution?.state
    }

    private func fillPlace(_ status: inout TenantStatus, isReady: Bool) {
        // A place is left only when nothing is there any more: it is by this record that a former workload is found.
        let mayMove = status.targetNamespace == nil || verdict.plan != nil
        if let placement = verdict.placement, mayMove, verdict.block?.reason != .nameTaken {
            status.targetNamespace = placement.namespace
        }
        status.ingressHost = verdict.plan?.host ?? status.ingressHost
        let ready = observation.pods.filter { !$0.metadata.isBeingDeleted && $0.isReady }.map(\.metadata.name).min()
        status.podName = isReady ? ready : nil
    }

    private func readiness(_ status: TenantStatus?) -> ConditionStatus? {
        status?.conditions?.condition(ConditionType.ready)?.status
    }
}

extension TenantBlock {
    /// Whether it is about the policy alone.
    var isPolicy: Bool { [.policyNotFound, .policyConflict, .defaultPolicyNotFound].contains(reason) }
}

extension CoreV1.Pod {
    /// Whether the pod gets traffic.
    var isReady: Bool { status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false }
}
