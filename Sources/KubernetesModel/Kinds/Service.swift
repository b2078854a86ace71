extension CoreV1 {
    /// A stable name and address for a set of pods.
    public struct Service: KubernetesResource, Hashable {
        /// `v1`, kind `Service`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "Service",
            plural: "services",
            isNamespaced: true
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Service`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Which pods, which ports.
        public var spec: ServiceSpec?
        /// Addresses from outside.
        public var status: ServiceStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: ServiceSpec? = nil, status: ServiceStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// Which pods a Service leads to, and how.
    public struct ServiceSpec: Codable, Sendable, Hashable {
        /// `ClusterIP` (default), `NodePort`, `LoadBalancer` or `ExternalName`.
        public var type: String?
        /// Labels of the pods.
        public var selector: [String: String]?
        /// Ports that are served.
        public var ports: [ServicePort]?
        /// Address inside the cluster; `None` for a headless Service.
        public var clusterIP: String?
        /// All addresses inside the cluster.
        public var clusterIPs: [String]?
        /// DNS name that an `ExternalName` Service stands for.
        public var externalName: String?
        /// `None` (default) or `ClientIP`.
        public var sessionAffinity: String?
        /// Whether pods that are not ready get traffic.
        public var publishNotReadyAddresses: Bool?

        /// Creates a value; what is left out is absent.
        public init(
            type: String? = nil,
            selector: [String: String]? = nil,
            ports: [ServicePort]? = nil,
            clusterIP: String? = nil,
            clusterIPs: [String]? = nil,
            externalName: String? = nil,
            sessionAffinity: String? = nil,
            publishNotReadyAddresses: Bool? = nil
        ) {
            self.type = type
            self.selector = selector
            self.ports = ports
            self.clusterIP = clusterIP
            self.clusterIPs = clusterIPs
            self.externalName = externalName
            self.sessionAffinity = sessionAffinity
            self.publishNotReadyAddresses = publishNotReadyAddresses
        }
    }

    /// One port of a Service.
    public struct ServicePort: Codable, Sendable, Hashable {
        /// Name of the port; needed when there is more than one.
        public var name: String?
        /// Port of the Service.
        public var port: Int?
        /// Port of the pod, or the name of one; absent means the same number.
        public var targetPort: IntOrString?
        /// `TCP` (default), `UDP` or `SCTP`.
        public var `protocol`: String?
        /// Application protocol hint.
        public var appProtocol: String?
        /// Port on every node.
        public var nodePort: Int?

        /// Creates a value; what is left out is absent.
        public init(
            name: String? = nil,
            port: Int? = nil,
            targetPort: IntOrString? = nil,
            `protocol`: String? = nil,
            appProtocol: String? = nil,
            nodePort: Int? = nil
        ) {
            self.name = name
            self.port = port
            self.targetPort = targetPort
            self.protocol = `protocol`
            self.appProtocol = appProtocol
            self.nodePort = nodePort
        }
    }

    /// State of a Service.
    public struct ServiceStatus: Codable, Sendable, Hashable {
        /// Addresses of the load balancer.
        public var loadBalancer: LoadBalancerStatus?

        /// Creates a value; what is left out is absent.
        public init(loadBalancer: LoadBalancerStatus? = nil) {
            self.loadBalancer = loadBalancer
        }
    }

    /// Addresses of a load balancer, of a Service or of an Ingress.
    public struct LoadBalancerStatus: Codable, Sendable, Hashable {
        /// One entry an address.
        public var ingress: [LoadBalancerIngress]?

        /// Creates a value; what is left out is absent.
        public init(ingress: [LoadBalancerIngress]? = nil) {
            self.ingress = ingress
        }
    }

    /// One address of a load balancer.
    public struct LoadBalancerIngress: Codable, Sendable, Hashable {
        /// IP address.
        public var ip: String?
        /// DNS name.
        public var hostname: String?
        /// `VIP` or `Proxy` (Services only).
        public var ipMode: String?

        /// Creates a value; what is left out is absent.
        public init(ip: String? = nil, hostname: String? = nil, ipMode: String? = nil) {
            self.ip = ip
            self.hostname = hostname
            self.ipMode = ipMode
        }
    }
}
