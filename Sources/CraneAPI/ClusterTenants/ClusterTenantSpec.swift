import JSONValue
import Schema

/// How far a customer is kept apart from others.
public enum IsolationTier: String, SchemaEnum {
    /// A namespace on shared nodes.
    case shared
    /// A namespace on nodes of its own.
    case dedicatedNodes
    /// A cluster of its own.
    case dedicatedCluster
}

/// Whose nodes a customer's pods run on.
public enum ComputeMode: String, SchemaEnum {
    /// Everybody's.
    case shared
    /// The customer's.
    case dedicated
}

/// What is wanted for a customer.
public struct ClusterTenantSpec: Codable, Sendable, Hashable, SchemaDescribing {
    /// The name for people.
    public var displayName: String
    /// The domain under which the customer's tenants are reached.
    public var baseDomain: String?
    /// How far the customer is kept apart.
    public var isolationTier: IsolationTier
    /// Whose nodes its pods run on.
    public var compute: ClusterCompute?
    /// What it may use.
    public var resources: ClusterResources?
    /// The namespaces whose Tenants may be placed with the customer; absent means those of the platform.
    public var allowedNamespaces: [String]?

    /// A customer's wishes.
    public init(
        displayName: String,
        baseDomain: String? = nil,
        isolationTier: IsolationTier = .shared,
        compute: ClusterCompute? = nil,
        resources: ClusterResources? = nil,
        allowedNamespaces: [String]? = nil
    ) {
        self.displayName = displayName
        self.baseDomain = baseDomain
        self.isolationTier = isolationTier
        self.compute = compute
        self.resources = resources
        self.allowedNamespaces = allowedNamespaces
    }

    /// Reads a customer; a tier that is absent is `shared`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        displayName = try container.decode(String.self, forKey: .displayName)
        baseDomain = try container.decodeIfPresent(String.self, forKey: .baseDomain)
        isolationTier = try container.decodeIfPresent(IsolationTier.self, forKey: .isolationTier) ?? .shared
        compute = try container.decodeIfPresent(ClusterCompute.self, forKey: .compute)
        resources = try container.decodeIfPresent(ClusterResources.self, forKey: .resources)
        allowedNamespaces = try container.decodeIfPresent([String].self, forKey: .allowedNamespaces)
    }

    /// Bounds and defaults of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "displayName": SchemaNote("The name for people.", minLength: 1, maxLength: 253),
        "baseDomain": SchemaNote(
            "The domain under which the customer's tenants are reached.",
            pattern: Patterns.baseDomain,
            maxLength: 253
        ),
        "isolationTier": SchemaNote("How far the customer is kept apart.", default: "shared"),
        "compute": "Whose nodes its pods run on.",
        "resources": "What it may use.",
        "allowedNamespaces": SchemaNote(
            "The namespaces whose Tenants may be placed with the customer; absent means those of the platform.",
            maxItems: 100,
            items: SchemaNote("A namespace.", pattern: Patterns.label, maxLength: 63)
        ),
    ]
    /// Tier and compute agree.
    public static let schemaNote = SchemaNote(
        "What is wanted for a customer.",
        rules: [
            ValidationRule(
                "self.isolationTier != 'shared' || !has(self.compute) || self.compute.mode != 'dedicated'",
                message: RuleMessages.sharedTier
            ),
            ValidationRule(
                "self.isolationTier != 'dedicatedNodes' || (has(self.compute) && self.compute.mode == 'dedicated')",
                message: RuleMessages.dedicatedTier
            ),
        ]
    )
}

/// Whose nodes a customer's pods run on.
public struct ClusterCompute: Codable, Sendable, Hashable, SchemaDescribing {
    /// Everybody's or the customer's.
    public var mode: ComputeMode?
    /// The pool of the customer's nodes, for mode `dedicated`.
    public var nodePool: String?

    /// A choice of nodes.
    public init(mode: ComputeMode? = nil, nodePool: String? = nil) {
        self.mode = mode
        self.nodePool = nodePool
    }

    /// Whose nodes; absent means everybody's.
    public var effectiveMode: ComputeMode { mode ?? .shared }

    /// Bounds and defaults of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "mode": SchemaNote("Everybody's nodes or the customer's.", default: "shared"),
        "nodePool": SchemaNote(
            "The pool of the customer's nodes, for mode dedicated.",
            pattern: Patterns.labelValue,
            maxLength: 63
        ),
    ]
    /// A pool goes with the customer's own nodes.
    public static let schemaNote = SchemaNote(rules: [
        ValidationRule("self.mode != 'dedicated' || (has(self.nodePool) && size(self.nodePool) > 0)", message: RuleMessages.nodePool)
    ])
}

/// What a customer may use.
public struct ClusterResources: Codable, Sendable, Hashable, SchemaDescribing {
    /// Bounds of everything in the customer's namespace together.
    public var quota: ResourceQuotaSpec?

    /// Bounds for a customer.
    public init(quota: ResourceQuotaSpec? = nil) { self.quota = quota }

    /// Meanings of the properties.
    public static let schemaNotes: [String: SchemaNote] = ["quota": "Bounds of everything in the customer's namespace together."]
}

/// Bounds of everything in a customer's namespace together.
public struct ResourceQuotaSpec: Codable, Sendable, Hashable, SchemaDescribing {
    /// Processor time, for instance `8`.
    public var cpu: String?
    /// Memory, for instance `16Gi`.
    public var memory: String?
    /// Pods.
    public var pods: Int?
    /// Storage, for instance `100Gi`.
    public var storage: String?
    /// Graphics processors.
    public var gpu: Int?

    /// Bounds; what is not given is not bounded.
    public init(cpu: String? = nil, memory: String? = nil, pods: Int? = nil, storage: String? = nil, gpu: Int? = nil) {
        self.cpu = cpu
        self.memory = memory
        self.pods = pods
        self.storage = storage
        self.gpu = gpu
    }

    /// Whether nothing is bounded.
    public var isEmpty: Bool { self == ResourceQuotaSpec() }

    /// Quantities and counts.
    public static let schemaNotes: [String: SchemaNote] = [
        "cpu": SchemaNote("Processor time, for instance 8.", pattern: Patterns.quantity, maxLength: 32),
        "memory": SchemaNote("Memory, for instance 16Gi.", pattern: Patterns.quantity, maxLength: 32),
        "storage": SchemaNote("Storage, for instance 100Gi.", pattern: Patterns.quantity, maxLength: 32),
        "pods": SchemaNote("Pods.", minimum: 0, maximum: 1_000_000),
        "gpu": SchemaNote("Graphics processors.", minimum: 0, maximum: 1_000_000),
    ]
}
