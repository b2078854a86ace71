/// A reference to an object that another one depends on (`metav1.OwnerReference`).
///
/// An owner is in the same namespace as what it owns, or has no namespace.
public struct OwnerReference: Codable, Sendable, Hashable {
    /// The owner's `apiVersion`.
    public var apiVersion: String
    /// The owner's kind.
    public var kind: String
    /// The owner's name.
    public var name: String
    /// The owner's identity.
    public var uid: String
    /// Whether the owner manages the object.
    public var controller: Bool?
    /// Whether foreground deletion of the owner waits for the object.
    public var blockOwnerDeletion: Bool?

    /// Makes a reference.
    public init(apiVersion: String, kind: String, name: String, uid: String, controller: Bool? = nil, blockOwnerDeletion: Bool? = nil) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.controller = controller
        self.blockOwnerDeletion = blockOwnerDeletion
    }
}
