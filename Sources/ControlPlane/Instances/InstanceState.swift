import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import Projection

/// What an instance is at the moment: a pure function of its row and its tenant.
struct InstanceState: Sendable, Hashable {
    /// What is wrong with it.
    struct Trouble: Sendable, Hashable {
        /// Stable code: of ``InstanceTroubleCode``.
        var code: String
        /// A sentence for people.
        var message: String

        init(_ code: InstanceTroubleCode, _ message: String) {
            self.code = code.rawValue
            self.message = message
        }

        /// Why the control plane gave it up.
        init(_ failure: InstanceRow.Failure) {
            code = failure.code
            message = failure.message
        }
    }

    /// How it is doing.
    let status: InstanceStatus
    /// How far its making is.
    let stage: InstanceStage
    /// What its machine last reported in the present run.
    let bootstrapStage: String?
    /// The number of that report; 0 before the first.
    let bootstrapSeq: Int64
    /// What any machine of it last reported.
    let callbackStage: String?
    /// The number of that report; 0 before the first.
    let callbackSeq: Int64
    /// How its gateway is doing.
    let health: InstanceHealth
    /// What is wrong with it; nil unless it failed or broke.
    let trouble: Trouble?
    /// Why nothing was made yet: the stable code of what is in the way, while it is tried again; nil when nothing is.
    let waitsFor: String?
    /// Address of its machine.
    let address: String?
    /// When something about it last changed.
    let updatedAt: Date

    /// Whether its gateway can be asked.
    var isServing: Bool { status == .running || status == .updating }

    /// What can be done with it now.
    func capabilities(consents: Bool) -> [String: Bool] {
        ["chat": isServing, "config": isServing, "conversations": isServing && consents, "updates": isServing]
    }

    /// Works out the state.
    ///
    /// - Parameters:
    ///   - row: the instance.
    ///   - tenant: its tenant; nil when there is none.
    init(_ row: InstanceRow, _ tenant: InstanceTenant?) {
        let verdict = Self.verdict(row, tenant)
        status = verdict.status
        trouble = verdict.trouble
        waitsFor = verdict.status == .pending && tenant == nil ? row.lastErrorCode : nil
        let seen = row.snapshot["stage"]?.stringValue.flatMap(InstanceStage.init(rawValue:))
        // Without a tenant, what was last seen of it counts.
        stage = Self.bounded(tenant.map(Self.stage) ?? seen ?? .queued, by: verdict.status)
        bootstrapStage = tenant?.bootstrap?.stage
        bootstrapSeq = tenant?.bootstrap?.seq ?? 0
        callbackStage = tenant?.status.bootstrap?.stage
        callbackSeq = tenant?.status.bootstrap?.seq ?? 0
        health = tenant.map { Self.health($0, verdict.status) } ?? .unknown
        address = tenant?.status.machine?.address ?? (row.deletedAt == nil ? row.snapshot["address"]?.stringValue : nil)
        updatedAt = max(row.updatedAt, row.deletedAt == nil ? tenant?.observedAt ?? row.updatedAt : row.updatedAt)
    }

    private static func verdict(_ row: InstanceRow, _ tenant: InstanceTenant?) -> (status: InstanceStatus, trouble: Trouble?) {
        if row.deletedAt != nil { return (.deleted, nil) }
        if row.deleteRequestedAt != nil { return (.deleting, nil) }
        guard let tenant else { return absent(row) }
        if tenant.phase == .terminating { return (.deleting, nil) }
        if tenant.isComplete { return complete(tenant) }
        if let failure = row.failure, failure.run == nil || failure.run == tenant.status.provisioning?.run {
            return (.failed, Trouble(failure))
        }
        switch tenant.phase {
        case .error: return (.failed, failed(tenant))
        case .suspended: return (.stopped, nil)
        case .pending where stage(tenant) <= .validating: return (.pending, nil)
        case .pending, .provisioning, .running, .degraded: return (.provisioning, nil)
        case .terminating: return (.deleting, nil)
        }
    }

    /// An instance whose tenant is not shown: not made yet, refused, or taken away by somebody. The last is known when it is noted; until
    /// then the tenant may only be not shown yet.
    private static func absent(_ row: InstanceRow) -> (InstanceStatus, Trouble?) {
        let ran = row.tenantUID != nil && row.snapshot["stage"]?.stringValue == InstanceStage.complete.rawValue
        if let failure = row.failure, !ran || failure.code == InstanceTroubleCode.tenantMissing.rawValue {
            return (ran ? .error : .failed, Trouble(failure))
        }
        return (row.tenantUID == nil ? .pending : .provisioning, nil)
    }

    /// An instance that came up.
    private static func complete(_ tenant: InstanceTenant) -> (InstanceStatus, Trouble?) {
        switch tenant.phase {
        case .suspended: return (.stopped, nil)
        case .error: return (.error, Trouble(.runtimeError, tenant.message ?? "The instance broke."))
        case .degraded where tenant.isStalled:
            return (.error, Trouble(.machineLost, tenant.message ?? "The machine is not as it should be."))
        case .pending, .provisioning: return (.updating, nil)
        default:
            let isBehind = tenant.status.observedGeneration.map { $0 < tenant.generation ?? $0 } ?? false
            return (isBehind ? .updating : .running, nil)
        }
    }

    private static func failed(_ tenant: InstanceTenant) -> Trouble {
        let step = tenant.steps.first { ProvisioningOutcome($0.status) == .failed }
        let message = tenant.message ?? step?.message ?? "Provisioning failed."
        guard let step else { return Trouble(.notProvisionable, message) }
        if tenant.bootstrap?.level == "error" { return Trouble(.bootstrapFailed, message) }
        return Trouble(step.name == "workspace_bootstrap" ? .bootstrapTimeout : .provisioningFailed, message)
    }

    private static func stage(_ tenant: InstanceTenant) -> InstanceStage {
        if tenant.isComplete { return .complete }
        if tenant.isDone("agent_config") { return .healthCheck }
        if tenant.isDone("vm_create") { return .waitingForBootstrap }
        let machine = tenant.status.machine
        guard machine?.id != nil || tenant.step("vm_create").map({ $0.status != .pending }) ?? false else { return .validating }
        guard machine?.id != nil else { return .creatingServer }
        return machine?.address == nil ? .waitingForIP : .configuringNetwork
    }

    /// A stage that fits a status: what runs came up, what has not begun has made nothing.
    private static func bounded(_ stage: InstanceStage, by status: InstanceStatus) -> InstanceStage {
        switch status {
        case .running, .updating, .error: .complete
        case .pending: min(stage, .validating)
        case .provisioning, .failed: min(stage, .healthCheck)
        case .stopped, .deleting, .deleted: stage
        }
    }

    private static func health(_ tenant: InstanceTenant, _ status: InstanceStatus) -> InstanceHealth {
        switch status {
        case .running, .updating, .error: break
        default: return .unknown
        }
        func value(_ type: String) -> ConditionStatus? { tenant.status.conditions?.condition(type)?.status }
        if value(ConditionType.machineReady) == .false { return .unhealthy }
        if value(ConditionType.gatewayReady) == .false { return .unreachable }
        if status == .error { return .unhealthy }
        if tenant.phase == .running { return .healthy }
        return tenant.phase == .degraded ? .degraded : .unknown
    }
}

extension InstanceTenant {
    /// Whether nothing goes on by itself.
    var isStalled: Bool { status.conditions?.condition(ConditionType.stalled)?.status == .true }
}
