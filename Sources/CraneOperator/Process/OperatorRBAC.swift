import JSONValue

/// The rights the operator needs, as data: the chart's ClusterRole is made of it, and a test compares it with the operator's requests.
public enum OperatorRBAC {
    /// One rule of a role.
    public struct Rule: Sendable, Hashable {
        /// API groups; the empty name is the core group.
        public var groups: [String]
        /// Resources, subresources included (`tenants/status`).
        public var resources: [String]
        /// Verbs of the API.
        public var verbs: [String]
        /// Why the operator needs it.
        public var purpose: String
    }

    /// All rules, none of them with a wildcard.
    public static let rules: [Rule] = [
        Rule(
            groups: ["opencrane.io"],
            resources: ["tenants", "accesspolicies", "clustertenants"],
            verbs: ["get", "list", "watch", "patch"],
            purpose: "Read the desired state; set finalizers"
        ),
        Rule(
            groups: ["opencrane.io"],
            resources: ["tenants/status", "accesspolicies/status", "clustertenants/status"],
            verbs: ["patch"],
            purpose: "Report what was done"
        ),
        Rule(
            groups: ["opencrane.io"],
            resources: ["tenants/finalizers", "clustertenants/finalizers"],
            verbs: ["update"],
            purpose: "Own child objects where the API server checks the right to block deletion"
        ),
        Rule(
            groups: [""],
            resources: ["serviceaccounts", "configmaps", "persistentvolumeclaims", "services", "resourcequotas", "limitranges"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Child objects"
        ),
        Rule(
            groups: [""],
            resources: ["secrets"],
            verbs: ["get", "list", "watch", "create", "patch", "delete"],
            purpose: "Encryption keys: made once; only their owner and marks change"
        ),
        Rule(
            groups: [""],
            resources: ["namespaces"],
            verbs: ["get", "list", "watch", "create", "patch", "delete"],
            purpose: "Namespaces of ClusterTenants"
        ),
        Rule(groups: [""], resources: ["pods"], verbs: ["list", "watch"], purpose: "Say why a tenant does not become ready"),
        Rule(
            groups: ["apps"],
            resources: ["deployments"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Child objects"
        ),
        Rule(
            groups: ["networking.k8s.io"],
            resources: ["ingresses", "networkpolicies"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Child objects"
        ),
        Rule(
            groups: ["cilium.io"],
            resources: ["ciliumnetworkpolicies"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Rules for DNS names, where Cilium is installed"
        ),
        Rule(
            groups: ["cert-manager.io"],
            resources: ["certificates"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Certificates for the domains of ClusterTenants, where cert-manager is installed"
        ),
        Rule(
            groups: ["kubevirt.io"],
            resources: ["virtualmachines", "virtualmachineinstances"],
            verbs: ["get", "list", "create", "patch", "delete"],
            purpose: "Machines of tenants, where KubeVirt is installed"
        ),
        Rule(
            groups: ["events.k8s.io"],
            resources: ["events"],
            verbs: ["create", "patch"],
            purpose: "Tell people about transitions"
        ),
        Rule(
            groups: ["coordination.k8s.io"],
            resources: ["leases"],
            verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
            purpose: "Leader election, for which standbys watch; list and delete for the presence Leases of shards"
        ),
    ]

    /// Whether a request is covered by the rules.
    public static func allows(verb: String, group: String, resource: String) -> Bool {
        rules.contains { $0.verbs.contains(verb) && $0.groups.contains(group) && $0.resources.contains(resource) }
    }

    /// The rules as the `rules` member of a ClusterRole.
    public static var json: JSON {
        func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
        return .array(
            rules.map { ["apiGroups": list($0.groups), "resources": list($0.resources), "verbs": list($0.verbs)] }
        )
    }
}
