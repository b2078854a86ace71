import CraneAPI
import JSONValue

/// The rights the operator needs, as data: what is installed is made of it, and tests compare it with the operator's requests.
public enum OperatorRBAC {
    /// All roles, none of them with a wildcard.
    public static let roles: [PermissionRole] = [
        PermissionRole("operator", in: .cluster, rules: everywhere + bindings),
        PermissionRole("operator-own", in: .ownNamespace, rules: own),
        PermissionRole("operator-resources", in: .tenantNamespaces, rules: resources),
    ]

    /// Namespaces of customers are made while the operator runs, so what is made in them is here.
    private static let everywhere: [PermissionRule] = [
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["clustertenants"],
            verbs: ["get", "list", "watch", "patch"],
            purpose: "Read the desired state; set finalizers"
        ),
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["clustertenants/status"],
            verbs: ["patch"],
            purpose: "Report what was done"
        ),
        PermissionRule(
            groups: [""],
            resources: ["serviceaccounts", "configmaps", "persistentvolumeclaims", "services", "resourcequotas", "limitranges"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Child objects"
        ),
        PermissionRule(
            groups: [""],
            resources: ["secrets"],
            verbs: ["get", "list", "watch", "create", "patch", "delete"],
            purpose: "Encryption keys: made once; only their owner and marks change"
        ),
        PermissionRule(
            groups: [""],
            resources: ["namespaces"],
            verbs: ["get", "list", "watch", "create", "patch", "delete"],
            purpose: "Namespaces of ClusterTenants"
        ),
        PermissionRule(groups: [""], resources: ["pods"], verbs: ["list", "watch"], purpose: "Say why a tenant does not become ready"),
        PermissionRule(
            groups: ["apps"],
            resources: ["deployments"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Child objects"
        ),
        PermissionRule(
            groups: ["networking.k8s.io"],
            resources: ["ingresses", "networkpolicies"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Child objects"
        ),
        PermissionRule(
            groups: ["cilium.io"],
            resources: ["ciliumnetworkpolicies"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Rules for DNS names, where Cilium is installed"
        ),
        PermissionRule(
            groups: ["cert-manager.io"],
            resources: ["certificates"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "Certificates for the domains of ClusterTenants, where cert-manager is installed"
        ),
        PermissionRule(
            groups: ["kubevirt.io"],
            resources: ["virtualmachines"],
            verbs: ["get", "list", "create", "patch", "delete"],
            purpose: "Machines of tenants, where KubeVirt is installed"
        ),
        PermissionRule(
            groups: ["kubevirt.io"],
            resources: ["virtualmachineinstances"],
            verbs: ["get"],
            purpose: "The addresses of these machines"
        ),
        PermissionRule(
            groups: ["events.k8s.io"],
            resources: ["events"],
            verbs: ["create", "patch"],
            purpose: "Tell people about transitions"
        ),
    ]

    /// Nobody may give a right that he does not have, unless he may bind the role that has it. The operator lacks the right to make tokens
    /// of ServiceAccounts, so it may bind this one role.
    private static let bindings: [PermissionRule] = [
        PermissionRule(
            groups: [PermissionGrant.group],
            resources: ["rolebindings"],
            verbs: ["list", "watch", "create", "patch", "delete"],
            purpose: "The control plane's role in the namespaces of ClusterTenants"
        ),
        PermissionRule(
            groups: [PermissionGrant.group],
            resources: ["clusterroles"],
            names: [PermissionRole.controlPlaneTenants],
            verbs: ["bind"],
            purpose: "The one role that is bound there"
        ),
    ]

    private static let own: [PermissionRule] = [
        PermissionRule(
            groups: ["coordination.k8s.io"],
            resources: ["leases"],
            verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
            purpose: "Leader election, for which standbys watch; list and delete for the presence Leases of shards"
        )
    ]

    private static let resources: [PermissionRule] = [
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["tenants"],
            verbs: ["get", "list", "watch", "patch"],
            purpose: "Read the desired state; set finalizers"
        ),
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["accesspolicies"],
            verbs: ["get", "list", "watch"],
            purpose: "Read the desired state"
        ),
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["tenants/status", "accesspolicies/status"],
            verbs: ["patch"],
            purpose: "Report what was done"
        ),
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["tenants/finalizers"],
            verbs: ["update"],
            purpose: "Own child objects where the API server checks the right to block deletion"
        ),
    ]

    /// The rules of all roles.
    public static var rules: [PermissionRule] { roles.flatMap(\.rules) }

    /// Whether a request is covered by the rules, in some namespace at least.
    public static func allows(verb: String, group: String, resource: String) -> Bool {
        rules.contains { $0.allows(verb: verb, group: group, resource: resource) }
    }

    /// The rules of all roles, as the `rules` member of one.
    public static var json: JSON { .array(rules.map(\.json)) }
}
