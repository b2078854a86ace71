import CraneAPI
import KubernetesModel

/// The status of a tenant in a virtual machine, as a function of what was decided and seen. Times in it change only with a condition's status, or with a step.
struct MachineStatusPlan: Sendable {
    /// What is to be said of one aspect; aspects that are not given stay as they were.
    struct Aspect: Sendable, Hashable {
        var status: ConditionStatus
        var reason: String
        var message: String
    }

    /// The tenant.
    var tenant: Tenant
    /// Where it goes, and its policy.
    var verdict: TenantVerdict
    /// What keeps it from being worked on.
    var block: TenantBlock?
    /// What was seen of the machine.
    var machine: MachineStatus?
    /// The machine's condition.
    var machineAspect: Aspect?
    /// What no waiting mends of the machine.
    var lasting: String?
    /// How the run stands; `nil` when it was not looked at.
    var provisioning: ProvisioningMachine?
    /// The gateway, when anything is known of it.
    var gateway: GatewayView?
    /// Whether the tenant is stopped now; `nil` when it is not to be stopped.
    var isStopped: Bool?
    /// Whether what was known of the gateway is of a former run.
    var beginsAnew = false

    init(tenant: Tenant, verdict: TenantVerdict, block: TenantBlock?) {
        self.tenant = tenant
        self.verdict = verdict
        self.block = block
        machine = tenant.status?.machine
    }

    private struct Summary {
        var phase: TenantPhase
        var status: ConditionStatus
        var reason: String
        var message: String
        var isStalled = false
    }

    /// The status.
    ///
    /// - Parameter now: the time of transitions.
    func status(now: Timestamp) -> TenantStatus {
        let previous = tenant.status
        var status = previous ?? TenantStatus()
        status.machine = machine
        if let provisioning { status.provisioning = provisioning.status }
        if isStopped != nil { status.provisioning = ProvisioningMachine.paused(status.provisioning) }
        var conditions = previous?.conditions ?? []
        func set(_ type: String, _ aspect: Aspect) {
            conditions.set(
                type,
                status: aspect.status,
                reason: aspect.reason,
                message: aspect.message,
                observedGeneration: tenant.metadata.generation,
                now: now
            )
        }
        func has(_ type: String) -> Bool { conditions.condition(type) != nil }
        if let machineAspect {
            set(ConditionType.machineReady, machineAspect)
        } else if !has(ConditionType.machineReady) {
            set(
                ConditionType.machineReady,
                Aspect(status: .unknown, reason: MachineReason.notChecked.rawValue, message: "Nobody has looked yet")
            )
        }
        setGateway(set, has)
        setPolicy(set)
        status.conditions = conditions
        let summary = summary(conditions, previous: previous?.phase)
        set(ConditionType.ready, Aspect(status: summary.status, reason: summary.reason, message: summary.message))
        let isProgressing = summary.status != .true && !summary.isStalled && isStopped != true
        for (type, value) in [(ConditionType.reconciling, isProgressing), (ConditionType.stalled, summary.isStalled)] {
            set(type, Aspect(status: value ? .true : .false, reason: summary.reason, message: summary.message))
        }
        status.conditions = conditions
        status.observedGeneration = tenant.metadata.generation
        status.phase = summary.phase
        status.message = summary.message
        fillPlace(&status)
        if beginsAnew { status.gateway = nil }
        if let gateway, case .good = gateway.gateway, let machine, let address = machine.address, let port = machine.port {
            let host = address.contains(":") ? "[\(address)]" : address
            status.gateway = GatewayStatus(url: "ws://\(host):\(port)", version: gateway.version, protocol: gateway.protocolVersion)
        }
        let changed = status.phase != previous?.phase
        status.lastReconciled = changed ? now.wholeSeconds : previous?.lastReconciled
        return status
    }

    private func setGateway(_ set: (String, Aspect) -> Void, _ has: (String) -> Bool) {
        let types = [ConditionType.gatewayReady, ConditionType.channelsConnected]
        if isStopped != nil {
            for type in types {
                set(type, Aspect(status: .false, reason: MachineReason.suspended.rawValue, message: "The machine is to be stopped"))
            }
            return
        }
        guard let gateway else {
            for type in types where !has(type) || beginsAnew {
                set(type, Aspect(status: .unknown, reason: MachineReason.notChecked.rawValue, message: "Nobody has looked yet"))
            }
            return
        }
        set(ConditionType.gatewayReady, Self.aspect(gateway.gateway, .gatewayAnswered, .gatewayUnreachable))
        if case .good = gateway.gateway {
            let channels = gateway.connectivity((tenant.spec.channels ?? []).map(\.adapter))
            set(ConditionType.channelsConnected, Self.aspect(channels, .channelsConnected, .channelsNotConnected))
        } else {
            set(
                ConditionType.channelsConnected,
                Aspect(status: .unknown, reason: MachineReason.gatewayUnreachable.rawValue, message: "Only the gateway knows")
            )
        }
    }

    private func setPolicy(_ set: (String, Aspect) -> Void) {
        guard let resolution = verdict.resolution else {
            let reason = block?.reason.rawValue ?? MachineReason.waiting.rawValue
            let message = "The policy is resolved once the machine has a place"
            set(ConditionType.policyResolved, Aspect(status: .unknown, reason: reason, message: message))
            return
        }
        let value: ConditionStatus = resolution.permitsWorkload ? .true : .false
        let reason = TenantReason(resolution.state).rawValue
        set(ConditionType.policyResolved, Aspect(status: value, reason: reason, message: resolution.message))
    }

    private func summary(_ conditions: [Condition], previous: TenantPhase?) -> Summary {
        let isComplete = provisioning?.stand == .complete
        if let isStopped, tenant.spec.isSuspended, block == nil || block?.isPolicy == true {
            return isStopped
                ? Summary(phase: .suspended, status: .false, reason: MachineReason.suspended.rawValue, message: "The tenant is suspended")
                : Summary(
                    phase: previous ?? .pending,
                    status: .false,
                    reason: MachineReason.suspending.rawValue,
                    message: "The tenant is being suspended"
                )
        }
        if let block {
            let lasting: TenantPhase = previous == .running || previous == .degraded ? .degraded : previous ?? .pending
            let waiting = beginsAnew ? .pending : lasting
            let phase: TenantPhase = block.isStalled ? .error : waiting
            return Summary(
                phase: phase,
                status: .false,
                reason: block.reason.rawValue,
                message: block.message,
                isStalled: block.isStalled
            )
        }
        switch provisioning?.stand {
        case .failed(let step, let message):
            let text = "\(step.rawValue): \(message)"
            return Summary(phase: .error, status: .false, reason: MachineReason.provisioningFailed.rawValue, message: text, isStalled: true)
        case .underway(let step):
            let message = provisioning?.status.steps?.first { $0.name == step.rawValue }?.message
            let text = message.map { "\(step.rawValue): \($0)" } ?? "\(step.rawValue) is under way"
            return Summary(phase: .provisioning, status: .false, reason: MachineReason.provisioning.rawValue, message: text)
        case .complete, nil: break
        }
        guard isComplete else {
            return Summary(
                phase: previous ?? .pending,
                status: .false,
                reason: MachineReason.waiting.rawValue,
                message: "The machine is waited for"
            )
        }
        if let lasting {
            return Summary(
                phase: .degraded,
                status: .false,
                reason: MachineReason.machineNotReady.rawValue,
                message: lasting,
                isStalled: true
            )
        }
        for type in [ConditionType.gatewayReady, ConditionType.channelsConnected] {
            guard let condition = conditions.condition(type), condition.status != .true else { continue }
            let machine = conditions.condition(ConditionType.machineReady)
            let cause = machine?.status == .false ? machine ?? condition : condition
            return Summary(phase: .degraded, status: .false, reason: cause.reason, message: cause.message)
        }
        if let machine = conditions.condition(ConditionType.machineReady), machine.status == .false {
            return Summary(phase: .degraded, status: .false, reason: machine.reason, message: machine.message)
        }
        return Summary(phase: .running, status: .true, reason: MachineReason.allChecksPassed.rawValue, message: "All checks passed")
    }

    private func fillPlace(_ status: inout TenantStatus) {
        status.effectivePolicyRef = verdict.resolution?.policy?.metadata.name
        status.policyResolutionSource = verdict.resolution?.source
        status.policyResolutionState = verdict.resolution?.state
        if let placement = verdict.placement, status.targetNamespace == nil, block?.reason != .nameTaken {
            status.targetNamespace = placement.namespace
        }
        status.ingressHost = verdict.plan?.host ?? status.ingressHost
    }

    private static func aspect(_ finding: ProvisioningEvidence.Finding, _ good: MachineReason, _ bad: MachineReason) -> Aspect {
        switch finding {
        case .good(let message): Aspect(status: .true, reason: good.rawValue, message: message)
        case .pending(let message), .bad(let message): Aspect(status: .false, reason: bad.rawValue, message: message)
        }
    }
}

extension MachineStatusPlan.Aspect {
    /// The aspect of a machine that is to run.
    init(_ finding: MachineFinding) { self.init(status: finding.status, reason: finding.reason, message: finding.message) }
}
