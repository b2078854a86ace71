extension CiliumV2 {
    /// A network policy that can also speak of DNS names; served only where Cilium is installed.
    public struct CiliumNetworkPolicy: KubernetesResource, Hashable {
        /// `cilium.io/v2`, kind `CiliumNetworkPolicy`.
        public static let resourceType = ResourceType(
            group: "cilium.io",
            version: "v2",
            kind: "CiliumNetworkPolicy",
            plural: "ciliumnetworkpolicies",
            isNamespaced: true
        )

        /// `cilium.io/v2`; absent in the items of a list.
        public var apiVersion: String?
        /// `CiliumNetworkPolicy`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// The rules.
        public var spec: CiliumRule?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: CiliumRule? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
        }
    }

    /// Rules of a Cilium network policy.
    public struct CiliumRule: Codable, Sendable, Hashable {
        /// What the rule is for.
        public var description: String?
        /// Pods the rules are for.
        public var endpointSelector: LabelSelector?
        /// Traffic that may go out.
        public var egress: [CiliumEgressRule]?

        /// Creates a value; what is left out is absent.
        public init(description: String? = nil, endpointSelector: LabelSelector? = nil, egress: [CiliumEgressRule]? = nil) {
            self.description = description
            self.endpointSelector = endpointSelector
            self.egress = egress
        }
    }

    /// Traffic that may go out.
    public struct CiliumEgressRule: Codable, Sendable, Hashable {
        /// Receivers by label.
        public var toEndpoints: [LabelSelector]?
        /// Receivers by DNS name, as learned by the DNS proxy.
        public var toFQDNs: [FQDNSelector]?
        /// Ports of the receiver.
        public var toPorts: [PortRule]?

        /// Creates a value; what is left out is absent.
        public init(toEndpoints: [LabelSelector]? = nil, toFQDNs: [FQDNSelector]? = nil, toPorts: [PortRule]? = nil) {
            self.toEndpoints = toEndpoints
            self.toFQDNs = toFQDNs
            self.toPorts = toPorts
        }
    }

    /// DNS names; one of the two.
    public struct FQDNSelector: Codable, Sendable, Hashable {
        /// One name.
        public var matchName: String?
        /// A pattern with `*`.
        public var matchPattern: String?

        /// Creates a value; what is left out is absent.
        public init(matchName: String? = nil, matchPattern: String? = nil) {
            self.matchName = matchName
            self.matchPattern = matchPattern
        }
    }

    /// Ports, and what may be said there.
    public struct PortRule: Codable, Sendable, Hashable {
        /// The ports.
        public var ports: [PortProtocol]?
        /// What may be said.
        public var rules: L7Rules?

        /// Creates a value; what is left out is absent.
        public init(ports: [PortProtocol]? = nil, rules: L7Rules? = nil) {
            self.ports = ports
            self.rules = rules
        }
    }

    /// One port.
    public struct PortProtocol: Codable, Sendable, Hashable {
        /// Number as text.
        public var port: String?
        /// `TCP`, `UDP` or `ANY`.
        public var `protocol`: String?

        /// Creates a value; what is left out is absent.
        public init(port: String? = nil, `protocol`: String? = nil) {
            self.port = port
            self.protocol = `protocol`
        }
    }

    /// What may be said on a port.
    public struct L7Rules: Codable, Sendable, Hashable {
        /// DNS names that may be asked for; makes Cilium's DNS proxy see the answers.
        public var dns: [FQDNSelector]?

        /// Creates a value; what is left out is absent.
        public init(dns: [FQDNSelector]? = nil) {
            self.dns = dns
        }
    }
}
