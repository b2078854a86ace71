extension NetworkingV1 {
    /// Which traffic some pods may receive and send; policies add up.
    public struct NetworkPolicy: KubernetesResource, Hashable {
        /// `networking.k8s.io/v1`, kind `NetworkPolicy`.
        public static let resourceType = ResourceType(
            group: "networking.k8s.io",
            version: "v1",
            kind: "NetworkPolicy",
            plural: "networkpolicies",
            isNamespaced: true
        )

        /// `networking.k8s.io/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `NetworkPolicy`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// The rules.
        public var spec: NetworkPolicySpec?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: NetworkPolicySpec? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
        }
    }

    /// Rules of a network policy.
    public struct NetworkPolicySpec: Codable, Sendable, Hashable {
        /// Pods the rules are for; empty means all of the namespace.
        public var podSelector: LabelSelector?
        /// Directions that are closed unless a rule opens them: `Ingress`, `Egress`.
        public var policyTypes: [String]?
        /// Traffic that may come in.
        public var ingress: [NetworkPolicyIngressRule]?
        /// Traffic that may go out.
        public var egress: [NetworkPolicyEgressRule]?

        /// Creates a value; what is left out is absent.
        public init(
            podSelector: LabelSelector? = nil,
            policyTypes: [String]? = nil,
            ingress: [NetworkPolicyIngressRule]? = nil,
            egress: [NetworkPolicyEgressRule]? = nil
        ) {
            self.podSelector = podSelector
            self.policyTypes = policyTypes
            self.ingress = ingress
            self.egress = egress
        }
    }

    /// Traffic that may come in.
    public struct NetworkPolicyIngressRule: Codable, Sendable, Hashable {
        /// Senders; absent means everybody.
        public var from: [NetworkPolicyPeer]?
        /// Ports of the pod; absent means all.
        public var ports: [NetworkPolicyPort]?

        /// Creates a value; what is left out is absent.
        public init(from: [NetworkPolicyPeer]? = nil, ports: [NetworkPolicyPort]? = nil) {
            self.from = from
            self.ports = ports
        }
    }

    /// Traffic that may go out.
    public struct NetworkPolicyEgressRule: Codable, Sendable, Hashable {
        /// Receivers; absent means everybody.
        public var to: [NetworkPolicyPeer]?
        /// Ports of the receiver; absent means all.
        public var ports: [NetworkPolicyPort]?

        /// Creates a value; what is left out is absent.
        public init(to: [NetworkPolicyPeer]? = nil, ports: [NetworkPolicyPort]? = nil) {
            self.to = to
            self.ports = ports
        }
    }

    /// The other side: pods and namespaces by label, or an address block.
    public struct NetworkPolicyPeer: Codable, Sendable, Hashable {
        /// Pods.
        public var podSelector: LabelSelector?
        /// Namespaces.
        public var namespaceSelector: LabelSelector?
        /// Addresses.
        public var ipBlock: IPBlock?

        /// Creates a value; what is left out is absent.
        public init(podSelector: LabelSelector? = nil, namespaceSelector: LabelSelector? = nil, ipBlock: IPBlock? = nil) {
            self.podSelector = podSelector
            self.namespaceSelector = namespaceSelector
            self.ipBlock = ipBlock
        }
    }

    /// A block of addresses.
    public struct IPBlock: Codable, Sendable, Hashable {
        /// The block, for example `10.0.0.0/8`.
        public var cidr: String?
        /// Blocks within it that are left out.
        public var except: [String]?

        /// Creates a value; what is left out is absent.
        public init(cidr: String? = nil, except: [String]? = nil) {
            self.cidr = cidr
            self.except = except
        }
    }

    /// A port, or a range of ports.
    public struct NetworkPolicyPort: Codable, Sendable, Hashable {
        /// Number or name; absent means all.
        public var port: IntOrString?
        /// Last number of a range.
        public var endPort: Int?
        /// `TCP` (default), `UDP` or `SCTP`.
        public var `protocol`: String?

        /// Creates a value; what is left out is absent.
        public init(port: IntOrString? = nil, endPort: Int? = nil, `protocol`: String? = nil) {
            self.port = port
            self.endPort = endPort
            self.protocol = `protocol`
        }
    }
}
