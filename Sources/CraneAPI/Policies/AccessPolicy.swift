import KubernetesModel

/// What tenants may reach.
public struct AccessPolicy: KubernetesResource, Hashable {
    /// `accesspolicies.opencrane.io`, in a namespace.
    public static let resourceType = ResourceType(
        group: CraneGroup.name,
        version: CraneGroup.version,
        kind: "AccessPolicy",
        plural: "accesspolicies",
        isNamespaced: true
    )

    /// Group and version.
    public var apiVersion: String
    /// The kind: `AccessPolicy`.
    public var kind: String
    /// Name, namespace, labels and so on.
    public var metadata: ObjectMeta
    /// What is wanted.
    public var spec: AccessPolicySpec
    /// What was observed.
    public var status: AccessPolicyStatus?

    /// A policy as one would apply it.
    public init(metadata: ObjectMeta, spec: AccessPolicySpec, status: AccessPolicyStatus? = nil) {
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
            spec: try container.decode(AccessPolicySpec.self, forKey: .spec),
            status: try container.decodeIfPresent(AccessPolicyStatus.self, forKey: .status)
        )
    }
}
