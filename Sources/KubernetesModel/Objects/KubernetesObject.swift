/// Anything with object metadata.
public protocol KubernetesObject: Codable, Sendable {
    /// The metadata that every object has.
    var metadata: ObjectMeta { get set }
}

extension KubernetesObject {
    /// Its key among the objects of its kind.
    public var key: ObjectKey { ObjectKey(namespace: metadata.namespace, name: metadata.name) }
}

/// An object whose resource is known at compile time.
public protocol KubernetesResource: KubernetesObject {
    /// The resource it belongs to.
    static var resourceType: ResourceType { get }
}

extension KubernetesResource {
    /// An owner reference to this object.
    ///
    /// - Parameters:
    ///   - controller: whether this object manages the owned one; an object has at most one such owner.
    ///   - blockOwnerDeletion: whether foreground deletion of this object waits for the owned one. Default: as `controller`.
    public func ownerReference(controller: Bool = true, blockOwnerDeletion: Bool? = nil) -> OwnerReference {
        OwnerReference(
            apiVersion: Self.resourceType.apiVersion,
            kind: Self.resourceType.kind,
            name: metadata.name,
            uid: metadata.uid ?? "",
            controller: controller,
            blockOwnerDeletion: blockOwnerDeletion ?? controller
        )
    }
}
