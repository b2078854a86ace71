import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import Projection

/// What is known of an instance's tenant, as far as its state follows from it.
struct InstanceTenant: Sendable, Hashable {
    /// How it is doing, in one word.
    var phase: TenantPhase
    /// What is in the way, for people.
    var message: String?
    /// The generation of its desired state.
    var generation: Int64?
    /// When it was last seen.
    var observedAt: Date
    /// What was observed of it.
    var status: TenantStatus

    /// The steps of the present run.
    var steps: [ProvisioningStep] { status.provisioning?.steps ?? [] }

    /// A step of the present run.
    func step(_ name: String) -> ProvisioningStep? { steps.first { $0.name == name } }

    /// Whether a step is done, or was not needed.
    func isDone(_ name: String) -> Bool { step(name).map { ProvisioningOutcome($0.status) == .complete } ?? false }

    /// Whether the last step is done: what is not right before was never right.
    var isComplete: Bool { isDone(FleetStatus.lastStep) }

    /// What the machine of the present run reported; nil for nothing.
    var bootstrap: BootstrapStatus? {
        guard let bootstrap = status.bootstrap else { return nil }
        guard let expected = status.machine?.credentialHash else { return bootstrap }
        return bootstrap.credentialHash == expected ? bootstrap : nil
    }
}

extension InstanceTenant {
    /// Reads a row. Parts that cannot be read count as not there.
    init(_ row: TenantRow) {
        self.init(
            phase: row.phase,
            message: row.message,
            generation: row.metadata.generation,
            observedAt: row.metadata.observedAt,
            status: row.metadata.status ?? [:]
        )
    }

    /// Reads an object. Parts that cannot be read count as not there.
    ///
    /// - Parameters:
    ///   - object: the tenant.
    ///   - seen: when.
    init(_ object: DynamicObject, seen: Date) {
        let status = object.json["status"] ?? [:]
        self.init(
            phase: status["phase"]?.stringValue ?? "",
            message: status["message"]?.stringValue,
            generation: object.metadata.generation,
            observedAt: seen,
            status: status
        )
    }

    private init(phase: String, message: String?, generation: Int64?, observedAt: Date, status json: JSON) {
        var status = TenantStatus()
        status.observedGeneration = json["observedGeneration"]?.integerValue
        status.conditions = try? json["conditions"]?.decode([Condition].self)
        status.targetNamespace = json["targetNamespace"]?.stringValue
        status.machine = try? json["machine"]?.decode(MachineStatus.self)
        status.gateway = try? json["gateway"]?.decode(GatewayStatus.self)
        status.provisioning = try? json["provisioning"]?.decode(ProvisioningStatus.self)
        status.bootstrap = try? json["bootstrap"]?.decode(BootstrapStatus.self)
        self.init(
            phase: TenantPhase(rawValue: phase) ?? .pending,
            message: message,
            generation: generation,
            observedAt: observedAt,
            status: status
        )
    }
}
