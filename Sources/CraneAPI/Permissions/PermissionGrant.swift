import JSONValue

/// Roles with their bindings to the account of one program, as objects of Kubernetes.
public struct PermissionGrant: Sendable {
    /// What the names of roles and bindings begin with. Default `opencrane`.
    public var prefix = "opencrane"
    /// Labels of all objects.
    public var labels: [String: String] = [:]
    /// Name of the ServiceAccount.
    public var account: String
    /// Namespace of the platform's own pods, and of the ServiceAccount.
    public var ownNamespace: String
    /// Namespaces of Tenants and AccessPolicies; `nil` means all.
    public var tenantNamespaces: [String]?

    /// Makes a grant.
    ///
    /// - Parameters:
    ///   - account: name of the ServiceAccount.
    ///   - ownNamespace: namespace of the platform's own pods, and of the ServiceAccount.
    ///   - tenantNamespaces: namespaces of Tenants and AccessPolicies; `nil` means all.
    public init(account: String, ownNamespace: String, tenantNamespaces: [String]?) {
        self.account = account
        self.ownNamespace = ownNamespace
        self.tenantNamespaces = tenantNamespaces
    }

    /// API group of roles and bindings.
    public static let group = "rbac.authorization.k8s.io"

    /// The name of a role that is installed.
    public func name(of role: PermissionRole) -> String { "\(prefix)-\(role.name)" }

    /// The namespaces that a role is bound in; `nil` means the whole cluster.
    public func namespaces(of role: PermissionRole) -> [String]? {
        switch role.place {
        case .cluster: nil
        case .ownNamespace: [ownNamespace]
        case .tenantNamespaces, .workloadNamespaces: tenantNamespaces
        case .namespace(let name): [name]
        }
    }

    /// The rules of a role as they are installed: roles that it may bind have the installation's names.
    public func rules(_ role: PermissionRole) -> [PermissionRule] {
        role.rules.map { rule in
            var rule = rule
            if rule.verbs == ["bind"] { rule.names = rule.names.map { "\(prefix)-\($0)" } }
            return rule
        }
    }

    /// A role and its bindings.
    public func objects(_ role: PermissionRole) -> [JSON] {
        let places: [String?] = namespaces(of: role).map { $0.map(Optional.some) } ?? [nil]
        let rules = JSON.array(rules(role).map(\.json))
        let roles = (role.kind == "Role" ? places : [nil]).map { namespace -> JSON in
            var made = object(role.kind, role, namespace)
            made["rules"] = rules
            return made
        }
        let bindings = places.map { namespace -> JSON in
            var made = object(namespace == nil ? "ClusterRoleBinding" : "RoleBinding", role, namespace)
            made["roleRef"] = ["apiGroup": .string(Self.group), "kind": .string(role.kind), "name": .string(name(of: role))]
            made["subjects"] = [["kind": "ServiceAccount", "name": .string(account), "namespace": .string(ownNamespace)]]
            return made
        }
        return roles + bindings
    }

    private func object(_ kind: String, _ role: PermissionRole, _ namespace: String?) -> JSON {
        var metadata: JSON = ["name": .string(name(of: role))]
        if let namespace { metadata["namespace"] = .string(namespace) }
        if !labels.isEmpty { metadata["labels"] = .object(labels.mapValues { .string($0) }) }
        return ["apiVersion": .string(Self.group + "/v1"), "kind": .string(kind), "metadata": metadata]
    }
}
