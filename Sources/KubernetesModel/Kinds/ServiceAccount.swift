extension CoreV1 {
    /// An identity for the processes of a pod.
    public struct ServiceAccount: KubernetesResource, Hashable {
        /// `v1`, kind `ServiceAccount`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "ServiceAccount",
            plural: "serviceaccounts",
            isNamespaced: true
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `ServiceAccount`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Whether pods get an API token without asking; absent means yes.
        public var automountServiceAccountToken: Bool?
        /// Secrets for pulling images.
        public var imagePullSecrets: [LocalObjectReference]?
        /// Secrets that pods with this account may mount.
        public var secrets: [ObjectReference]?

        /// Creates an object with its type set; what is left out is absent.
        public init(
            metadata: ObjectMeta,
            automountServiceAccountToken: Bool? = nil,
            imagePullSecrets: [LocalObjectReference]? = nil,
            secrets: [ObjectReference]? = nil
        ) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.automountServiceAccountToken = automountServiceAccountToken
            self.imagePullSecrets = imagePullSecrets
            self.secrets = secrets
        }
    }

    /// Reference to an object in the same namespace.
    public struct LocalObjectReference: Codable, Sendable, Hashable {
        /// Name of the object.
        public var name: String?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil) {
            self.name = name
        }
    }

    /// Reference to any object.
    public struct ObjectReference: Codable, Sendable, Hashable {
        /// Group and version of the object.
        public var apiVersion: String?
        /// Kind of the object.
        public var kind: String?
        /// Namespace of the object; absent for cluster-scoped ones.
        public var namespace: String?
        /// Name of the object.
        public var name: String?
        /// Identity of the object.
        public var uid: String?
        /// Version of the object that was meant.
        public var resourceVersion: String?
        /// Part of the object that was meant.
        public var fieldPath: String?

        /// Creates a value; what is left out is absent.
        public init(
            apiVersion: String? = nil,
            kind: String? = nil,
            namespace: String? = nil,
            name: String? = nil,
            uid: String? = nil,
            resourceVersion: String? = nil,
            fieldPath: String? = nil
        ) {
            self.apiVersion = apiVersion
            self.kind = kind
            self.namespace = namespace
            self.name = name
            self.uid = uid
            self.resourceVersion = resourceVersion
            self.fieldPath = fieldPath
        }
    }
}
