import CraneAPI
import KubernetesModel
import Machines
import Testing

@testable import CraneOperator

@Suite("The status of a tenant in a virtual machine")
struct MachineStatusPlanTests {
    private static let up = MachineFinding(
        .seen(MachineObservation(state: .running, addresses: [MachineAddress(.internalIP, "10.0.0.9")])),
        hasReported: true,
        userDataHash: "u",
        wasMade: true
    )
    private static let answering = GatewayView(gateway: .good("the gateway answers"), version: "1", protocolVersion: 4, channels: [])

    private static func complete(_ last: ProvisioningStepName? = nil) -> ProvisioningMachine {
        var evidence = ProvisioningEvidence()
        evidence.machine = last == .machine ? .bad("broken") : .good("seen")
        evidence.bootstrap = .good("seen")
        evidence.files = .good("seen")
        evidence.gateway = last == .gateway ? .pending("not yet") : .good("seen")
        evidence.connectivity = .good("seen")
        return ProvisioningMachine(nil, run: 1, evidence: evidence, now: Samples.now)
    }

    private static func plan(_ status: TenantStatus? = nil, _ change: (inout MachineStatusPlan) -> Void = { _ in }) -> MachineStatusPlan {
        let tenant = Samples.tenant {
            $0.spec.runtime = TenantRuntime(type: .virtualMachine, machine: MachineSpec(provider: .local))
            $0.status = status
        }
        let verdict = TenantVerdict(Samples.situation(tenant))
        var plan = MachineStatusPlan(tenant: tenant, verdict: verdict, block: verdict.block)
        plan.machine = MachineStatus(provider: "local", address: "10.0.0.9", port: 18_789)
        plan.machineAspect = .init(up)
        plan.gateway = answering
        plan.provisioning = complete()
        change(&plan)
        return plan
    }

    private static func ready(_ status: TenantStatus) -> Condition? { status.conditions?.condition(ConditionType.ready) }

    @Test("All good is Running, and is the same when nothing has changed")
    func running() {
        let status = Self.plan().status(now: Samples.now)
        #expect(status.phase == .running && Self.ready(status)?.status == .true)
        #expect(status.gateway?.url == "ws://10.0.0.9:18789" && status.targetNamespace == "team-a")
        #expect(status.conditions?.isTrue(ConditionType.stalled) == false && status.conditions?.isTrue(ConditionType.reconciling) == false)
        let later = Timestamp(microseconds: Samples.now.microseconds + 5_000_000)
        #expect(Self.plan(status).status(now: later) == status)
    }

    @Test("A step under way is Provisioning, one that failed is Error and stalled")
    func steps() {
        let underway = Self.plan { $0.provisioning = Self.complete(.gateway) }.status(now: Samples.now)
        #expect(underway.phase == .provisioning && underway.message == "gateway_start: not yet")
        #expect(underway.conditions?.isTrue(ConditionType.reconciling) == true)
        let failed = Self.plan { $0.provisioning = Self.complete(.machine) }.status(now: Samples.now)
        #expect(failed.phase == .error && failed.message == "vm_create: broken")
        #expect(failed.conditions?.isTrue(ConditionType.stalled) == true && failed.conditions?.isTrue(ConditionType.reconciling) == false)
    }

    @Test("What drops after the end is Degraded; the machine's trouble is named before the gateway's")
    func degraded() {
        let before = Self.plan().status(now: Samples.now)
        let silent = Self.plan(before) { $0.gateway = GatewayView(gateway: .pending("no answer")) }.status(now: Samples.now)
        #expect(silent.phase == .degraded && silent.message == "no answer")
        #expect(silent.conditions?.condition(ConditionType.channelsConnected)?.status == .unknown)
        let both = Self.plan(before) {
            $0.gateway = GatewayView(gateway: .pending("no answer"))
            $0.machineAspect = .init(status: .false, reason: "Stopped", message: "it is off")
        }
        #expect(both.status(now: Samples.now).message == "it is off")
        let lasting = Self.plan(before) { $0.lasting = "gone" }.status(now: Samples.now)
        #expect(lasting.phase == .degraded && lasting.conditions?.isTrue(ConditionType.stalled) == true)
    }

    @Test("A gateway that nobody has looked at yet stays as it was; a provider that does not answer changes no phase")
    func unknown() {
        let before = Self.plan().status(now: Samples.now)
        let unseen = Self.plan(before) { $0.gateway = nil }.status(now: Samples.now)
        #expect(unseen.phase == .running)
        let first = Self.plan { $0.gateway = nil }.status(now: Samples.now)
        #expect(first.phase == .degraded && first.conditions?.condition(ConditionType.gatewayReady)?.status == .unknown)
        let outage = Self.plan(before) { $0.machineAspect = .init(MachineFinding(MachineError(.unreachable, "no answer"))) }
        #expect(outage.status(now: Samples.now).phase == .running)
    }

    @Test("A block goes before everything; one that passes makes no error")
    func blocks() {
        let before = Self.plan().status(now: Samples.now)
        let stalled = Self.plan(before) { $0.block = TenantBlock(.invalidSpec, "wrong", isStalled: true) }.status(now: Samples.now)
        #expect(stalled.phase == .error && Self.ready(stalled)?.reason == "InvalidSpec")
        let passing = Self.plan(before) { $0.block = TenantBlock(.moving, "wait", isStalled: false) }.status(now: Samples.now)
        #expect(passing.phase == .degraded)
        let anew = Self.plan(stalled) {
            $0.block = TenantBlock(.moving, "wait", isStalled: false)
            $0.beginsAnew = true
            $0.gateway = nil
        }
        let status = anew.status(now: Samples.now)
        #expect(status.phase == .pending && status.gateway == nil)
        #expect(status.conditions?.condition(ConditionType.gatewayReady)?.status == .unknown)
    }

    @Test("Suspended is said when the machine is off, and the run's time stands still")
    func suspended() {
        let before = Self.plan { $0.provisioning = Self.complete(.gateway) }.status(now: Samples.now)
        for isStopped in [false, true] {
            let plan = Self.plan(before) {
                $0.tenant.spec.suspended = true
                $0.provisioning = nil
                $0.gateway = nil
                $0.isStopped = isStopped
            }
            let status = plan.status(now: Samples.now)
            #expect(status.phase == (isStopped ? .suspended : .provisioning))
            #expect(Self.ready(status)?.reason == (isStopped ? "Suspended" : "Suspending"))
            let step = status.provisioning?.steps?.first { $0.name == ProvisioningStepName.gateway.rawValue }
            #expect(step?.status == .pending && step?.startedAt == nil)
        }
    }
}
