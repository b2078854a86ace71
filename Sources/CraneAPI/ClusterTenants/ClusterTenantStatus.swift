import KubernetesModel
import Schema

/// How a customer is doing, in one word.
public enum ClusterTenantPhase: String, SchemaEnum {
    /// Not begun.
    case pending
    /// Being set up.
    case provisioning
    /// Its namespace is there and fenced.
    case ready
    /// It cannot go on without somebody's help; see the conditions.
    case failed
    /// It is being deleted.
    case terminating
}

/// What was observed of a customer.
public struct ClusterTenantStatus: Codable, Sendable, Hashable, SchemaDescribing {
    /// The generation of the spec that this describes.
    public var observedGeneration: Int64?
    /// How it is doing, in one word.
    public var phase: ClusterTenantPhase?
    /// How it is doing, in detail.
    public var conditions: [Condition]?
    /// What is in the way, for people.
    public var message: String?
    /// Its namespace.
    public var boundNamespace: String?
    /// Who set it up.
    public var provisioner: String?
    /// When the status last changed.
    public var lastReconciled: Timestamp?
    /// How many tenants belong to it.
    public var tenants: Int?

    /// A status; what is not given is not known.
    public init(
        observedGeneration: Int64? = nil,
        phase: ClusterTenantPhase? = nil,
        conditions: [Condition]? = nil,
        message: String? = nil,
        boundNamespace: String? = nil,
        provisioner: String? = nil,
        lastReconciled: Timestamp? = nil,
        tenants: Int? = nil
    ) {
        self.observedGeneration = observedGeneration
        self.phase = phase
        self.conditions = conditions
        self.message = message
        self.boundNamespace = boundNamespace
        self.provisioner = provisioner
        self.lastReconciled = lastReconciled
        self.tenants = tenants
    }

    /// Meanings of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "observedGeneration": ConditionNotes.observedGeneration,
        "phase": "How the customer is doing, in one word.",
        "conditions": ConditionNotes.list,
        "message": "What is in the way, for people.",
        "boundNamespace": "Its namespace.",
        "provisioner": "Who set it up.",
        "lastReconciled": "When the status last changed.",
        "tenants": "How many tenants belong to it.",
    ]
    /// What the type is.
    public static let schemaNote = SchemaNote("What was observed of a customer.")
}
