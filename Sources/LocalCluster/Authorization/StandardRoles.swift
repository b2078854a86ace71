import JSONValue

/// The roles that every cluster with access control has from the beginning: discovery for those who are known, health for everybody.
///
/// The roles for people (`admin`, `edit`, `view`) are not among them.
enum StandardRoles {
    private static let health = ["/healthz", "/livez", "/readyz", "/version", "/version/"]
    private static let discovery = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"] + health

    private static let known = "system:authenticated"
    private static let roles: [(name: String, rules: [JSON], groups: [String])] = [
        (
            "cluster-admin",
            [
                ["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]],
                ["nonResourceURLs": ["*"], "verbs": ["*"]],
            ], [RBACPolicy.masters]
        ),
        ("system:discovery", [paths(discovery)], [known]),
        ("system:public-info-viewer", [paths(health)], [known, "system:unauthenticated"]),
        (
            "system:basic-user",
            [
                [
                    "apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
                    "verbs": ["create"],
                ],
                ["apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"], "verbs": ["create"]],
            ], [known]
        ),
    ]

    private static func paths(_ list: [String]) -> JSON {
        ["nonResourceURLs": .array(list.map { .string($0) }), "verbs": ["get"]]
    }

    /// The ClusterRoles and their bindings.
    static let objects: [(plural: String, object: JSON)] = roles.flatMap { role -> [(plural: String, object: JSON)] in
        let metadata: JSON = ["name": .string(role.name), "labels": ["kubernetes.io/bootstrapping": "rbac-defaults"]]
        let subjects = role.groups.map { group -> JSON in
            ["apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": .string(group)]
        }
        return [
            (
                "clusterroles",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata,
                    "rules": .array(role.rules),
                ]
            ),
            (
                "clusterrolebindings",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": metadata,
                    "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role.name)],
                    "subjects": .array(subjects),
                ]
            ),
        ]
    }
}
