extension CoreV1 {
    /// Configuration text by key.
    public struct ConfigMap: KubernetesResource, Hashable {
        /// `v1`, kind `ConfigMap`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "ConfigMap",
            plural: "configmaps",
            isNamespaced: true
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `ConfigMap`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Values as text.
        public var data: [String: String]?
        /// Values in base64.
        public var binaryData: [String: String]?
        /// When true the server refuses every later change of the data.
        public var immutable: Bool?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, data: [String: String]? = nil, binaryData: [String: String]? = nil, immutable: Bool? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.data = data
            self.binaryData = binaryData
            self.immutable = immutable
        }
    }
}
