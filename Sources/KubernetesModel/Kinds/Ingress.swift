extension NetworkingV1 {
    /// HTTP routes from outside to Services.
    public struct Ingress: KubernetesResource, Hashable {
        /// `networking.k8s.io/v1`, kind `Ingress`.
        public static let resourceType = ResourceType(
            group: "networking.k8s.io",
            version: "v1",
            kind: "Ingress",
            plural: "ingresses",
            isNamespaced: true
        )

        /// `networking.k8s.io/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Ingress`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// The routes.
        public var spec: IngressSpec?
        /// Addresses from outside.
        public var status: IngressStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: IngressSpec? = nil, status: IngressStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// Routes of an Ingress.
    public struct IngressSpec: Codable, Sendable, Hashable {
        /// Controller that serves it.
        public var ingressClassName: String?
        /// Where requests go that match no rule.
        public var defaultBackend: IngressBackend?
        /// One entry a host.
        public var rules: [IngressRule]?
        /// Certificates.
        public var tls: [IngressTLS]?

        /// Creates a value; what is left out is absent.
        public init(
            ingressClassName: String? = nil,
            defaultBackend: IngressBackend? = nil,
            rules: [IngressRule]? = nil,
            tls: [IngressTLS]? = nil
        ) {
            self.ingressClassName = ingressClassName
            self.defaultBackend = defaultBackend
            self.rules = rules
            self.tls = tls
        }
    }

    /// Routes of one host.
    public struct IngressRule: Codable, Sendable, Hashable {
        /// Host name; absent means every host.
        public var host: String?
        /// Paths.
        public var http: HTTPIngressRuleValue?

        /// Creates a value; what is left out is absent.
        public init(host: String? = nil, http: HTTPIngressRuleValue? = nil) {
            self.host = host
            self.http = http
        }
    }

    /// Paths of one host.
    public struct HTTPIngressRuleValue: Codable, Sendable, Hashable {
        /// One entry a path.
        public var paths: [HTTPIngressPath]?

        /// Creates a value; what is left out is absent.
        public init(paths: [HTTPIngressPath]? = nil) {
            self.paths = paths
        }
    }

    /// Where a path leads.
    public struct HTTPIngressPath: Codable, Sendable, Hashable {
        /// Path of the request.
        public var path: String?
        /// `Prefix`, `Exact` or `ImplementationSpecific`.
        public var pathType: String?
        /// Where it leads.
        public var backend: IngressBackend?

        /// Creates a value; what is left out is absent.
        public init(path: String? = nil, pathType: String? = nil, backend: IngressBackend? = nil) {
            self.path = path
            self.pathType = pathType
            self.backend = backend
        }
    }

    /// Where requests go.
    public struct IngressBackend: Codable, Sendable, Hashable {
        /// A Service.
        public var service: IngressServiceBackend?

        /// Creates a value; what is left out is absent.
        public init(service: IngressServiceBackend? = nil) {
            self.service = service
        }
    }

    /// A port of a Service.
    public struct IngressServiceBackend: Codable, Sendable, Hashable {
        /// Name of the Service.
        public var name: String?
        /// Its port.
        public var port: ServiceBackendPort?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, port: ServiceBackendPort? = nil) {
            self.name = name
            self.port = port
        }
    }

    /// A port of a Service; one of the two.
    public struct ServiceBackendPort: Codable, Sendable, Hashable {
        /// Name of the port.
        public var name: String?
        /// Number of the port.
        public var number: Int?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, number: Int? = nil) {
            self.name = name
            self.number = number
        }
    }

    /// The certificate for some hosts.
    public struct IngressTLS: Codable, Sendable, Hashable {
        /// Hosts the certificate is for.
        public var hosts: [String]?
        /// Secret of type `kubernetes.io/tls`.
        public var secretName: String?

        /// Creates a value; what is left out is absent.
        public init(hosts: [String]? = nil, secretName: String? = nil) {
            self.hosts = hosts
            self.secretName = secretName
        }
    }

    /// State of an Ingress.
    public struct IngressStatus: Codable, Sendable, Hashable {
        /// Addresses from outside.
        public var loadBalancer: CoreV1.LoadBalancerStatus?

        /// Creates a value; what is left out is absent.
        public init(loadBalancer: CoreV1.LoadBalancerStatus? = nil) {
            self.loadBalancer = loadBalancer
        }
    }
}
