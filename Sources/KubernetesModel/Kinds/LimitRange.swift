extension CoreV1 {
    /// Bounds and defaults for each object of a namespace.
    public struct LimitRange: KubernetesResource, Hashable {
        /// `v1`, kind `LimitRange`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "LimitRange",
            plural: "limitranges",
            isNamespaced: true
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `LimitRange`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// The bounds.
        public var spec: LimitRangeSpec?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: LimitRangeSpec? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
        }
    }

    /// Bounds of a limit range.
    public struct LimitRangeSpec: Codable, Sendable, Hashable {
        /// One entry a type of object.
        public var limits: [LimitRangeItem]?

        /// Creates a value; what is left out is absent.
        public init(limits: [LimitRangeItem]? = nil) {
            self.limits = limits
        }
    }

    /// Bounds and defaults for one type of object.
    public struct LimitRangeItem: Codable, Sendable, Hashable {
        /// `Container`, `Pod` or `PersistentVolumeClaim`.
        public var type: String?
        /// Limits of what names none.
        public var `default`: [String: Quantity]?
        /// Requests of what names none.
        public var defaultRequest: [String: Quantity]?
        /// Greatest amounts.
        public var max: [String: Quantity]?
        /// Least amounts.
        public var min: [String: Quantity]?

        /// Creates a value; what is left out is absent.
        public init(
            type: String? = nil,
            `default`: [String: Quantity]? = nil,
            defaultRequest: [String: Quantity]? = nil,
            max: [String: Quantity]? = nil,
            min: [String: Quantity]? = nil
        ) {
            self.type = type
            self.default = `default`
            self.defaultRequest = defaultRequest
            self.max = max
            self.min = min
        }
    }
}
