import JSONValue
import KubernetesModel
import Observability

/// Everything the operator is told from outside. Secrets in it print as `<redacted>`.
public struct OperatorConfiguration: Sendable {
    /// Namespace whose Tenants and AccessPolicies are watched; `nil` means all.
    public var watchNamespace: String?
    /// Namespaces whose Tenants may be placed with any ClusterTenant that names no `allowedNamespaces`; `nil` means the watched namespace,
    /// or the platform's when all are watched.
    public var tenantNamespaces: Set<String>?
    /// Namespace of the platform's own services. Default `opencrane`.
    public var platformNamespace = "opencrane"
    /// DNS suffix of the cluster's Services. Default `cluster.local`.
    public var clusterDomain = "cluster.local"
    /// Image of tenants that name none.
    public var defaultImage: String
    /// OpenClaw version of tenants that name none. Default `latest`.
    public var defaultVersion = "latest"
    /// Port the gateway of a tenant listens on. Default 18789.
    public var gatewayPort = 18789
    /// How tenants are reached from outside.
    public var ingress: IngressSettings
    /// State volumes of tenants.
    public var storage = StorageSettings()
    /// Requests and limits of tenants.
    public var resources = ResourceSettings()
    /// The platform's services that tenants talk to.
    public var planes: PlaneSettings
    /// Addresses that network policies need.
    public var network = NetworkSettings()
    /// AccessPolicy of tenants that no other policy selects; `nil` means none.
    public var defaultPolicy: String?
    /// Secret in the tenant's namespace whose keys become environment variables, if it exists. Default `org-shared-secrets`.
    public var organizationSecret = "org-shared-secrets"
    /// What the control plane may do in the namespaces of customers; `nil` means that nothing is bound there.
    public var controlPlaneAccess: ControlPlaneAccess?
    /// Tenants in virtual machines.
    public var machines = MachineSettings()
    /// The process itself: workers, leader election, health.
    public var process = ProcessSettings()
    /// Connection string of PostgreSQL; `nil` means that nothing is projected.
    public var databaseURL: SensitiveString?
    /// What is accepted but has no effect; logged at start-up.
    public var notices: [String] = []

    /// Makes a configuration with defaults for all but the image and the domain.
    ///
    /// - Parameters:
    ///   - defaultImage: image of tenants that name none.
    ///   - ingressDomain: domain under which tenants get their host.
    ///   - platformNamespace: namespace of the platform's own services.
    public init(defaultImage: String, ingressDomain: String, platformNamespace: String = "opencrane") {
        self.defaultImage = defaultImage
        self.platformNamespace = platformNamespace
        ingress = IngressSettings(domain: ingressDomain)
        planes = PlaneSettings(namespace: platformNamespace, clusterDomain: clusterDomain)
    }
}

extension OperatorConfiguration {
    /// Namespaces that ``tenantNamespaces`` comes to.
    var placingNamespaces: Set<String> { tenantNamespaces ?? [watchNamespace ?? platformNamespace] }
}

/// Whom the operator gives which role in the namespaces of customers.
public struct ControlPlaneAccess: Sendable, Hashable {
    /// Name of the ClusterRole.
    public var role: String
    /// Name of the control plane's ServiceAccount.
    public var account: String
    /// Namespace of the ServiceAccount.
    public var namespace: String

    /// Makes settings.
    public init(role: String, account: String, namespace: String) {
        self.role = role
        self.account = account
        self.namespace = namespace
    }
}

/// How tenants are reached from outside.
public struct IngressSettings: Sendable, Hashable {
    /// Domain under which a tenant without a ClusterTenant domain gets its host.
    public var domain: String
    /// Ingress class. Default `nginx`.
    public var className = "nginx"
    /// Secret with the wildcard certificate; `nil` means no TLS at the Ingress.
    public var tlsSecretName: String?
    /// cert-manager ClusterIssuer that makes a certificate for each host, in the namespace of its Ingress; `nil` means that
    /// ``tlsSecretName`` has to be in every namespace with tenants.
    public var clusterIssuer: String?
    /// cert-manager ClusterIssuer that can prove whole domains (DNS-01) and makes one certificate for the domain of each ClusterTenant; `nil`
    /// means that tenants there get certificates as all others do. Counts only with ``tlsSecretName``.
    public var wildcardIssuer: String?
    /// Namespace of the ingress controller, the only one besides the platform's pods that may open connections to tenants.
    /// Default `ingress-nginx`.
    public var controllerNamespace = "ingress-nginx"

    /// Makes settings with defaults for all but the domain.
    public init(domain: String) { self.domain = domain }

    /// The issuer of certificates for the domains of ClusterTenants; `nil` when none are asked for.
    var customerIssuer: String? { tlsSecretName == nil ? nil : wildcardIssuer }
}

/// State volumes of tenants.
public struct StorageSettings: Sendable, Hashable {
    /// Size of a new volume; an existing one grows but never shrinks. Default 1Gi.
    public var size = Quantity(1 << 30, format: .binary)
    /// Storage class of a new volume; `nil` means the cluster's default.
    public var className: String?

    /// Makes the default settings.
    public init() {}
}

/// Requests and limits of tenants.
public struct ResourceSettings: Sendable, Hashable {
    /// CPU promised to tenants that name none. Default 250m.
    public var cpuRequest = Quantity(milli: 250)
    /// Memory promised to tenants that name none. Default 512Mi.
    public var memoryRequest = Quantity(512 << 20, format: .binary)
    /// Greatest CPU of a tenant whose request is not larger. Default 2.
    public var cpuLimit = Quantity(2)
    /// Greatest memory of a tenant whose request is not larger. Default 2Gi.
    public var memoryLimit = Quantity(2 << 30, format: .binary)

    /// Makes the default settings.
    public init() {}
}

/// The platform's services ("planes") that tenants talk to.
public struct PlaneSettings: Sendable, Hashable {
    /// Gateway to MCP servers.
    public var mcpGateway: String
    /// Delivery of skills; the control plane itself, unless another is named.
    public var skillRegistry: String
    /// The control plane, as pods reach it.
    public var controlPlane: String
    /// Proxy to language models; `nil` when there is none.
    public var modelProxy: String?
    /// Life time in seconds of the tokens that pods present to the planes; the kubelet renews them. Default 600, the least allowed.
    public var tokenLifetime: Int64 = 600

    /// Makes the addresses that the chart gives its Services, as full names so that they resolve from every namespace.
    public init(namespace: String, clusterDomain: String) {
        func address(_ service: String, _ port: Int) -> String { "http://\(service).\(namespace).svc.\(clusterDomain):\(port)" }
        mcpGateway = address("opencrane-mcp-gateway", 8080)
        controlPlane = address("opencrane-control-plane", 8080)
        skillRegistry = controlPlane
    }

    /// What is known of the pods behind the Services of planes in the cluster.
    public var pods: [Plane: PlanePods] = [:]

    /// Address of a plane; `nil` when there is no such plane.
    public func address(of plane: Plane) -> String? {
        switch plane {
        case .controlPlane: controlPlane
        case .mcpGateway: mcpGateway
        case .skillRegistry: skillRegistry
        case .modelProxy: modelProxy
        }
    }

    /// All addresses.
    public var addresses: [String] { Plane.allCases.compactMap(address(of:)) }
}

/// One of the platform's services.
public enum Plane: Sendable, Hashable, CaseIterable {
    /// The control plane.
    case controlPlane
    /// The gateway to MCP servers.
    case mcpGateway
    /// The delivery of skills.
    case skillRegistry
    /// The proxy to language models.
    case modelProxy

    /// What the names of its variables begin with.
    var variable: String {
        switch self {
        case .controlPlane: "CONTROL_PLANE"
        case .mcpGateway: "MCP_GATEWAY"
        case .skillRegistry: "SKILL_REGISTRY"
        case .modelProxy: "LITELLM"
        }
    }
}

/// The pods behind the Service of a plane. Network policies see them, and not the Service.
public struct PlanePods: Sendable, Hashable {
    /// Port the pods listen on; `nil` means the port of the address.
    public var port: Int?
    /// Labels of the pods; empty means all pods of the namespace.
    public var labels: [String: String] = [:]

    /// Makes pods that listen on the port of the address.
    public init() {}
}

/// Addresses that network policies need.
public struct NetworkSettings: Sendable, Hashable {
    /// Namespace of the cluster's DNS. Default `kube-system`.
    public var dnsNamespace = "kube-system"
    /// Labels of the DNS pods. Default `k8s-app: kube-dns`.
    public var dnsLabels = ["k8s-app": "kube-dns"]
    /// Labels of the platform's pods in its namespace, which may open connections to tenants. Default `app.kubernetes.io/name: opencrane`.
    public var platformLabels = ["app.kubernetes.io/name": "opencrane"]
    /// Blocks of pods, Services and nodes; cut out of every block an AccessPolicy opens. Default none.
    public var clusterBlocks: [AddressBlock] = []
    /// Private blocks that AccessPolicies may open although the cluster's own blocks are not known. Default none.
    public var privateBlocks: [AddressBlock] = []
    /// Blocks of planes that run outside the cluster. Default none.
    public var planeBlocks: [AddressBlock] = []

    /// Makes the default settings.
    public init() {}
}

/// The operator process itself.
public struct ProcessSettings: Sendable, Hashable {
    /// Tenants worked on at the same time. Default 8.
    public var workers = 8
    /// How long an object waits for the caches to see what was written for it; see `ControllerConfiguration`. Default 60 s.
    public var ownWriteTimeout: Duration = .seconds(60)
    /// Whether several operators agree on one that works. Default true.
    public var leaderElection = true
    /// Into how many shards the objects are divided, of which each process takes its share; see `LeaderElectionConfiguration`. Default 1: one
    /// process works on all.
    public var shards = 1
    /// Name of this process in the Lease, different for each. Default `nil`: the host's name with a random part.
    public var identity: String?
    /// Address of `/healthz`, `/readyz` and `/metrics`. Default all interfaces, for the kubelet and the scraper.
    public var healthHost = "0.0.0.0"
    /// Port of `/healthz`, `/readyz` and `/metrics`; 0 means a free one, `nil` means no server. Default 8081.
    public var healthPort: Int? = 8081

    /// Makes the default settings.
    public init() {}
}
