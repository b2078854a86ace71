import KubernetesModel

/// One assistant, or one fleet of agents: a pod or a virtual machine that runs an OpenClaw gateway.
public struct Tenant: KubernetesResource, Hashable {
    /// `tenants.opencrane.io`, in a namespace.
    public static let resourceType = ResourceType(
        group: CraneGroup.name,
        version: CraneGroup.version,
        kind: "Tenant",
        plural: "tenants",
        isNamespaced: true
    )

    /// Group and version.
    public var apiVersion: String
    /// The kind: `Tenant`.
    public var kind: String
    /// Name, namespace, labels and so on.
    public var metadata: ObjectMeta
    /// What is wanted.
    public var spec: TenantSpec
    /// What was observed.
    public var status: TenantStatus?

    /// A tenant as one would apply it.
    public init(metadata: ObjectMeta, spec: TenantSpec, status: TenantStatus? = nil) {
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
            spec: try container.decode(TenantSpec.self, forKey: .spec),
            status: try container.decodeIfPresent(TenantStatus.self, forKey: .status)
        )
    }
}
