extension CoreV1 {
    /// A scope for names, and the unit that quotas, network policies and Pod Security levels attach to.
    public struct Namespace: KubernetesResource, Hashable {
        /// `v1`, kind `Namespace`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "Namespace",
            plural: "namespaces",
            isNamespaced: false
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Namespace`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Behaviour of the namespace.
        public var spec: NamespaceSpec?
        /// Observed state.
        public var status: NamespaceStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: NamespaceSpec? = nil, status: NamespaceStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// Behaviour of a namespace.
    public struct NamespaceSpec: Codable, Sendable, Hashable {
        /// Values that must be gone before the namespace is removed from storage (`kubernetes`).
        public var finalizers: [String]?

        /// Creates a value; what is left out is absent.
        public init(finalizers: [String]? = nil) {
            self.finalizers = finalizers
        }
    }

    /// Observed state of a namespace.
    public struct NamespaceStatus: Codable, Sendable, Hashable {
        /// `Active` or `Terminating`.
        public var phase: String?
        /// What deletion still waits for.
        public var conditions: [WorkloadCondition]?

        /// Creates a value; what is left out is absent.
        public init(phase: String? = nil, conditions: [WorkloadCondition]? = nil) {
            self.phase = phase
            self.conditions = conditions
        }
    }
}
