import JSONValue
import Testing

@testable import LocalCluster

@Suite("One rule") struct PolicyRuleTests {
    /// A rule, what is asked (`verb group/resource/subresource@name`, or `verb /path`), and whether the rule grants it.
    struct Case: Sendable, CustomTestStringConvertible {
        var rule: JSON
        var asked: String
        var isAllowed: Bool
        var testDescription: String { "\(asked): \(rule.text())" }

        init(_ rule: JSON, _ asked: String, _ isAllowed: Bool) {
            (self.rule, self.asked, self.isAllowed) = (rule, asked, isAllowed)
        }
    }

    static func attributes(_ text: String) -> AccessAttributes {
        let words = text.split(separator: " ").map(String.init)
        var asked = AccessAttributes(verb: words[0])
        guard !words[1].hasPrefix("/") else {
            asked.path = words[1]
            return asked
        }
        let parts = words[1].split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        (asked.group, asked.resource) = (path[0] == "core" ? "" : path[0], path[1])
        asked.subresource = path.dropFirst(2).joined(separator: "/")
        asked.name = parts.count > 1 ? parts[1] : ""
        return asked
    }

    static let pods: JSON = ["apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]]
    static let named: JSON = ["apiGroups": [""], "resources": ["secrets"], "verbs": ["*"], "resourceNames": ["a"]]
    static let status: JSON = ["apiGroups": ["*"], "resources": ["*/status", "pods/log"], "verbs": ["get", "patch"]]
    static let all: JSON = ["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]
    static let paths: JSON = ["nonResourceURLs": ["/healthz", "/apis/*"], "verbs": ["get"]]

    @Test(
        "grants what it says, and nothing else",
        arguments: [
            Case(pods, "get core/pods@x", true), Case(pods, "list core/pods", true), Case(pods, "watch core/pods", false),
            Case(pods, "get apps/pods@x", false), Case(pods, "get core/services@x", false), Case(pods, "get core/pods/log@x", false),
            Case(named, "get core/secrets@a", true), Case(named, "delete core/secrets@a", true), Case(named, "get core/secrets@b", false),
            Case(named, "list core/secrets", false), Case(named, "create core/secrets", false),
            Case(status, "patch opencrane.io/tenants/status@x", true), Case(status, "get core/pods/log@x", true),
            Case(status, "patch opencrane.io/tenants@x", false), Case(status, "get core/pods/exec@x", false),
            Case(status, "update opencrane.io/tenants/status@x", false),
            Case(all, "deletecollection apps/deployments", true), Case(all, "create core/serviceaccounts/token@x", true),
            Case(all, "get /healthz", false), Case(paths, "get /healthz", true), Case(paths, "get /apis/apps/v1", true),
            Case(paths, "get /healthz/etcd", false), Case(paths, "post /healthz", false), Case(paths, "get core/pods@x", false),
            Case(["nonResourceURLs": ["*"], "verbs": ["*"]], "put /metrics", true),
            Case(["apiGroups": [""], "resources": ["pods"], "verbs": []], "get core/pods@x", false),
        ]
    )
    func grants(_ one: Case) {
        #expect(PolicyRule(one.rule).allows(Self.attributes(one.asked)) == one.isAllowed)
    }

    @Test(
        "is within another",
        arguments: [
            (pods, pods, true), (all, named, true), (named, all, false), (pods, all, false), (all, paths, false),
            (["apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]], named, false),
            (["apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]], named, true),
            (named, ["apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]], false),
            (status, ["apiGroups": ["a"], "resources": ["things/status"], "verbs": ["get"]], true),
            (status, ["apiGroups": ["a"], "resources": ["things/status"], "verbs": ["delete"]], false),
            (["nonResourceURLs": ["/apis/*"], "verbs": ["get"]], paths, false),
            (["nonResourceURLs": ["/*"], "verbs": ["*"]], paths, true),
        ] as [(JSON, JSON, Bool)]
    )
    func covers(_ outer: JSON, _ inner: JSON, _ isCovered: Bool) {
        #expect(PolicyRule(inner).single.allSatisfy { PolicyRule(outer).covers($0) } == isCovered)
    }
}

@Suite("All rules together") struct RBACPolicyTests {
    private static func role(_ name: String, namespace: String? = nil, _ rules: JSON) -> JSON {
        var role: JSON = ["kind": namespace == nil ? "ClusterRole" : "Role", "metadata": ["name": .string(name)], "rules": rules]
        role[at: ["metadata", "namespace"]] = namespace.map { .string($0) }
        return role
    }

    private static func binding(_ name: String, namespace: String? = nil, _ kind: String, _ role: String, _ subjects: [JSON]) -> JSON {
        var binding: JSON = [
            "metadata": ["name": .string(name)], "roleRef": ["kind": .string(kind), "name": .string(role)], "subjects": .array(subjects),
        ]
        binding[at: ["metadata", "namespace"]] = namespace.map { .string($0) }
        return binding
    }

    private static let reading: JSON = [["apiGroups": [""], "resources": ["pods"], "verbs": ["get"]]]
    private static let writing: JSON = [["apiGroups": [""], "resources": ["pods"], "verbs": ["create"]]]
    private static let policy = RBACPolicy(
        .init(
            roles: [role("local", namespace: "a", writing), role("local", namespace: "b", reading)],
            clusterRoles: [role("reader", reading), role("bare", [])],
            roleBindings: [
                binding("in-a", namespace: "a", "Role", "local", [["kind": "User", "name": "joe"]]),
                // An account without a namespace is one of the binding's.
                binding("accounts", namespace: "a", "ClusterRole", "reader", [["kind": "ServiceAccount", "name": "sa"]]),
                binding("broken", namespace: "a", "Role", "nowhere", [["kind": "User", "name": "eve"]]),
            ],
            clusterRoleBindings: [
                binding("all", "ClusterRole", "reader", [["kind": "Group", "name": "readers"]]),
                binding("elsewhere", "ClusterRole", "reader", [["kind": "ServiceAccount", "name": "sa", "namespace": "b"]]),
                binding("of-b", "ClusterRole", "reader", [["kind": "Group", "name": "system:serviceaccounts:c"]]),
                binding("gone", "ClusterRole", "missing", [["kind": "User", "name": "eve"]]),
            ]
        )
    )

    private static func may(_ user: UserInfo, _ verb: String, in namespace: String) -> Bool {
        policy.decide(AccessAttributes(verb: verb, resource: "pods", namespace: namespace, name: "x"), user).isAllowed
    }

    private static func account(_ namespace: String, _ name: String = "sa") -> UserInfo {
        UserInfo(
            name: "system:serviceaccount:\(namespace):\(name)",
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"]
        )
    }

    @Test("A Role counts in its namespace, a ClusterRole where it is bound")
    func places() {
        let joe = UserInfo(name: "joe")
        #expect(Self.may(joe, "create", in: "a") && !Self.may(joe, "create", in: "b") && !Self.may(joe, "create", in: ""))
        #expect(!Self.may(joe, "get", in: "a") && !Self.may(joe, "get", in: "b"))
        let reader = UserInfo(name: "ann", groups: ["readers"])
        for namespace in ["a", "b", ""] { #expect(Self.may(reader, "get", in: namespace)) }
        #expect(!Self.may(reader, "create", in: "a"))
    }

    @Test("Accounts are users of their namespace, and of its group")
    func accounts() {
        #expect(Self.may(Self.account("a"), "get", in: "a") && !Self.may(Self.account("a"), "get", in: "b"))
        #expect(Self.may(Self.account("b"), "get", in: "a") && Self.may(Self.account("b"), "get", in: "z"))
        #expect(Self.may(Self.account("c", "any"), "get", in: "a") && !Self.may(Self.account("d", "any"), "get", in: "a"))
    }

    @Test("Masters may do everything, others nothing without a rule")
    func masters() {
        #expect(Self.may(UserInfo(name: "x", groups: ["system:masters"]), "escalate", in: ""))
        #expect(!Self.may(.anonymous, "get", in: "a"))
    }

    @Test("What is wrong with bindings is told to whom it concerns; what allows is named")
    func reasons() {
        let asked = AccessAttributes(verb: "get", resource: "pods", namespace: "a", name: "x")
        let refused = Self.policy.decide(asked, UserInfo(name: "eve"))
        #expect(
            refused.reason == "RBAC: [clusterrole.rbac.authorization.k8s.io \"missing\" not found, "
                + "role.rbac.authorization.k8s.io \"nowhere\" not found]"
        )
        #expect(Self.policy.decide(asked, UserInfo(name: "joe")).reason.isEmpty)
        #expect(
            Self.policy.decide(asked, Self.account("a")).reason
                == "RBAC: allowed by RoleBinding \"accounts/a\" of ClusterRole \"reader\" to ServiceAccount \"sa/a\""
        )
        #expect(
            Self.policy.decide(asked, UserInfo(name: "ann", groups: ["readers"])).reason
                == "RBAC: allowed by ClusterRoleBinding \"all\" of ClusterRole \"reader\" to Group \"readers\""
        )
    }
}
