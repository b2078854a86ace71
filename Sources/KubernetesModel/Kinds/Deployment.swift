extension AppsV1 {
    /// A number of equal pods that are replaced when their template changes.
    public struct Deployment: KubernetesResource, Hashable {
        /// `apps/v1`, kind `Deployment`.
        public static let resourceType = ResourceType(
            group: "apps",
            version: "v1",
            kind: "Deployment",
            plural: "deployments",
            isNamespaced: true
        )

        /// `apps/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Deployment`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Which pods, how many.
        public var spec: DeploymentSpec?
        /// How far the roll-out is.
        public var status: DeploymentStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: DeploymentSpec? = nil, status: DeploymentStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// Behaviour of a Deployment.
    public struct DeploymentSpec: Codable, Sendable, Hashable {
        /// Number of pods; absent means 1.
        public var replicas: Int?
        /// Labels of the pods; cannot change.
        public var selector: LabelSelector?
        /// The pods.
        public var template: CoreV1.PodTemplateSpec?
        /// How pods are replaced.
        public var strategy: DeploymentStrategy?
        /// Seconds a pod must be ready to count as available.
        public var minReadySeconds: Int?
        /// Seconds until a roll-out counts as stuck; absent means 600.
        public var progressDeadlineSeconds: Int?
        /// Old ReplicaSets to keep; absent means 10.
        public var revisionHistoryLimit: Int?
        /// Whether template changes are held back.
        public var paused: Bool?

        /// Creates a value; what is left out is absent.
        public init(
            replicas: Int? = nil,
            selector: LabelSelector? = nil,
            template: CoreV1.PodTemplateSpec? = nil,
            strategy: DeploymentStrategy? = nil,
            minReadySeconds: Int? = nil,
            progressDeadlineSeconds: Int? = nil,
            revisionHistoryLimit: Int? = nil,
            paused: Bool? = nil
        ) {
            self.replicas = replicas
            self.selector = selector
            self.template = template
            self.strategy = strategy
            self.minReadySeconds = minReadySeconds
            self.progressDeadlineSeconds = progressDeadlineSeconds
            self.revisionHistoryLimit = revisionHistoryLimit
            self.paused = paused
        }
    }

    /// How pods are replaced.
    public struct DeploymentStrategy: Codable, Sendable, Hashable {
        /// `RollingUpdate` (default) or `Recreate`.
        public var type: String?
        /// Settings of `RollingUpdate`.
        public var rollingUpdate: RollingUpdateDeployment?

        /// Creates a value; what is left out is absent.
        public init(type: String? = nil, rollingUpdate: RollingUpdateDeployment? = nil) {
            self.type = type
            self.rollingUpdate = rollingUpdate
        }
    }

    /// Settings of a rolling update.
    public struct RollingUpdateDeployment: Codable, Sendable, Hashable {
        /// Pods that may be missing meanwhile.
        public var maxUnavailable: IntOrString?
        /// Pods that may be added meanwhile.
        public var maxSurge: IntOrString?

        /// Creates a value; what is left out is absent.
        public init(maxUnavailable: IntOrString? = nil, maxSurge: IntOrString? = nil) {
            self.maxUnavailable = maxUnavailable
            self.maxSurge = maxSurge
        }
    }

    /// How far the roll-out of a Deployment is.
    public struct DeploymentStatus: Codable, Sendable, Hashable {
        /// Generation of the spec this status speaks of.
        public var observedGeneration: Int64?
        /// Pods that exist.
        public var replicas: Int?
        /// Pods of the current template.
        public var updatedReplicas: Int?
        /// Pods that are ready.
        public var readyReplicas: Int?
        /// Pods that have been ready long enough.
        public var availableReplicas: Int?
        /// Pods still missing.
        public var unavailableReplicas: Int?
        /// Pods that are ending.
        public var terminatingReplicas: Int?
        /// `Available`, `Progressing`, `ReplicaFailure`.
        public var conditions: [CoreV1.WorkloadCondition]?

        /// Creates a value; what is left out is absent.
        public init(
            observedGeneration: Int64? = nil,
            replicas: Int? = nil,
            updatedReplicas: Int? = nil,
            readyReplicas: Int? = nil,
            availableReplicas: Int? = nil,
            unavailableReplicas: Int? = nil,
            terminatingReplicas: Int? = nil,
            conditions: [CoreV1.WorkloadCondition]? = nil
        ) {
            self.observedGeneration = observedGeneration
            self.replicas = replicas
            self.updatedReplicas = updatedReplicas
            self.readyReplicas = readyReplicas
            self.availableReplicas = availableReplicas
            self.unavailableReplicas = unavailableReplicas
            self.terminatingReplicas = terminatingReplicas
            self.conditions = conditions
        }
    }
}
