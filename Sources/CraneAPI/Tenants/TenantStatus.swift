import KubernetesModel
import Schema

/// How a tenant is doing, in one word.
public enum TenantPhase: String, SchemaEnum {
    /// Not started yet.
    case pending = "Pending"
    /// Its machine is being made.
    case provisioning = "Provisioning"
    /// Its gateway answers.
    case running = "Running"
    /// It ran, and something of it does not now.
    case degraded = "Degraded"
    /// It is stopped because its spec says so.
    case suspended = "Suspended"
    /// It is being deleted.
    case terminating = "Terminating"
    /// It cannot go on without somebody's help; see the conditions.
    case error = "Error"
}

/// What led to a tenant's policy.
public enum PolicyResolutionSource: String, SchemaEnum {
    /// `spec.policyRef`.
    case policyRef
    /// The selector of exactly one policy.
    case selector
    /// The platform's default.
    case `default`
    /// Nothing.
    case none
}

/// How the search for a tenant's policy ended.
public enum PolicyResolutionState: String, SchemaEnum {
    /// There is exactly one.
    case resolved = "Resolved"
    /// None applies.
    case noPolicy = "NoPolicy"
    /// `spec.policyRef` names none.
    case policyNotFound = "PolicyNotFound"
    /// Several select the tenant.
    case policyConflict = "PolicyConflict"
    /// The platform's default does not exist.
    case defaultPolicyNotFound = "DefaultPolicyNotFound"
}

/// What was observed of a tenant.
public struct TenantStatus: Codable, Sendable, Hashable {
    /// The generation of the spec that this describes.
    public var observedGeneration: Int64?
    /// How it is doing, in one word.
    public var phase: TenantPhase?
    /// How it is doing, in detail.
    public var conditions: [Condition]?
    /// The pod's Deployment.
    public var podName: String?
    /// The host its gateway is reached under.
    public var ingressHost: String?
    /// What is in the way, for people.
    public var message: String?
    /// When the status last changed.
    public var lastReconciled: Timestamp?
    /// The policy in force.
    public var effectivePolicyRef: String?
    /// What led to the policy.
    public var policyResolutionSource: PolicyResolutionSource?
    /// How the search for the policy ended.
    public var policyResolutionState: PolicyResolutionState?
    /// The namespace that holds its objects.
    public var targetNamespace: String?
    /// Its virtual machine.
    public var machine: MachineStatus?
    /// Its gateway.
    public var gateway: GatewayStatus?
    /// How its machine came to be.
    public var provisioning: ProvisioningStatus?
    /// How its machine's first start goes.
    public var bootstrap: BootstrapStatus?

    /// A status; what is not given is not known.
    public init(
        observedGeneration: Int64? = nil,
        phase: TenantPhase? = nil,
        conditions: [Condition]? = nil,
        podName: String? = nil,
        ingressHost: String? = nil,
        message: String? = nil,
        lastReconciled: Timestamp? = nil,
        effectivePolicyRef: String? = nil,
        policyResolutionSource: PolicyResolutionSource? = nil,
        policyResolutionState: PolicyResolutionState? = nil,
        targetNamespace: String? = nil,
        machine: MachineStatus? = nil,
        gateway: GatewayStatus? = nil,
        provisioning: ProvisioningStatus? = nil,
        bootstrap: BootstrapStatus? = nil
    ) {
        self.observedGeneration = observedGeneration
        self.phase = phase
        self.conditions = conditions
        self.podName = podName
        self.ingressHost = ingressHost
        self.message = message
        self.lastReconciled = lastReconciled
        self.effectivePolicyRef = effectivePolicyRef
        self.policyResolutionSource = policyResolutionSource
        self.policyResolutionState = policyResolutionState
        self.targetNamespace = targetNamespace
        self.machine = machine
        self.gateway = gateway
        self.provisioning = provisioning
        self.bootstrap = bootstrap
    }
}

extension TenantStatus: SchemaDescribing {
    /// Meanings of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "observedGeneration": ConditionNotes.observedGeneration,
        "phase": "How the tenant is doing, in one word.",
        "conditions": ConditionNotes.list,
        "podName": "The Deployment of its pod.",
        "ingressHost": "The host its gateway is reached under.",
        "message": "What is in the way, for people.",
        "lastReconciled": "When the status last changed.",
        "effectivePolicyRef": "The policy in force.",
        "policyResolutionSource": "What led to the policy.",
        "policyResolutionState": "How the search for the policy ended.",
        "targetNamespace": "The namespace that holds its objects.",
        "machine": "Its virtual machine.",
        "gateway": "Its gateway.",
        "provisioning": "How its machine came to be.",
        "bootstrap": "How its machine's first start goes.",
    ]
    /// What the type is.
    public static let schemaNote = SchemaNote("What was observed of a tenant.")
}

/// What was observed of a tenant's gateway.
public struct GatewayStatus: Codable, Sendable, Hashable, SchemaDescribing {
    /// Where it listens.
    public var url: String?
    /// The OpenClaw release it runs.
    public var version: String?
    /// The protocol version agreed on.
    public var `protocol`: Int?

    /// A gateway.
    public init(url: String? = nil, version: String? = nil, protocol: Int? = nil) {
        self.url = url
        self.version = version
        self.protocol = `protocol`
    }

    /// Meanings of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "url": "Where it listens.", "version": "The OpenClaw release it runs.", "protocol": "The protocol version agreed on.",
    ]
}
