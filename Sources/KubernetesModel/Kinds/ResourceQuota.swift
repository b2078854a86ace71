extension CoreV1 {
    /// Greatest amounts that all objects of a namespace may use together.
    public struct ResourceQuota: KubernetesResource, Hashable {
        /// `v1`, kind `ResourceQuota`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "ResourceQuota",
            plural: "resourcequotas",
            isNamespaced: true
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `ResourceQuota`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// The bounds.
        public var spec: ResourceQuotaSpec?
        /// The use.
        public var status: ResourceQuotaStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: ResourceQuotaSpec? = nil, status: ResourceQuotaStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// Bounds of a quota.
    public struct ResourceQuotaSpec: Codable, Sendable, Hashable {
        /// Greatest amount for each resource, for example `requests.cpu` or `pods`.
        public var hard: [String: Quantity]?
        /// Filters on what is counted.
        public var scopes: [String]?

        /// Creates a value; what is left out is absent.
        public init(hard: [String: Quantity]? = nil, scopes: [String]? = nil) {
            self.hard = hard
            self.scopes = scopes
        }
    }

    /// Use of a quota.
    public struct ResourceQuotaStatus: Codable, Sendable, Hashable {
        /// Bounds in force.
        public var hard: [String: Quantity]?
        /// Amounts in use.
        public var used: [String: Quantity]?

        /// Creates a value; what is left out is absent.
        public init(hard: [String: Quantity]? = nil, used: [String: Quantity]? = nil) {
            self.hard = hard
            self.used = used
        }
    }
}
