extension CoordinationV1 {
    /// Who holds a role, and until when.
    public struct Lease: KubernetesResource, Hashable {
        /// `coordination.k8s.io/v1`, kind `Lease`.
        public static let resourceType = ResourceType(
            group: "coordination.k8s.io",
            version: "v1",
            kind: "Lease",
            plural: "leases",
            isNamespaced: true
        )

        /// `coordination.k8s.io/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Lease`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Holder and times.
        public var spec: LeaseSpec?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: LeaseSpec? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
        }
    }

    /// Holder and times of a lease.
    public struct LeaseSpec: Codable, Sendable, Hashable {
        /// Who holds it; empty means nobody.
        public var holderIdentity: String?
        /// Seconds after `renewTime` until others may take it.
        public var leaseDurationSeconds: Int?
        /// When the holder got it.
        public var acquireTime: MicroTimestamp?
        /// When the holder last renewed it.
        public var renewTime: MicroTimestamp?
        /// How often the holder changed.
        public var leaseTransitions: Int?

        /// Creates a value; what is left out is absent.
        public init(
            holderIdentity: String? = nil,
            leaseDurationSeconds: Int? = nil,
            acquireTime: MicroTimestamp? = nil,
            renewTime: MicroTimestamp? = nil,
            leaseTransitions: Int? = nil
        ) {
            self.holderIdentity = holderIdentity
            self.leaseDurationSeconds = leaseDurationSeconds
            self.acquireTime = acquireTime
            self.renewTime = renewTime
            self.leaseTransitions = leaseTransitions
        }
    }
}
