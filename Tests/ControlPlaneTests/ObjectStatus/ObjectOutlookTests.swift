import CraneAPI
import KubernetesModel
import Testing

@testable import ControlPlane

/// What is said of an object's future, from what the operator wrote.
@Suite struct ObjectOutlookTests {
    private static let start = Timestamp(microseconds: 1_700_000_000_000_000)

    private func tenant(_ reason: String, _ status: ConditionStatus = .false, machine: Bool = false) -> Tenant {
        var spec = TenantSpec(displayName: "Mia", email: "mia@corp.example")
        if machine { spec.runtime = TenantRuntime(type: .virtualMachine, machine: MachineSpec(provider: .local)) }
        var metadata = ObjectMeta(name: "mia", namespace: "crane")
        metadata.generation = 2
        metadata.creationTimestamp = Self.start
        let ready = Condition(
            type: ConditionType.ready,
            status: status,
            observedGeneration: 2,
            lastTransitionTime: Self.start,
            reason: reason,
            message: "m"
        )
        return Tenant(metadata: metadata, spec: spec, status: TenantStatus(observedGeneration: 2, phase: .pending, conditions: [ready]))
    }

    private func view(_ tenant: Tenant, after seconds: Double = 0) -> ObjectStatusView {
        ObjectStatusView(tenant, now: Self.start.advanced(bySeconds: seconds))
    }

    @Test func whatIsWellNeedsNothing() {
        let view = view(tenant("AllChecksPassed", .true))
        #expect(view.ready && view.cause == nil)
        #expect(view.retry == RetryView(kind: .none, says: "Nothing is awaited."))
        #expect(view.advice == "Nothing needs to be done.")
    }

    @Test func whatWaitsForSomebodySaysSo() {
        let view = view(tenant("PolicyNotFound"))
        #expect(!view.ready && view.cause == StatusCauseView(condition: "Ready", reason: "PolicyNotFound"))
        #expect(view.retry.kind == .onChange && view.retry.after == nil)
        #expect(view.advice.contains("spec.policyRef"))
    }

    @Test func attemptsThatFailComeBackAtDoublingDistances() {
        let refused = tenant("ApplyFailed")
        #expect(view(refused, after: 0).retry.after == 1)
        #expect(view(refused, after: 37).retry.after == 37)
        #expect(view(refused, after: 100_000).retry.after == 1000)
        #expect(view(refused, after: 37).retry.kind == .backoff)
        // A clock that is behind the operator's is no reason for a time that has passed.
        #expect(view(refused, after: -50).retry.after == 1)
    }

    @Test func aReportOnAnEarlierSpecIsNone() {
        var changed = tenant("AllChecksPassed", .true)
        changed.metadata.generation = 3
        let view = view(changed)
        #expect(!view.ready && view.cause?.reason == "NotObserved" && view.retry.kind == .backoff && view.retry.after == nil)
        var fresh = changed
        fresh.status = nil
        #expect(self.view(fresh).cause?.reason == "NotObserved")
        #expect(self.view(fresh).phase == "Pending" && self.view(fresh).observedGeneration == nil)
    }

    @Test func whatOthersKeepIsTheirs() {
        var going = tenant("AllChecksPassed", .true)
        going.metadata.deletionTimestamp = Self.start
        going.metadata.finalizers = ["example.com/keep"]
        let kept = view(going)
        #expect(kept.cause?.reason == "FinalizersRemain" && kept.retry.kind == .onChange && kept.finalizers == ["example.com/keep"])
        going.metadata.finalizers.append(CraneFinalizer.cleanup)
        going.status?.conditions?[0].status = .false
        going.status?.conditions?[0].reason = "Deleting"
        let ours = view(going)
        #expect(ours.cause?.reason == "Deleting" && ours.retry.kind == .poll && ours.retry.after == 10)
    }

    @Test func aStepUnderWaySaysWhenItFails() throws {
        var machine = tenant("Provisioning", machine: true)
        machine.status?.provisioning = ProvisioningStatus(
            run: 1,
            steps: [
                ProvisioningStep(name: "vm_create", status: .succeeded, startedAt: Self.start, finishedAt: Self.start, attempt: 1),
                ProvisioningStep(name: "workspace_bootstrap", status: .running, message: "waits", startedAt: Self.start, attempt: 1),
                ProvisioningStep(name: "agent_config", status: .pending),
            ]
        )
        let view = view(machine)
        let end = Self.start.advanced(bySeconds: 900).description
        #expect(view.retry.kind == .poll && view.retry.after == 60 && view.retry.at == end && view.retry.says.contains(end))
        #expect(view.steps.map(\.deadline) == [nil, end, nil] && view.run == 1)
        // The same reason in a pod has no machine to look at.
        #expect(self.view(tenant("AllChecksPassed", .true, machine: true)).retry.kind == .poll)
    }

    @Test func theFirstAspectThatIsWrongIsSpokenOf() {
        func condition(_ type: String, _ status: ConditionStatus, _ reason: String) -> Condition {
            Condition(type: type, status: status, lastTransitionTime: Self.start, reason: reason, message: "m")
        }
        var metadata = ObjectMeta(name: "base", namespace: "crane")
        metadata.generation = 1
        let policy = AccessPolicy(
            metadata: metadata,
            spec: AccessPolicySpec(),
            status: AccessPolicyStatus(
                observedGeneration: 1,
                conditions: [
                    condition("Ready", .true, "Applied"), condition("Enforced", .false, "PartlyEnforced"),
                    condition("Reconciling", .false, "Applied"), condition("Stalled", .false, "Applied"),
                ],
                matchedTenants: 3
            )
        )
        let view = ObjectStatusView(policy, now: Self.start)
        #expect(view.ready && view.phase == "Applied" && view.matchedTenants == 3)
        #expect(view.cause == StatusCauseView(condition: "Enforced", reason: "PartlyEnforced") && view.advice.contains("Cilium"))
        let customer = ClusterTenant(
            metadata: metadata,
            spec: ClusterTenantSpec(displayName: "Corp"),
            status: ClusterTenantStatus(
                observedGeneration: 1,
                phase: .ready,
                conditions: [condition("Ready", .true, "AllChecksPassed"), condition("CertificateReady", .false, "ApplyFailed")]
            )
        )
        // Of a certificate the same word means something else than of the customer.
        #expect(ObjectStatusView(customer, now: Self.start).retry.kind == .poll)
        #expect(ObjectStatusView(customer, now: Self.start).retry.after == 60)
    }
}
