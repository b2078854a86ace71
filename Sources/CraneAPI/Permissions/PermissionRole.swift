import JSONValue

/// A role that one of the programs has in Kubernetes, as data: what is installed is made of it.
public struct PermissionRole: Sendable, Hashable {
    /// Where a role counts. What counts in some namespaces only is bound there, and nowhere else.
    public enum Place: Sendable, Hashable {
        /// In the whole cluster.
        case cluster
        /// In the namespace of the platform's own pods.
        case ownNamespace
        /// In the namespaces of Tenants and AccessPolicies: for an operator the ones that it watches, which may be all.
        case tenantNamespaces
        /// Wherever tenants run: in the namespaces of Tenants, and in those of ClusterTenants, where the operator binds it.
        case workloadNamespaces
        /// In one namespace of the cluster.
        case namespace(String)
    }

    /// What its name ends with, behind that of the installation.
    public var name: String
    /// Where it counts.
    public var place: Place
    /// Whether it is there only where it is asked for.
    public var isOptional: Bool
    /// What it grants.
    public var rules: [PermissionRule]

    /// Makes a role.
    ///
    /// - Parameters:
    ///   - name: what its name ends with, behind that of the installation.
    ///   - place: where it counts.
    ///   - isOptional: whether it is there only where it is asked for. Default false.
    ///   - rules: what it grants.
    public init(_ name: String, in place: Place, isOptional: Bool = false, rules: [PermissionRule]) {
        self.name = name
        self.place = place
        self.isOptional = isOptional
        self.rules = rules
    }

    /// `ClusterRole` for what counts everywhere, or in namespaces that are not known beforehand; else `Role`.
    public var kind: String {
        switch place {
        case .cluster, .tenantNamespaces, .workloadNamespaces: "ClusterRole"
        case .ownNamespace, .namespace: "Role"
        }
    }

    /// The rules as the `rules` member of a role.
    public var json: JSON { .array(rules.map(\.json)) }
}

extension PermissionRole {
    /// The role that the control plane has wherever tenants run, which the operator binds in the namespaces of customers.
    public static let controlPlaneTenants = "control-plane-tenants"
}
