extension AppsV1 {
    /// A number of equal pods.
    public struct ReplicaSet: KubernetesResource, Hashable {
        /// `apps/v1`, kind `ReplicaSet`.
        public static let resourceType = ResourceType(
            group: "apps",
            version: "v1",
            kind: "ReplicaSet",
            plural: "replicasets",
            isNamespaced: true
        )

        /// `apps/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `ReplicaSet`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Which pods, how many.
        public var spec: ReplicaSetSpec?
        /// How many there are.
        public var status: ReplicaSetStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: ReplicaSetSpec? = nil, status: ReplicaSetStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// Behaviour of a ReplicaSet.
    public struct ReplicaSetSpec: Codable, Sendable, Hashable {
        /// Number of pods; absent means 1.
        public var replicas: Int?
        /// Seconds a pod must be ready to count as available.
        public var minReadySeconds: Int?
        /// Labels of the pods; cannot change.
        public var selector: LabelSelector?
        /// The pods.
        public var template: CoreV1.PodTemplateSpec?

        /// Creates a value; what is left out is absent.
        public init(
            replicas: Int? = nil,
            minReadySeconds: Int? = nil,
            selector: LabelSelector? = nil,
            template: CoreV1.PodTemplateSpec? = nil
        ) {
            self.replicas = replicas
            self.minReadySeconds = minReadySeconds
            self.selector = selector
            self.template = template
        }
    }

    /// State of a ReplicaSet.
    public struct ReplicaSetStatus: Codable, Sendable, Hashable {
        /// Generation of the spec this status speaks of.
        public var observedGeneration: Int64?
        /// Pods that exist.
        public var replicas: Int?
        /// Pods that carry all labels of the template.
        public var fullyLabeledReplicas: Int?
        /// Pods that are ready.
        public var readyReplicas: Int?
        /// Pods that have been ready long enough.
        public var availableReplicas: Int?
        /// `ReplicaFailure`.
        public var conditions: [CoreV1.WorkloadCondition]?

        /// Creates a value; what is left out is absent.
        public init(
            observedGeneration: Int64? = nil,
            replicas: Int? = nil,
            fullyLabeledReplicas: Int? = nil,
            readyReplicas: Int? = nil,
            availableReplicas: Int? = nil,
            conditions: [CoreV1.WorkloadCondition]? = nil
        ) {
            self.observedGeneration = observedGeneration
            self.replicas = replicas
            self.fullyLabeledReplicas = fullyLabeledReplicas
            self.readyReplicas = readyReplicas
            self.availableReplicas = availableReplicas
            self.conditions = conditions
        }
    }
}
