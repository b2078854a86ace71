import CraneAPI
import JSONValue
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Status of a tenant")
struct TenantStatusPlanTests {
    private static let later = Samples.now.advanced(bySeconds: 3600)

    private func status(
        _ tenant: Tenant,
        at now: Timestamp = Samples.now,
        _ change: (inout TenantSituation) -> Void = { _ in }
    ) -> TenantStatus {
        let situation = Samples.situation(tenant, change)
        return TenantStatusPlan(tenant: tenant, verdict: TenantVerdict(situation), observation: situation.observation).status(now: now)
    }

    private func ready(_ situation: inout TenantSituation) {
        situation.observation.deployment = Samples.readyDeployment()
        situation.observation.pods = [Samples.pod()]
    }

    private func condition(_ status: TenantStatus, _ type: String) -> ConditionStatus? { status.conditions?.condition(type)?.status }

    @Test("Every known condition is there from the first visit")
    func first() {
        let status = status(Samples.tenant())
        #expect(Set(status.conditions?.map(\.type) ?? []) == ["PolicyResolved", "WorkloadReady", "Ready", "Reconciling", "Stalled"])
        #expect(status.phase == .pending)
        #expect(status.observedGeneration == 1)
        #expect(condition(status, "Reconciling") == .true && condition(status, "Stalled") == .false)
    }

    @Test("Running and Ready once the pod is")
    func running() {
        let status = status(Samples.tenant()) { ready(&$0) }
        #expect(status.phase == .running)
        #expect(condition(status, "Ready") == .true && condition(status, "Reconciling") == .false)
        #expect(status.podName == "openclaw-mia-1")
        #expect(status.ingressHost == "mia.crane.test")
        #expect(status.targetNamespace == "team-a")
        #expect(status.policyResolutionState == .noPolicy)
    }

    @Test("Nothing changes at a later time when nothing has happened")
    func steady() {
        var tenant = Samples.tenant()
        tenant.status = status(tenant) { ready(&$0) }
        #expect(status(tenant, at: Self.later) { ready(&$0) } == tenant.status)
        tenant.spec.policyRef = "nowhere"
        tenant.status = status(tenant)
        #expect(status(tenant, at: Self.later) == tenant.status)
    }

    @Test("Time is told of transitions only")
    func transition() {
        var tenant = Samples.tenant()
        tenant.status = status(tenant)
        let running = status(tenant, at: Self.later) { ready(&$0) }
        #expect(running.conditions?.condition("Ready")?.lastTransitionTime == Self.later)
        #expect(running.conditions?.condition("Stalled")?.lastTransitionTime == Samples.now)
        #expect(running.lastReconciled == Self.later)
    }

    @Test("What ran and does not now is degraded")
    func degraded() {
        var tenant = Samples.tenant()
        tenant.status = status(tenant) { ready(&$0) }
        let degraded = status(tenant) { $0.observation.deployment = nil }
        #expect(degraded.phase == .degraded)
    }

    @Test("A stalled tenant is in error, with the reason in every summary")
    func stalled() {
        let status = status(Samples.tenant { $0.spec.clusterTenantRef = "nowhere" })
        #expect(status.phase == .error)
        #expect(condition(status, "Stalled") == .true && condition(status, "Reconciling") == .false)
        #expect(condition(status, "WorkloadReady") == .unknown && condition(status, "PolicyResolved") == .unknown)
        #expect(status.message == "ClusterTenant nowhere named by spec.clusterTenantRef does not exist")
        #expect(status.conditions?.condition("Ready")?.reason == "ClusterTenantNotFound")
    }

    @Test("An old message does not survive a later success")
    func message() {
        var tenant = Samples.tenant { $0.spec.policyRef = "nowhere" }
        tenant.status = status(tenant)
        #expect(tenant.status?.message?.contains("nowhere") == true)
        tenant.spec.policyRef = nil
        #expect(status(tenant) { ready(&$0) }.message == "All checks passed")
    }

    @Test("Suspended once the pod is gone, also when the policy is missing")
    func suspended() {
        let tenant = Samples.tenant {
            $0.spec.suspended = true
            $0.spec.policyRef = "nowhere"
        }
        let status = status(tenant)
        #expect(status.phase == .suspended)
        #expect(
            condition(status, "Ready") == .false && condition(status, "Stalled") == .false && condition(status, "Reconciling") == .false
        )
        #expect(condition(status, "PolicyResolved") == .false)
    }

    @Test("What the platform ignored of the overrides, and cannot enforce of the policy, is said")
    func notes() {
        let tenant = Samples.tenant { $0.spec.configOverrides = ["gateway": ["port": 1]] }
        let policy = Samples.policy {
            $0.tenantSelector = TenantSelector(matchLabels: ["opencrane.io/tenant": "mia"])
            $0.domains = DomainRules(allow: ["api.test"])
        }
        let status = status(tenant) {
            ready(&$0)
            $0.policies = [policy]
        }
        #expect(status.message?.hasSuffix("gateway.port") == true)
        #expect(status.conditions?.condition("PolicyResolved")?.message.contains("does not serve CiliumNetworkPolicy") == true)
        #expect(status.effectivePolicyRef == "base" && status.policyResolutionSource == .selector)
    }

    @Test("A refused child makes the tenant stall although the policy is fine")
    func refusal() {
        let situation = Samples.situation(Samples.tenant())
        let plan = TenantStatusPlan(
            tenant: situation.tenant,
            verdict: TenantVerdict(situation),
            observation: .init(),
            refusal: TenantBlock(.childRefused, "The API server refused Deployment openclaw-mia: Forbidden", isStalled: true)
        )
        let status = plan.status(now: Samples.now)
        #expect(status.phase == .error && condition(status, "Stalled") == .true && condition(status, "PolicyResolved") == .true)
    }

    @Test("A tenant that is being deleted says so")
    func terminating() {
        let tenant = Samples.tenant { $0.metadata.deletionTimestamp = Samples.now }
        let situation = Samples.situation(tenant)
        let plan = TenantStatusPlan(tenant: tenant, verdict: TenantVerdict(situation), observation: .init())
        let status = TenantStatusPlan.terminatingStatus(of: plan.tenant, now: Samples.now)
        #expect(status.phase == .terminating && condition(status, "Ready") == .false)
    }

    @Test("Reasons shared with other kinds are the ones of the API")
    func reasons() {
        let shared: [TenantReason: String] = [
            .allChecksPassed: ConditionReason.allChecksPassed, .podReady: ConditionReason.podReady,
            .workloadNotReady: ConditionReason.podNotReady, .suspended: ConditionReason.suspended,
            .terminating: ConditionReason.deleting, .invalidSpec: ConditionReason.invalidSpec,
            .clusterTenantNotFound: ConditionReason.clusterTenantNotFound, .namespaceNotBound: ConditionReason.namespaceNotBound,
            .nameTaken: ConditionReason.nameConflict, .childRefused: ConditionReason.applyFailed, .resolved: ConditionReason.resolved,
            .noPolicy: ConditionReason.noPolicy, .policyNotFound: ConditionReason.policyNotFound,
            .policyConflict: ConditionReason.policyConflict, .defaultPolicyNotFound: ConditionReason.defaultPolicyNotFound,
            .progressDeadlineExceeded: ConditionReason.progressDeadlineExceeded,
        ]
        for (reason, text) in shared { #expect(reason.rawValue == text) }
    }
}
