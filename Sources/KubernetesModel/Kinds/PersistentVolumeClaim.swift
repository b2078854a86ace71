extension CoreV1 {
    /// A request for storage that outlives pods.
    public struct PersistentVolumeClaim: KubernetesResource, Hashable {
        /// `v1`, kind `PersistentVolumeClaim`.
        public static let resourceType = ResourceType(
            group: "",
            version: "v1",
            kind: "PersistentVolumeClaim",
            plural: "persistentvolumeclaims",
            isNamespaced: true
        )

        /// `v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `PersistentVolumeClaim`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// What is asked for.
        public var spec: PersistentVolumeClaimSpec?
        /// What was found.
        public var status: PersistentVolumeClaimStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: PersistentVolumeClaimSpec? = nil, status: PersistentVolumeClaimStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// What a claim asks for.
    public struct PersistentVolumeClaimSpec: Codable, Sendable, Hashable {
        /// `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany` or `ReadWriteOncePod`.
        public var accessModes: [String]?
        /// Size.
        public var resources: VolumeResourceRequirements?
        /// Class of storage; absent means the cluster's default.
        public var storageClassName: String?
        /// `Filesystem` (default) or `Block`.
        public var volumeMode: String?
        /// Name of the bound volume.
        public var volumeName: String?

        /// Creates a value; what is left out is absent.
        public init(
            accessModes: [String]? = nil,
            resources: VolumeResourceRequirements? = nil,
            storageClassName: String? = nil,
            volumeMode: String? = nil,
            volumeName: String? = nil
        ) {
            self.accessModes = accessModes
            self.resources = resources
            self.storageClassName = storageClassName
            self.volumeMode = volumeMode
            self.volumeName = volumeName
        }
    }

    /// Least and greatest size of a volume.
    public struct VolumeResourceRequirements: Codable, Sendable, Hashable {
        /// Least size under the key `storage`.
        public var requests: [String: Quantity]?
        /// Greatest size under the key `storage`.
        public var limits: [String: Quantity]?

        /// Creates a value; what is left out is absent.
        public init(requests: [String: Quantity]? = nil, limits: [String: Quantity]? = nil) {
            self.requests = requests
            self.limits = limits
        }
    }

    /// State of a claim.
    public struct PersistentVolumeClaimStatus: Codable, Sendable, Hashable {
        /// `Pending`, `Bound` or `Lost`.
        public var phase: String?
        /// Access modes of the bound volume.
        public var accessModes: [String]?
        /// Size of the bound volume.
        public var capacity: [String: Quantity]?

        /// Creates a value; what is left out is absent.
        public init(phase: String? = nil, accessModes: [String]? = nil, capacity: [String: Quantity]? = nil) {
            self.phase = phase
            self.accessModes = accessModes
            self.capacity = capacity
        }
    }
}
