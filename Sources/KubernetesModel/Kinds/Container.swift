extension CoreV1 {
    /// One container of a pod.
    public struct Container: Codable, Sendable, Hashable {
        /// Name, unique within the pod.
        public var name: String?
        /// Image reference.
        public var image: String?
        /// `Always`, `IfNotPresent` or `Never`.
        public var imagePullPolicy: String?
        /// Entry point; absent means the image's.
        public var command: [String]?
        /// Arguments of the entry point.
        public var args: [String]?
        /// Working directory.
        public var workingDir: String?
        /// Ports that are listened on.
        public var ports: [ContainerPort]?
        /// Environment variables.
        public var env: [EnvVar]?
        /// Sets of environment variables.
        public var envFrom: [EnvFromSource]?
        /// Requests and limits.
        public var resources: ResourceRequirements?
        /// Where volumes appear.
        public var volumeMounts: [VolumeMount]?
        /// Check that holds the other probes back until it succeeds.
        public var startupProbe: Probe?
        /// Check that decides whether the pod gets traffic.
        public var readinessProbe: Probe?
        /// Check that restarts the container when it fails.
        public var livenessProbe: Probe?
        /// Security settings of this container.
        public var securityContext: SecurityContext?
        /// `File` (default) or `FallbackToLogsOnError`.
        public var terminationMessagePolicy: String?

        /// Creates a value; what is left out is absent.
        public init(
            name: String? = nil,
            image: String? = nil,
            imagePullPolicy: String? = nil,
            command: [String]? = nil,
            args: [String]? = nil,
            workingDir: String? = nil,
            ports: [ContainerPort]? = nil,
            env: [EnvVar]? = nil,
            envFrom: [EnvFromSource]? = nil,
            resources: ResourceRequirements? = nil,
            volumeMounts: [VolumeMount]? = nil,
            startupProbe: Probe? = nil,
            readinessProbe: Probe? = nil,
            livenessProbe: Probe? = nil,
            securityContext: SecurityContext? = nil,
            terminationMessagePolicy: String? = nil
        ) {
            self.name = name
            self.image = image
            self.imagePullPolicy = imagePullPolicy
            self.command = command
            self.args = args
            self.workingDir = workingDir
            self.ports = ports
            self.env = env
            self.envFrom = envFrom
            self.resources = resources
            self.volumeMounts = volumeMounts
            self.startupProbe = startupProbe
            self.readinessProbe = readinessProbe
            self.livenessProbe = livenessProbe
            self.securityContext = securityContext
            self.terminationMessagePolicy = terminationMessagePolicy
        }
    }

    /// A port that a container listens on.
    public struct ContainerPort: Codable, Sendable, Hashable {
        /// Name of the port.
        public var name: String?
        /// Port number.
        public var containerPort: Int?
        /// `TCP` (default), `UDP` or `SCTP`.
        public var `protocol`: String?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, containerPort: Int? = nil, `protocol`: String? = nil) {
            self.name = name
            self.containerPort = containerPort
            self.protocol = `protocol`
        }
    }

    /// One environment variable.
    public struct EnvVar: Codable, Sendable, Hashable {
        /// Name.
        public var name: String?
        /// Value as text.
        public var value: String?
        /// Where the value comes from instead.
        public var valueFrom: EnvVarSource?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, value: String? = nil, valueFrom: EnvVarSource? = nil) {
            self.name = name
            self.value = value
            self.valueFrom = valueFrom
        }
    }

    /// Where the value of a variable comes from; exactly one member is set.
    public struct EnvVarSource: Codable, Sendable, Hashable {
        /// A key of a Secret.
        public var secretKeyRef: KeySelector?
        /// A key of a ConfigMap.
        public var configMapKeyRef: KeySelector?
        /// A field of the pod.
        public var fieldRef: ObjectFieldSelector?

        /// Creates a value; what is left out is absent.
        public init(secretKeyRef: KeySelector? = nil, configMapKeyRef: KeySelector? = nil, fieldRef: ObjectFieldSelector? = nil) {
            self.secretKeyRef = secretKeyRef
            self.configMapKeyRef = configMapKeyRef
            self.fieldRef = fieldRef
        }
    }

    /// A key of a Secret or of a ConfigMap in the pod's namespace.
    public struct KeySelector: Codable, Sendable, Hashable {
        /// Name of the object.
        public var name: String?
        /// Key within the object.
        public var key: String?
        /// Whether the pod starts when it is missing.
        public var optional: Bool?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, key: String? = nil, optional: Bool? = nil) {
            self.name = name
            self.key = key
            self.optional = optional
        }
    }

    /// A field of the pod itself.
    public struct ObjectFieldSelector: Codable, Sendable, Hashable {
        /// Version of the path; absent means `v1`.
        public var apiVersion: String?
        /// Path, for example `metadata.name`.
        public var fieldPath: String?

        /// Creates a value; what is left out is absent.
        public init(apiVersion: String? = nil, fieldPath: String? = nil) {
            self.apiVersion = apiVersion
            self.fieldPath = fieldPath
        }
    }

    /// A set of environment variables.
    public struct EnvFromSource: Codable, Sendable, Hashable {
        /// Put before each name.
        public var prefix: String?
        /// All keys of a Secret.
        public var secretRef: OptionalReference?
        /// All keys of a ConfigMap.
        public var configMapRef: OptionalReference?

        /// Creates a value; what is left out is absent.
        public init(prefix: String? = nil, secretRef: OptionalReference? = nil, configMapRef: OptionalReference? = nil) {
            self.prefix = prefix
            self.secretRef = secretRef
            self.configMapRef = configMapRef
        }
    }

    /// Reference to an object that may be allowed to be missing.
    public struct OptionalReference: Codable, Sendable, Hashable {
        /// Name of the object.
        public var name: String?
        /// Whether the pod starts when it is missing.
        public var optional: Bool?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, optional: Bool? = nil) {
            self.name = name
            self.optional = optional
        }
    }

    /// What a container is promised and what it may use at most.
    public struct ResourceRequirements: Codable, Sendable, Hashable {
        /// Promised amounts.
        public var requests: [String: Quantity]?
        /// Greatest amounts.
        public var limits: [String: Quantity]?

        /// Creates a value; what is left out is absent.
        public init(requests: [String: Quantity]? = nil, limits: [String: Quantity]? = nil) {
            self.requests = requests
            self.limits = limits
        }
    }

    /// Where a volume appears in a container.
    public struct VolumeMount: Codable, Sendable, Hashable {
        /// Name of the volume.
        public var name: String?
        /// Path in the container.
        public var mountPath: String?
        /// Path within the volume.
        public var subPath: String?
        /// Whether writing is refused.
        public var readOnly: Bool?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, mountPath: String? = nil, subPath: String? = nil, readOnly: Bool? = nil) {
            self.name = name
            self.mountPath = mountPath
            self.subPath = subPath
            self.readOnly = readOnly
        }
    }
}
