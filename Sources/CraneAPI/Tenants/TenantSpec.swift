import JSONValue
import Schema

/// What is wanted of a tenant.
public struct TenantSpec: Codable, Sendable, Hashable {
    /// The name for people.
    public var displayName: String
    /// The owner's address.
    public var email: String
    /// The team, for policies and reports.
    public var team: String?
    /// A container image instead of the platform's.
    public var openclawImage: String?
    /// The OpenClaw release or tag; the platform's default when absent.
    public var openclawVersion: String?
    /// What the tenant may spend on models in a month, in US dollars.
    public var monthlyBudgetUsd: Double?
    /// What the pod asks of its node.
    public var resources: ResourceRequests?
    /// The skills the tenant may use; absent means all it is granted.
    public var skillAllowlist: [String]?
    /// MCP servers for this tenant, before its policy.
    public var mcpPolicy: AccessList?
    /// Chat channels to connect.
    public var channels: [Channel]?
    /// Settings laid over the generated `openclaw.json`.
    public var configOverrides: JSON?
    /// The AccessPolicy to apply; absent means the one whose selector matches.
    public var policyRef: String?
    /// The customer the tenant belongs to; absent means the tenant's own namespace.
    public var clusterTenantRef: String?
    /// Whether the tenant is stopped.
    public var suspended: Bool?
    /// Where the gateway runs.
    public var runtime: TenantRuntime?
    /// The agents of a fleet.
    public var fleet: TenantFleet?

    /// A tenant's wishes; only a name and an owner are necessary.
    public init(
        displayName: String,
        email: String,
        team: String? = nil,
        openclawImage: String? = nil,
        openclawVersion: String? = nil,
        monthlyBudgetUsd: Double? = nil,
        resources: ResourceRequests? = nil,
        skillAllowlist: [String]? = nil,
        mcpPolicy: AccessList? = nil,
        channels: [Channel]? = nil,
        configOverrides: JSON? = nil,
        policyRef: String? = nil,
        clusterTenantRef: String? = nil,
        suspended: Bool? = nil,
        runtime: TenantRuntime? = nil,
        fleet: TenantFleet? = nil
    ) {
        self.displayName = displayName
        self.email = email
        self.team = team
        self.openclawImage = openclawImage
        self.openclawVersion = openclawVersion
        self.monthlyBudgetUsd = monthlyBudgetUsd
        self.resources = resources
        self.skillAllowlist = skillAllowlist
        self.mcpPolicy = mcpPolicy
        self.channels = channels
        self.configOverrides = configOverrides
        self.policyRef = policyRef
        self.clusterTenantRef = clusterTenantRef
        self.suspended = suspended
        self.runtime = runtime
        self.fleet = fleet
    }

    /// Whether the tenant is stopped; absent means it is not.
    public var isSuspended: Bool { suspended ?? false }

    /// Where the gateway runs; absent means in a pod.
    public var runtimeType: RuntimeType { runtime?.type ?? .pod }
}

extension TenantSpec: SchemaDescribing {
    /// Bounds and defaults of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "displayName": SchemaNote("The name for people.", minLength: 1, maxLength: 253),
        "email": SchemaNote("The owner's address.", pattern: Patterns.email, maxLength: 254),
        "team": SchemaNote("The team, for policies and reports.", maxLength: 63),
        "openclawImage": SchemaNote("A container image instead of the platform's.", minLength: 1, maxLength: 512),
        "openclawVersion": SchemaNote(
            "The OpenClaw release or tag; the platform's default when absent.",
            pattern: Patterns.version,
            maxLength: 64
        ),
        "monthlyBudgetUsd": SchemaNote("What the tenant may spend on models in a month, in US dollars.", minimum: 0),
        "resources": "What the pod asks of its node.",
        "skillAllowlist": SchemaNote(
            "The skills the tenant may use; absent means all it is granted.",
            maxItems: 256,
            items: SchemaNote(minLength: 1, maxLength: 253)
        ),
        "mcpPolicy": "MCP servers for this tenant, before its policy.",
        "channels": SchemaNote("Chat channels to connect.", maxItems: 32),
        "configOverrides": SchemaNote("Settings laid over the generated openclaw.json; the platform's own keys stay.", type: .object),
        "policyRef": SchemaNote(
            "The AccessPolicy to apply; absent means the one whose selector matches.",
            pattern: Patterns.objectName,
            maxLength: 63
        ),
        "clusterTenantRef": SchemaNote(
            "The ClusterTenant the tenant belongs to; absent means the tenant's own namespace.",
            pattern: Patterns.objectName,
            maxLength: 63
        ),
        "suspended": SchemaNote("Whether the tenant is stopped; its data stays.", default: false),
        "runtime": SchemaNote("Where the gateway runs.", default: ["type": "Pod"]),
        "fleet": "The agents of a fleet.",
    ]
    /// What the type is.
    public static let schemaNote = SchemaNote("What is wanted of a tenant.")
}

/// What a pod asks of its node.
public struct ResourceRequests: Codable, Sendable, Hashable, SchemaDescribing {
    /// Processor time, for instance `500m`.
    public var cpu: String?
    /// Memory, for instance `2Gi`.
    public var memory: String?

    /// Requests; absent ones are the platform's.
    public init(cpu: String? = nil, memory: String? = nil) {
        self.cpu = cpu
        self.memory = memory
    }

    /// Both are quantities.
    public static let schemaNotes: [String: SchemaNote] = [
        "cpu": SchemaNote("Processor time, for instance 500m.", pattern: Patterns.quantity, maxLength: 32),
        "memory": SchemaNote("Memory, for instance 2Gi.", pattern: Patterns.quantity, maxLength: 32),
    ]
}

/// Names that are allowed and names that are denied; denial wins.
public struct AccessList: Codable, Sendable, Hashable, SchemaDescribing {
    /// What is allowed; absent means everything that is not denied.
    public var allow: [String]?
    /// What is denied.
    public var deny: [String]?

    /// A list of names allowed and denied.
    public init(allow: [String]? = nil, deny: [String]? = nil) {
        self.allow = allow
        self.deny = deny
    }

    /// Both are short lists of names.
    public static let schemaNotes: [String: SchemaNote] = [
        "allow": SchemaNote(
            "What is allowed; absent means everything that is not denied.",
            maxItems: 256,
            items: SchemaNote(minLength: 1, maxLength: 253)
        ),
        "deny": SchemaNote("What is denied; this wins.", maxItems: 256, items: SchemaNote(minLength: 1, maxLength: 253)),
    ]
}

/// A chat channel.
public struct Channel: Codable, Sendable, Hashable, SchemaDescribing {
    /// The kind of channel, for instance `slack`.
    public var adapter: String
    /// The adapter's settings.
    public var config: JSON?
    /// The Secret with the adapter's credentials, in the tenant's target namespace.
    public var credentialsSecretName: String?

    /// A channel to connect.
    public init(adapter: String, config: JSON? = nil, credentialsSecretName: String? = nil) {
        self.adapter = adapter
        self.config = config
        self.credentialsSecretName = credentialsSecretName
    }

    /// The adapter is named; its settings are its own.
    public static let schemaNotes: [String: SchemaNote] = [
        "adapter": SchemaNote("The kind of channel, for instance slack.", minLength: 1, maxLength: 63),
        "config": SchemaNote("The adapter's settings.", type: .object),
        "credentialsSecretName": SchemaNote(
            "The Secret with the adapter's credentials.",
            pattern: Patterns.objectName,
            maxLength: 253
        ),
    ]
}
