import JSONValue

/// What the control plane may do in Kubernetes, as data: the chart's Role and ClusterRole come from here.
public enum ControlPlaneRBAC {
    /// One rule of a role.
    public struct Rule: Sendable, Hashable {
        /// API group.
        public let group: String
        /// Resource, with subresource if any.
        public let resource: String
        /// Verbs, sorted.
        public let verbs: [String]
        /// Whether the resource is namespaced, so that a Role is enough.
        public let isNamespaced: Bool
        /// What it is needed for.
        public let reason: String

        /// The rule as it stands in a Role or ClusterRole.
        public var json: JSON {
            [
                "apiGroups": [.string(group)], "resources": [.string(resource)], "verbs": .array(verbs.map { .string($0) }),
            ]
        }
    }

    /// Every rule; nothing else is asked of the API server.
    public static let rules: [Rule] = [
        Rule(
            group: "opencrane.io",
            resource: "tenants",
            verbs: ["create", "delete", "get", "list", "patch"],
            isNamespaced: true,
            reason: "REST writes, drift and repair"
        ),
        Rule(
            group: "opencrane.io",
            resource: "tenants/status",
            verbs: ["patch"],
            isNamespaced: true,
            reason: "what machines report of their first start"
        ),
        Rule(
            group: "opencrane.io",
            resource: "accesspolicies",
            verbs: ["create", "delete", "get", "list", "patch"],
            isNamespaced: true,
            reason: "REST writes, drift and repair"
        ),
        Rule(
            group: "opencrane.io",
            resource: "clustertenants",
            verbs: ["create", "delete", "get", "list", "patch"],
            isNamespaced: false,
            reason: "REST writes; whether the parent of a new tenant exists"
        ),
        Rule(
            group: "",
            resource: "configmaps",
            verbs: ["get"],
            isNamespaced: true,
            reason: "templates of fleets, by name, in the platform's namespace"
        ),
        Rule(
            group: "",
            resource: "secrets",
            verbs: ["create", "delete", "get", "patch"],
            isNamespaced: true,
            reason: "the credentials and secrets of machines at their first start, and keys for the model proxy, by name, in the target "
                + "namespaces of tenants; the credential of the platform's DNS, which goes when another provider takes over"
        ),
        Rule(
            group: "",
            resource: "serviceaccounts/token",
            verbs: ["create"],
            isNamespaced: true,
            reason: "short-lived tokens for people who talk to the pods of their tenants"
        ),
        Rule(
            group: "authentication.k8s.io",
            resource: "tokenreviews",
            verbs: ["create"],
            isNamespaced: false,
            reason: "whose token it is that a pod calls with"
        ),
        Rule(
            group: "cert-manager.io",
            resource: "clusterissuers",
            verbs: ["create", "get", "patch"],
            isNamespaced: false,
            reason: "the platform's issuer of certificates, by name"
        ),
        Rule(
            group: "cert-manager.io",
            resource: "issuers",
            verbs: ["create", "get", "patch"],
            isNamespaced: true,
            reason: "the same where it is an Issuer of a namespace"
        ),
        Rule(
            group: "cert-manager.io",
            resource: "certificates",
            verbs: ["list"],
            isNamespaced: true,
            reason: "whether the certificates of customers' domains have been issued"
        ),
        Rule(
            group: "",
            resource: "nodes",
            verbs: ["list"],
            isNamespaced: false,
            reason: "how many there are and what they have, for the figures of the installation"
        ),
        Rule(
            group: "",
            resource: "persistentvolumes",
            verbs: ["list"],
            isNamespaced: false,
            reason: "how much storage there is and how much is bound"
        ),
        Rule(
            group: "metrics.k8s.io",
            resource: "nodes",
            verbs: ["list"],
            isNamespaced: false,
            reason: "what nodes use, where a metrics server runs"
        ),
    ]
}
