import JSONValue

extension CoreV1 {
    /// Containers that are scheduled together.
    public struct Pod: KubernetesResource, Hashable {
        /// `v1`, kind `Pod`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "Pod",
            plural: "pods",
            isNamespaced: true
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Pod`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// What runs.
        public var spec: PodSpec?
        /// What happened.
        public var status: PodStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: PodSpec? = nil, status: PodStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// Metadata and behaviour of the pods that a workload makes.
    public struct PodTemplateSpec: Codable, Sendable, Hashable {
        /// Labels and annotations of the pods.
        public var metadata: ObjectMeta?
        /// What runs.
        public var spec: PodSpec?

        /// Creates a value; what is left out is absent.
        public init(metadata: ObjectMeta? = nil, spec: PodSpec? = nil) {
            self.metadata = metadata
            self.spec = spec
        }
    }

    /// What runs in a pod, and where.
    public struct PodSpec: Codable, Sendable, Hashable {
        /// Account of the pod; absent means `default`.
        public var serviceAccountName: String?
        /// Whether the API token is mounted; absent means as the account says.
        public var automountServiceAccountToken: Bool?
        /// Whether environment variables for every Service are set; absent means yes.
        public var enableServiceLinks: Bool?
        /// Security settings of all containers.
        public var securityContext: PodSecurityContext?
        /// Containers that run to completion first, in order.
        public var initContainers: [Container]?
        /// Containers that run side by side.
        public var containers: [Container]?
        /// Volumes that containers may mount.
        public var volumes: [Volume]?
        /// Labels that a node must have.
        public var nodeSelector: [String: String]?
        /// Taints that are accepted.
        public var tolerations: [Toleration]?
        /// Scheduling preferences.
        public var affinity: JSON?
        /// Secrets for pulling images.
        public var imagePullSecrets: [LocalObjectReference]?
        /// Priority of the pod.
        public var priorityClassName: String?
        /// Container runtime to use.
        public var runtimeClassName: String?
        /// `Always` (default), `OnFailure` or `Never`.
        public var restartPolicy: String?
        /// Seconds between the request to stop and the kill; absent means 30.
        public var terminationGracePeriodSeconds: Int64?
        /// Whether the node's network is used.
        public var hostNetwork: Bool?
        /// Whether the node's processes are seen.
        public var hostPID: Bool?
        /// Whether the node's inter-process communication is used.
        public var hostIPC: Bool?
        /// Node the pod was bound to.
        public var nodeName: String?

        /// Creates a value; what is left out is absent.
        public init(
            serviceAccountName: String? = nil,
            automountServiceAccountToken: Bool? = nil,
            enableServiceLinks: Bool? = nil,
            securityContext: PodSecurityContext? = nil,
            initContainers: [Container]? = nil,
            containers: [Container]? = nil,
            volumes: [Volume]? = nil,
            nodeSelector: [String: String]? = nil,
            tolerations: [Toleration]? = nil,
            affinity: JSON? = nil,
            imagePullSecrets: [LocalObjectReference]? = nil,
            priorityClassName: String? = nil,
            runtimeClassName: String? = nil,
            restartPolicy: String? = nil,
            terminationGracePeriodSeconds: Int64? = nil,
            hostNetwork: Bool? = nil,
            hostPID: Bool? = nil,
            hostIPC: Bool? = nil,
            nodeName: String? = nil
        ) {
            self.serviceAccountName = serviceAccountName
            self.automountServiceAccountToken = automountServiceAccountToken
            self.enableServiceLinks = enableServiceLinks
            self.securityContext = securityContext
            self.initContainers = initContainers
            self.containers = containers
            self.volumes = volumes
            self.nodeSelector = nodeSelector
            self.tolerations = tolerations
            self.affinity = affinity
            self.imagePullSecrets = imagePullSecrets
            self.priorityClassName = priorityClassName
            self.runtimeClassName = runtimeClassName
            self.restartPolicy = restartPolicy
            self.terminationGracePeriodSeconds = terminationGracePeriodSeconds
            self.hostNetwork = hostNetwork
            self.hostPID = hostPID
            self.hostIPC = hostIPC
            self.nodeName = nodeName
        }
    }

    /// A taint that a pod accepts.
    public struct Toleration: Codable, Sendable, Hashable {
        /// Taint key.
        public var key: String?
        /// `Equal` (default) or `Exists`.
        public var `operator`: String?
        /// Taint value.
        public var value: String?
        /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
        public var effect: String?
        /// Seconds a `NoExecute` taint is tolerated.
        public var tolerationSeconds: Int64?

        /// Creates a value; what is left out is absent.
        public init(
            key: String? = nil,
            `operator`: String? = nil,
            value: String? = nil,
            effect: String? = nil,
            tolerationSeconds: Int64? = nil
        ) {
            self.key = key
            self.operator = `operator`
            self.value = value
            self.effect = effect
            self.tolerationSeconds = tolerationSeconds
        }
    }

    /// Security settings of all containers of a pod.
    public struct PodSecurityContext: Codable, Sendable, Hashable {
        /// Whether the kubelet refuses user 0.
        public var runAsNonRoot: Bool?
        /// User id of the processes.
        public var runAsUser: Int64?
        /// Group id of the processes.
        public var runAsGroup: Int64?
        /// Group that owns the volumes.
        public var fsGroup: Int64?
        /// `OnRootMismatch` or `Always` (default).
        public var fsGroupChangePolicy: String?
        /// Further groups of the processes.
        public var supplementalGroups: [Int64]?
        /// System call filter.
        public var seccompProfile: SeccompProfile?

        /// Creates a value; what is left out is absent.
        public init(
            runAsNonRoot: Bool? = nil,
            runAsUser: Int64? = nil,
            runAsGroup: Int64? = nil,
            fsGroup: Int64? = nil,
            fsGroupChangePolicy: String? = nil,
            supplementalGroups: [Int64]? = nil,
            seccompProfile: SeccompProfile? = nil
        ) {
            self.runAsNonRoot = runAsNonRoot
            self.runAsUser = runAsUser
            self.runAsGroup = runAsGroup
            self.fsGroup = fsGroup
            self.fsGroupChangePolicy = fsGroupChangePolicy
            self.supplementalGroups = supplementalGroups
            self.seccompProfile = seccompProfile
        }
    }

    /// System call filter.
    public struct SeccompProfile: Codable, Sendable, Hashable {
        /// `RuntimeDefault`, `Localhost` or `Unconfined`.
        public var type: String?
        /// Path of the profile on the node.
        public var localhostProfile: String?

        /// Creates a value; what is left out is absent.
        public init(type: String? = nil, localhostProfile: String? = nil) {
            self.type = type
            self.localhostProfile = localhostProfile
        }
    }
}
