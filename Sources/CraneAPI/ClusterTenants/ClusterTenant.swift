import KubernetesModel

/// A customer: a namespace of its own, a quota, an isolation tier and a base domain.
public struct ClusterTenant: KubernetesResource, Hashable {
    /// `clustertenants.opencrane.io`, of the cluster.
    public static let resourceType = ResourceType(
        group: CraneGroup.name,
        version: CraneGroup.version,
        kind: "ClusterTenant",
        plural: "clustertenants",
        isNamespaced: false
    )

    /// Group and version.
    public var apiVersion: String
    /// The kind: `ClusterTenant`.
    public var kind: String
    /// Name, labels and so on.
    public var metadata: ObjectMeta
    /// What is wanted.
    public var spec: ClusterTenantSpec
    /// What was observed.
    public var status: ClusterTenantStatus?

    /// A customer as one would apply it.
    public init(metadata: ObjectMeta, spec: ClusterTenantSpec, status: ClusterTenantStatus? = nil) {
        apiVersion = CraneGroup.apiVersion
        kind = Self.resourceType.kind
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    /// Reads an object; apiVersion and kind may be absent, as in the items of some lists.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            metadata: try container.decode(ObjectMeta.self, forKey: .metadata),
            spec: try container.decode(ClusterTenantSpec.self, forKey: .spec),
            status: try container.decodeIfPresent(ClusterTenantStatus.self, forKey: .status)
        )
    }
}
