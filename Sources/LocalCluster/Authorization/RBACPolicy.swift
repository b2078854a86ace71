import JSONValue

/// All rules of access control at one moment, in order of those who have them. Nobody has a right that no rule grants.
///
/// Roles that are gathered from others by labels (`aggregationRule`) have the rules that stand in them: nobody gathers them here.
struct RBACPolicy: Sendable {
    /// The objects that the rules are made of.
    struct Objects: Sendable {
        var roles: [JSON] = []
        var clusterRoles: [JSON] = []
        var roleBindings: [JSON] = []
        var clusterRoleBindings: [JSON] = []
    }

    /// The answer to a request.
    struct Decision: Sendable, Hashable {
        var isAllowed: Bool
        /// Which binding allows it; what is wrong with those that might have.
        var reason: String
        /// The names of all roles that allow it.
        var roles: [String] = []
    }

    /// Whom a binding is for: the name of a user, or of a group.
    private enum Subject: Hashable, Sendable {
        case user(String)
        case group(String)
    }

    /// A role as one subject has it.
    private struct Grant: Sendable {
        var role: String
        var rules: [PolicyRule]
        var binding: String
        /// Set when the role is not there.
        var problem: String?
    }

    /// Who is in this group may do everything, whatever the rules say.
    static let masters = "system:masters"

    private var everywhere: [Subject: [Grant]] = [:]
    private var inside: [String: [Subject: [Grant]]] = [:]
    private var rules: [RoleName: [PolicyRule]] = [:]

    /// A Role by its namespace, or a ClusterRole.
    struct RoleName: Hashable, Sendable {
        var namespace: String?
        var name: String
    }

    init(_ objects: Objects) {
        for role in objects.clusterRoles { rules[RoleName(name: ObjectFields.name(role))] = PolicyRule.rules(role) }
        for role in objects.roles {
            rules[RoleName(namespace: ObjectFields.namespace(role), name: ObjectFields.name(role))] = PolicyRule.rules(role)
        }
        for binding in objects.clusterRoleBindings { add(binding, to: &everywhere, namespace: nil) }
        for binding in objects.roleBindings {
            let namespace = ObjectFields.namespace(binding)
            add(binding, to: &inside[namespace, default: [:]], namespace: namespace)
        }
    }

    /// The rules of a role, nil when it is not there.
    func rules(of role: RoleName) -> [PolicyRule]? { rules[role] }

    /// The role that a binding names.
    static func role(of binding: JSON, namespace: String?) -> RoleName {
        let isCluster = binding[at: ["roleRef", "kind"]] == "ClusterRole"
        return RoleName(namespace: isCluster ? nil : namespace, name: binding[at: ["roleRef", "name"]]?.stringValue ?? "")
    }

    private func add(_ binding: JSON, to grants: inout [Subject: [Grant]], namespace: String?) {
        let role = Self.role(of: binding, namespace: namespace)
        let name = ObjectFields.name(binding)
        let kinds = namespace == nil ? ("ClusterRoleBinding", name) : ("RoleBinding", "\(name)/\(namespace ?? "")")
        for subject in binding["subjects"]?.arrayValue ?? [] {
            guard let (whom, text) = Self.subject(subject, namespace: namespace) else { continue }
            let kind = role.namespace == nil ? "ClusterRole" : "Role"
            let known = rules[role]
            grants[whom, default: []].append(
                Grant(
                    role: role.name,
                    rules: known ?? [],
                    binding: "\(kinds.0) \"\(kinds.1)\" of \(kind) \"\(role.name)\" to \(text)",
                    problem: known == nil ? "\(kind.lowercased()).rbac.authorization.k8s.io \"\(role.name)\" not found" : nil
                )
            )
        }
    }

    private static func subject(_ subject: JSON, namespace: String?) -> (Subject, String)? {
        let name = subject["name"]?.stringValue ?? ""
        switch subject["kind"]?.stringValue {
        case "User": return (.user(name), "User \"\(name)\"")
        case "Group": return (.group(name), "Group \"\(name)\"")
        case "ServiceAccount":
            guard let home = subject["namespace"]?.stringValue ?? namespace else { return nil }
            return (.user("system:serviceaccount:\(home):\(name)"), "ServiceAccount \"\(name)/\(home)\"")
        default: return nil
        }
    }

    /// The roles that somebody has in a namespace (empty: everywhere), those of the whole cluster first.
    private func grants(_ user: UserInfo, namespace: String) -> [Grant] {
        let subjects = [Subject.user(user.name)] + user.groups.map { .group($0) }
        var found = subjects.flatMap { everywhere[$0] ?? [] }
        if !namespace.isEmpty, let here = inside[namespace] { found += subjects.flatMap { here[$0] ?? [] } }
        return found
    }

    /// Whether somebody may do something.
    func decide(_ asked: AccessAttributes, _ user: UserInfo) -> Decision {
        if user.groups.contains(Self.masters) { return Decision(isAllowed: true, reason: "") }
        let grants = grants(user, namespace: asked.namespace)
        let allowing = grants.filter { $0.rules.contains { $0.allows(asked) } }
        if let first = allowing.first {
            return Decision(isAllowed: true, reason: "RBAC: allowed by \(first.binding)", roles: Set(allowing.map(\.role)).sorted())
        }
        let problems = grants.compactMap(\.problem)
        guard !problems.isEmpty else { return Decision(isAllowed: false, reason: "") }
        return Decision(isAllowed: false, reason: "RBAC: " + (problems.count == 1 ? problems[0] : "[\(problems.joined(separator: ", "))]"))
    }

    /// All rules that somebody has in a namespace.
    func rules(_ user: UserInfo, namespace: String) -> [PolicyRule] {
        if user.groups.contains(Self.masters) { return PolicyRule.everything }
        return grants(user, namespace: namespace).flatMap(\.rules)
    }

    /// Those of some rules that somebody does not have, with the verbs of a resource together.
    func missing(_ wanted: [PolicyRule], _ user: UserInfo, namespace: String) -> [PolicyRule] {
        let held = rules(user, namespace: namespace)
        var missing: [PolicyRule] = []
        for rule in wanted.flatMap(\.single) where !held.contains(where: { $0.covers(rule) }) {
            var alike = rule
            if let index = missing.firstIndex(where: { known in
                alike.verbs = known.verbs
                return known == alike
            }) {
                missing[index].verbs += rule.verbs
            } else {
                missing.append(rule)
            }
        }
        return missing
    }
}
