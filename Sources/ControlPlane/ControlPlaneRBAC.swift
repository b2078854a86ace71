import CraneAPI
import JSONValue

/// What the control plane may do in Kubernetes, as data: what is installed is made of it, and tests compare it with its requests.
public enum ControlPlaneRBAC {
    /// All roles, none of them with a wildcard. Nothing else is asked of the API server.
    public static let roles: [PermissionRole] = [
        PermissionRole("control-plane", in: .cluster, rules: everywhere),
        PermissionRole("control-plane-own", in: .ownNamespace, rules: own),
        PermissionRole("control-plane-resources", in: .tenantNamespaces, rules: resources),
        workloads,
        PermissionRole("control-plane-events", in: .namespace("default"), rules: events),
        PermissionRole("control-plane-dns", in: .cluster, isOptional: true, rules: issuers),
        PermissionRole("control-plane-dns-secrets", in: .namespace("cert-manager"), isOptional: true, rules: issuerSecrets),
    ]

    /// What the operator binds in the namespaces of customers.
    public static let workloads = PermissionRole(PermissionRole.controlPlaneTenants, in: .workloadNamespaces, rules: tenants)

    private static let everywhere: [PermissionRule] = [
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["clustertenants"],
            verbs: ["create", "delete", "get", "list", "patch"],
            purpose: "REST writes; whether the parent of a new tenant exists"
        ),
        PermissionRule(
            groups: ["authentication.k8s.io"],
            resources: ["tokenreviews"],
            verbs: ["create"],
            purpose: "Whose token it is that a pod calls with"
        ),
        PermissionRule(
            groups: ["cert-manager.io"],
            resources: ["clusterissuers"],
            names: [PlatformDNSSettings.defaultIssuer],
            verbs: ["get"],
            purpose: "How it is with the platform's issuer of certificates; whoever may set it up has another role"
        ),
        PermissionRule(
            groups: ["cert-manager.io"],
            resources: ["certificates"],
            verbs: ["list"],
            purpose: "Whether the certificates of customers' domains have been issued"
        ),
        PermissionRule(
            groups: [""],
            resources: ["nodes"],
            verbs: ["list"],
            purpose: "How many there are and what they have, for the figures of the installation"
        ),
        PermissionRule(
            groups: [""],
            resources: ["persistentvolumes"],
            verbs: ["list"],
            purpose: "How much storage there is and how much is bound"
        ),
        PermissionRule(
            groups: ["metrics.k8s.io"],
            resources: ["nodes"],
            verbs: ["list"],
            purpose: "What nodes use, where a metrics server runs"
        ),
    ]

    private static let own: [PermissionRule] = [
        PermissionRule(groups: [""], resources: ["configmaps"], verbs: ["get"], purpose: "Templates of fleets, by name")
    ]

    private static let resources: [PermissionRule] = [
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["tenants", "accesspolicies"],
            verbs: ["create", "delete", "get", "list", "patch"],
            purpose: "REST writes, drift and repair"
        ),
        PermissionRule(
            groups: [CraneGroup.name],
            resources: ["tenants/status"],
            verbs: ["patch"],
            purpose: "What machines report of their first start"
        ),
    ]

    /// By name only: a control plane that was taken over must not be able to look around.
    private static let tenants: [PermissionRule] = [
        PermissionRule(
            groups: [""],
            resources: ["secrets"],
            verbs: ["create", "get", "patch"],
            purpose: "The credentials and secrets of machines at their first start, and keys for the model proxy, by name"
        ),
        PermissionRule(
            groups: [""],
            resources: ["serviceaccounts/token"],
            verbs: ["create"],
            purpose: "Short-lived tokens for people who talk to the pods of their tenants"
        ),
        PermissionRule(
            groups: ["events.k8s.io"],
            resources: ["events"],
            verbs: ["list"],
            purpose: "What happened to tenants, their workloads and policies, for those who may see them"
        ),
    ]

    private static let events: [PermissionRule] = [
        PermissionRule(
            groups: ["events.k8s.io"],
            resources: ["events"],
            verbs: ["list"],
            purpose: "What happened to customers, for those who may see them: events about what has no namespace are in this one"
        )
    ]

    private static let issuers: [PermissionRule] = [
        PermissionRule(
            groups: ["cert-manager.io"],
            resources: ["clusterissuers"],
            names: [PlatformDNSSettings.defaultIssuer],
            verbs: ["create", "patch"],
            purpose: "The platform's issuer of certificates"
        )
    ]

    private static let issuerSecrets: [PermissionRule] = [
        PermissionRule(
            groups: ["cert-manager.io"],
            resources: ["issuers"],
            names: [PlatformDNSSettings.defaultIssuer],
            verbs: ["create", "get", "patch"],
            purpose: "The platform's issuer, where it is an Issuer of this namespace"
        ),
        PermissionRule(
            groups: [""],
            resources: ["secrets"],
            names: DNSProvider.allCases.map { PlatformDNSSettings().secretName($0, issuer: PlatformDNSSettings.defaultIssuer) }.sorted(),
            verbs: ["create", "delete", "get", "patch"],
            purpose: "The issuer's credential, which goes when another provider takes over"
        ),
    ]

    /// The rules of all roles.
    public static var rules: [PermissionRule] { roles.flatMap(\.rules) }
}
