import CraneAPI
import KubernetesModel
import Schema

/// A step of provisioning.
struct ProvisioningStepView: Codable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var status: StepStatus
    var attempt: Int?
    var startedAt: String?
    var finishedAt: String?
    var deadline: String?
    var message: String?

    static var schemaName: String? { "ObjectProvisioningStep" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": "Name of the step.",
        "status": "How far it is.",
        "attempt": SchemaNote("Counts the tries within the run, from 1.", minimum: 0),
        "startedAt": SchemaNote("When it began.", format: "date-time"),
        "finishedAt": SchemaNote("When it ended.", format: "date-time"),
        "deadline": SchemaNote("When it fails by itself; only while it is under way.", format: "date-time"),
        "message": "What it waits for, or how it ended, for people.",
    ]

    init(_ step: ProvisioningStep) {
        name = step.name
        status = step.status
        attempt = step.attempt
        startedAt = step.startedAt?.description
        finishedAt = step.finishedAt?.description
        message = step.message
        guard step.status == .running, let start = step.startedAt else { return }
        deadline = ProvisioningStepName(rawValue: step.name)?.deadline(from: start).description
    }
}

/// A tenant's virtual machine.
struct MachineStatusView: Codable, Sendable, Hashable, SchemaDescribing {
    var provider: String?
    var state: String?
    var zone: String?

    static var schemaName: String? { "ObjectMachine" }
    static let schemaNotes: [String: SchemaNote] = [
        "provider": "Who made it.", "state": "The provider's word for its state.", "zone": "The zone it is in.",
    ]
}

/// A tenant's gateway.
struct GatewayStatusView: Codable, Sendable, Hashable, SchemaDescribing {
    var url: String?
    var version: String?
    var `protocol`: Int?

    static var schemaName: String? { "ObjectGateway" }
    static let schemaNotes: [String: SchemaNote] = [
        "url": "Where it listens.", "version": "The OpenClaw release it runs.", "protocol": "The protocol version agreed on.",
    ]
}

/// Which policy holds for a tenant, and why.
struct PolicyResolutionView: Codable, Sendable, Hashable, SchemaDescribing {
    var effectivePolicyRef: String?
    var source: PolicyResolutionSource?
    var resolution: PolicyResolutionState?

    static var schemaName: String? { "ObjectPolicyResolution" }
    static let schemaNotes: [String: SchemaNote] = [
        "effectivePolicyRef": "The policy in force; absent when there is none.",
        "source": "What led to it.",
        "resolution": "How the search for it ended.",
    ]
}
