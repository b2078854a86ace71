/// Where URLs of callers may lead, and how much an answer may cost.
public struct OutboundPolicy: Sendable {
    /// Schemes. Default: `https` alone.
    public var schemes: Set<String>
    /// Ports. Default: 443 alone.
    public var ports: Set<Int>
    /// The only hosts, when given: names, or `*.example.com` for every name below one. Default: `nil`, any.
    public var hosts: [String]?
    /// Names that never lead outside, and everything below them.
    public var refusedNames: [String]
    /// Whether names of one label, such as a service of the same namespace, may be asked for. Default: no.
    public var allowsSingleLabels: Bool
    /// Blocks that are permitted although they are not public, such as those of an own registry. Link-local, metadata, multicast and
    /// embedded addresses are refused all the same. Default: none.
    public var permittedRanges: [AddressRange]
    /// Public blocks that are refused as well, such as those of the cluster's own nodes. They win over the permitted ones. Default: none.
    public var refusedRanges: [AddressRange]
    /// The longest URL in bytes. Default: 2048.
    public var longestURL: Int
    /// Most redirects that are followed. Default: 3.
    public var redirects: Int
    /// The largest answer in bytes. Default: 8 MiB.
    public var largestAnswer: Int
    /// Time for everything: look-ups, redirects and the whole answer. Default: 20 s.
    public var timeLimit: Duration
    /// Time for one look-up of a name. Default: 5 s.
    public var lookUpLimit: Duration

    /// A policy; the defaults are the strict ones.
    public init(
        schemes: Set<String> = ["https"],
        ports: Set<Int> = [443],
        hosts: [String]? = nil,
        refusedNames: [String] = OutboundPolicy.internalNames,
        allowsSingleLabels: Bool = false,
        permittedRanges: [AddressRange] = [],
        refusedRanges: [AddressRange] = [],
        longestURL: Int = 2048,
        redirects: Int = 3,
        largestAnswer: Int = 8 << 20,
        timeLimit: Duration = .seconds(20),
        lookUpLimit: Duration = .seconds(5)
    ) {
        self.schemes = schemes
        self.ports = ports
        self.hosts = hosts
        self.refusedNames = refusedNames
        self.allowsSingleLabels = allowsSingleLabels
        self.permittedRanges = permittedRanges
        self.refusedRanges = refusedRanges
        self.longestURL = longestURL
        self.redirects = redirects
        self.largestAnswer = largestAnswer
        self.timeLimit = timeLimit
        self.lookUpLimit = lookUpLimit
    }

    /// Names of this host, of private networks and of clusters: special-use names (RFC 6761, RFC 8375, RFC 9476), Kubernetes' own, and the
    /// names under which clouds serve the credentials of their machines.
    public static let internalNames = [
        "localhost", "local", "localdomain", "internal", "intranet", "private", "lan", "home", "corp", "home.arpa", "in-addr.arpa",
        "ip6.arpa", "svc", "cluster.local", "pod", "kubernetes", "test", "invalid", "onion", "alt", "metadata.google.internal",
        "metadata.goog",
        "metadata.azure.com", "instance-data.ec2.internal",
    ]

    /// Whether a name is on the list of the only hosts, or there is none.
    func lists(_ name: String) -> Bool {
        guard let hosts else { return true }
        return hosts.contains { host in
            let pattern = host.lowercased()
            return pattern.hasPrefix("*.") ? name.hasSuffix(pattern.dropFirst()) : name == pattern
        }
    }

    /// Whether a name is one of the refused ones or below one.
    func refuses(_ name: String) -> Bool { refusedNames.contains { name == $0 || name.hasSuffix("." + $0) } }
}
