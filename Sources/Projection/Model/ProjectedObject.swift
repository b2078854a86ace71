import CraneAPI
import Foundation
import JSONValue
import KubernetesModel

/// What the projection keeps of an object: the metadata it needs, and `spec` and `status` in their normal form.
public struct ProjectedObject: Sendable, Hashable {
    /// The kind of the object.
    public let kind: ProjectedKind
    /// The namespace and name; the namespace is `nil` for cluster-scoped kinds.
    public let key: ObjectKey
    /// The unique id of the object.
    public let uid: String
    /// The version of the object.
    public let resourceVersion: String
    /// The generation of the desired state.
    public let generation: Int64?
    /// When the object was made.
    public let createdAt: Date?
    /// The labels.
    public let labels: [String: String]
    /// The desired state in its normal form; see `Normaliser`.
    public let spec: JSON
    /// The observed state.
    public let status: JSON?
    /// Whether the object waits for its finalizers.
    public let isDeleting: Bool

    /// Reads an object.
    ///
    /// - Throws: `ProjectionError` with `invalid_object` when it has no name.
    public init(kind: ProjectedKind, _ object: DynamicObject) throws(ProjectionError) {
        try self.init(kind: kind, metadata: object.metadata, spec: object["spec"], status: object["status"])
    }

    /// Reads a tenant.
    ///
    /// - Throws: `ProjectionError` with `invalid_object`.
    public init(_ tenant: Tenant) throws(ProjectionError) { try self.init(encoding: tenant, as: .tenant) }

    /// Reads an access policy.
    ///
    /// - Throws: `ProjectionError` with `invalid_object`.
    public init(_ policy: AccessPolicy) throws(ProjectionError) { try self.init(encoding: policy, as: .accessPolicy) }

    /// Reads a cluster tenant.
    ///
    /// - Throws: `ProjectionError` with `invalid_object`.
    public init(_ clusterTenant: ClusterTenant) throws(ProjectionError) { try self.init(encoding: clusterTenant, as: .clusterTenant) }

    private init(encoding resource: some KubernetesResource, as kind: ProjectedKind) throws(ProjectionError) {
        let json: JSON
        do { json = try JSON(encoding: resource) } catch {
            throw ProjectionError(.invalidObject, "The \(kind.rawValue) \(resource.key) cannot be written as JSON: \(error)")
        }
        try self.init(kind: kind, metadata: resource.metadata, spec: json["spec"], status: json["status"])
    }

    private init(kind: ProjectedKind, metadata: ObjectMeta, spec: JSON?, status: JSON?) throws(ProjectionError) {
        guard !metadata.name.isEmpty else {
            throw ProjectionError(.invalidObject, "A \(kind.rawValue) without a name cannot be projected.")
        }
        self.kind = kind
        key = ObjectKey(namespace: kind.isNamespaced ? metadata.namespace ?? "default" : nil, name: metadata.name)
        uid = metadata.uid ?? ""
        resourceVersion = metadata.resourceVersion ?? ""
        generation = metadata.generation
        createdAt = metadata.creationTimestamp?.date
        labels = metadata.labels
        self.spec = Normaliser.spec(spec ?? .object([:]), of: kind)
        self.status = status
        isDeleting = metadata.deletionTimestamp != nil
    }
}

/// A change of one object, to be written to its row.
public enum ProjectionChange: Sendable, Hashable {
    /// The object is like this now.
    case upsert(ProjectedObject)
    /// The object is gone; the version is that of its deletion, or the last one known.
    case delete(kind: ProjectedKind, key: ObjectKey, uid: String, resourceVersion: String)

    /// The kind of the object.
    public var kind: ProjectedKind {
        switch self {
        case .upsert(let object): object.kind
        case .delete(let kind, _, _, _): kind
        }
    }

    /// The namespace and name of the object.
    public var key: ObjectKey {
        switch self {
        case .upsert(let object): object.key
        case .delete(_, let key, _, _): key
        }
    }

    var version: ResourceVersion {
        switch self {
        case .upsert(let object): ResourceVersion(object.resourceVersion)
        case .delete(_, _, _, let version): ResourceVersion(version)
        }
    }
}
