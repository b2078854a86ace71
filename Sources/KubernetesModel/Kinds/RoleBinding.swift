extension RBACV1 {
    /// Gives the rights of a role to somebody in one namespace.
    public struct RoleBinding: KubernetesResource, Hashable {
        /// `rbac.authorization.k8s.io/v1`, kind `RoleBinding`.
        public static let resourceType = ResourceType(
            group: "rbac.authorization.k8s.io",
            version: "v1",
            kind: "RoleBinding",
            plural: "rolebindings",
            isNamespaced: true
        )

        /// `rbac.authorization.k8s.io/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `RoleBinding`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Whom the role is given to.
        public var subjects: [Subject]?
        /// The role; it cannot be changed.
        public var roleRef: RoleRef

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, subjects: [Subject]? = nil, roleRef: RoleRef) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.subjects = subjects
            self.roleRef = roleRef
        }
    }

    /// Somebody whom a role is given to.
    public struct Subject: Codable, Sendable, Hashable {
        /// `User`, `Group` or `ServiceAccount`.
        public var kind: String
        /// Group of the kind; empty or absent for a ServiceAccount.
        public var apiGroup: String?
        /// Name.
        public var name: String
        /// Namespace of a ServiceAccount.
        public var namespace: String?

        /// Creates a value; what is left out is absent.
        public init(kind: String, apiGroup: String? = nil, name: String, namespace: String? = nil) {
            self.kind = kind
            self.apiGroup = apiGroup
            self.name = name
            self.namespace = namespace
        }
    }

    /// The role that is given.
    public struct RoleRef: Codable, Sendable, Hashable {
        /// `rbac.authorization.k8s.io`.
        public var apiGroup: String
        /// `Role` or `ClusterRole`.
        public var kind: String
        /// Name.
        public var name: String

        /// Creates a value.
        public init(apiGroup: String = RoleBinding.resourceType.group, kind: String, name: String) {
            self.apiGroup = apiGroup
            self.kind = kind
            self.name = name
        }
    }
}
