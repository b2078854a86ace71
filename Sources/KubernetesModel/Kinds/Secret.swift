extension CoreV1 {
    /// Sensitive bytes by key.
    public struct Secret: KubernetesResource, Hashable {
        /// `v1`, kind `Secret`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "Secret",
            plural: "secrets",
            isNamespaced: true
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Secret`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// What the keys mean, for example `Opaque` or `kubernetes.io/tls`.
        public var type: String?
        /// Values in base64.
        public var data: [String: String]?
        /// Values as text; write-only, merged into `data` by the server.
        public var stringData: [String: String]?
        /// When true the server refuses every later change of the data.
        public var immutable: Bool?

        /// Creates an object with its type set; what is left out is absent.
        public init(
            metadata: ObjectMeta,
            type: String? = nil,
            data: [String: String]? = nil,
            stringData: [String: String]? = nil,
            immutable: Bool? = nil
        ) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.type = type
            self.data = data
            self.stringData = stringData
            self.immutable = immutable
        }
    }
}
