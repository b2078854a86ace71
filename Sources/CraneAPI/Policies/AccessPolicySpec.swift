import JSONValue
import Schema

/// What a policy allows and for whom.
public struct AccessPolicySpec: Codable, Sendable, Hashable, SchemaDescribing {
    /// What the policy is for.
    public var description: String?
    /// The tenants it applies to, besides those that name it.
    public var tenantSelector: TenantSelector?
    /// Hosts by name.
    public var domains: DomainRules?
    /// Networks by address.
    public var egressRules: [EgressRule]?
    /// MCP servers by name.
    public var mcpServers: AccessList?

    /// A policy; an empty one allows nothing but the platform itself.
    public init(
        description: String? = nil,
        tenantSelector: TenantSelector? = nil,
        domains: DomainRules? = nil,
        egressRules: [EgressRule]? = nil,
        mcpServers: AccessList? = nil
    ) {
        self.description = description
        self.tenantSelector = tenantSelector
        self.domains = domains
        self.egressRules = egressRules
        self.mcpServers = mcpServers
    }

    /// Bounds of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "description": SchemaNote("What the policy is for.", maxLength: 1024),
        "tenantSelector": "The tenants it applies to, besides those that name it.",
        "domains": "Hosts by name.",
        "egressRules": SchemaNote("Networks by address.", maxItems: 128),
        "mcpServers": "MCP servers by name.",
    ]
    /// What the type is.
    public static let schemaNote = SchemaNote("What a policy allows and for whom.")
}

/// Which tenants a policy applies to; a selector that says nothing matches nobody.
public struct TenantSelector: Codable, Sendable, Hashable, SchemaDescribing {
    /// Labels the tenant must have.
    public var matchLabels: [String: String]?
    /// The team the tenant must belong to.
    public var matchTeam: String?

    /// A selector.
    public init(matchLabels: [String: String]? = nil, matchTeam: String? = nil) {
        self.matchLabels = matchLabels
        self.matchTeam = matchTeam
    }

    /// Whether the selector says anything.
    public var isEmpty: Bool { (matchLabels ?? [:]).isEmpty && matchTeam == nil }

    /// Bounds of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "matchLabels": SchemaNote("Labels the tenant must have.", maxProperties: 32, items: SchemaNote(maxLength: 63)),
        "matchTeam": SchemaNote("The team the tenant must belong to.", minLength: 1, maxLength: 63),
    ]
}

/// Hosts a policy speaks of, by name; `*` stands for any text within a label.
public struct DomainRules: Codable, Sendable, Hashable, SchemaDescribing {
    /// Hosts that may be reached.
    public var allow: [String]?
    /// Hosts that may not; this wins.
    public var deny: [String]?
    /// Whether hosts that no list names may not be reached.
    public var defaultDeny: Bool?

    /// Rules for hosts.
    public init(allow: [String]? = nil, deny: [String]? = nil, defaultDeny: Bool? = nil) {
        self.allow = allow
        self.deny = deny
        self.defaultDeny = defaultDeny
    }

    /// Whether hosts that no list names may not be reached; absent means they may not.
    public var deniesByDefault: Bool { defaultDeny ?? true }

    /// Bounds of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "allow": SchemaNote(
            "Hosts that may be reached; * stands for any text within a label.",
            maxItems: 256,
            items: SchemaNote(pattern: Patterns.domain, maxLength: 253)
        ),
        "deny": SchemaNote("Hosts that may not; this wins.", maxItems: 256, items: SchemaNote(pattern: Patterns.domain, maxLength: 253)),
        "defaultDeny": SchemaNote("Whether hosts that no list names may not be reached.", default: true),
    ]
}

/// A transport protocol.
public enum EgressProtocol: String, SchemaEnum {
    /// TCP.
    case tcp = "TCP"
    /// UDP.
    case udp = "UDP"
}

/// A network that may be reached.
public struct EgressRule: Codable, Sendable, Hashable, SchemaDescribing {
    /// The network, IPv4 or IPv6.
    public var cidr: String
    /// The ports.
    public var ports: [Int]?
    /// The transport protocol.
    public var `protocol`: EgressProtocol?

    /// A rule.
    public init(cidr: String, ports: [Int]? = nil, protocol: EgressProtocol? = nil) {
        self.cidr = cidr
        self.ports = ports
        self.protocol = `protocol`
    }

    /// The ports; none given means 443.
    public var effectivePorts: [Int] {
        guard let ports, !ports.isEmpty else { return [443] }
        return ports
    }

    /// The transport protocol; none given means TCP.
    public var effectiveProtocol: EgressProtocol { `protocol` ?? .tcp }

    /// Bounds of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "cidr": SchemaNote("The network, IPv4 or IPv6, for instance 10.0.0.0/8.", format: "cidr", maxLength: 49),
        "ports": SchemaNote("The ports; none means 443.", maxItems: 64, items: SchemaNote(minimum: 1, maximum: 65_535)),
        "protocol": SchemaNote("The transport protocol.", default: "TCP"),
    ]
}
