import KubernetesModel
import Schema

/// What was observed of a policy.
public struct AccessPolicyStatus: Codable, Sendable, Hashable, SchemaDescribing {
    /// The generation of the spec that this describes.
    public var observedGeneration: Int64?
    /// Whether it is in force, in detail.
    public var conditions: [Condition]?
    /// When the status last changed.
    public var lastReconciled: Timestamp?
    /// How many tenants it applies to.
    public var matchedTenants: Int?
    /// What is in the way, for people.
    public var message: String?

    /// A status; what is not given is not known.
    public init(
        observedGeneration: Int64? = nil,
        conditions: [Condition]? = nil,
        lastReconciled: Timestamp? = nil,
        matchedTenants: Int? = nil,
        message: String? = nil
    ) {
        self.observedGeneration = observedGeneration
        self.conditions = conditions
        self.lastReconciled = lastReconciled
        self.matchedTenants = matchedTenants
        self.message = message
    }

    /// Meanings of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "observedGeneration": ConditionNotes.observedGeneration,
        "conditions": ConditionNotes.list,
        "lastReconciled": "When the status last changed.",
        "matchedTenants": "How many tenants it applies to.",
        "message": "What is in the way, for people.",
    ]
    /// What the type is.
    public static let schemaNote = SchemaNote("What was observed of a policy.")
}
