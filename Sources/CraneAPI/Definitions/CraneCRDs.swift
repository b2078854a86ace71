import JSONValue
import KubernetesModel
import Schema

/// The CustomResourceDefinitions of the product's kinds, derived from their Swift types.
public enum CraneCRDs {
    /// All three.
    public static let all: [JSON] = [tenant, accessPolicy, clusterTenant]

    /// The definition of ``Tenant``.
    public static let tenant = definition(
        Tenant.resourceType,
        singular: "tenant",
        shortName: "tn",
        spec: TenantSpec.self,
        status: TenantStatus.self,
        description: "One assistant, or one fleet of agents: a pod or a virtual machine that runs an OpenClaw gateway.",
        columns: [
            PrinterColumn(name: "Display Name", jsonPath: ".spec.displayName"),
            PrinterColumn(name: "Team", jsonPath: ".spec.team"),
            PrinterColumn(name: "Phase", jsonPath: ".status.phase"),
            PrinterColumn(name: "Host", jsonPath: ".status.ingressHost"),
            .ready, .reason,
            PrinterColumn(name: "Policy", jsonPath: ".status.effectivePolicyRef", description: "The policy in force.", priority: 1),
            PrinterColumn(
                name: "Namespace",
                jsonPath: ".status.targetNamespace",
                description: "The namespace that holds its objects.",
                priority: 1
            ),
            .age,
        ]
    )

    /// The definition of ``AccessPolicy``.
    public static let accessPolicy = definition(
        AccessPolicy.resourceType,
        singular: "accesspolicy",
        shortName: "ap",
        spec: AccessPolicySpec.self,
        status: AccessPolicyStatus.self,
        description: "What tenants may reach.",
        columns: [
            PrinterColumn(name: "Description", jsonPath: ".spec.description"),
            PrinterColumn(name: "Default Deny", type: "boolean", jsonPath: ".spec.domains.defaultDeny"),
            .ready, .reason,
            PrinterColumn(
                name: "Tenants",
                type: "integer",
                jsonPath: ".status.matchedTenants",
                description: "How many tenants it applies to.",
                priority: 1
            ),
            .age,
        ]
    )

    /// The definition of ``ClusterTenant``.
    public static let clusterTenant = definition(
        ClusterTenant.resourceType,
        singular: "clustertenant",
        shortName: "ct",
        spec: ClusterTenantSpec.self,
        status: ClusterTenantStatus.self,
        description: "A customer: a namespace of its own, a quota, an isolation tier and a base domain.",
        columns: [
            PrinterColumn(name: "Display Name", jsonPath: ".spec.displayName"),
            PrinterColumn(name: "Tier", jsonPath: ".spec.isolationTier"),
            PrinterColumn(name: "Phase", jsonPath: ".status.phase"),
            PrinterColumn(name: "Namespace", jsonPath: ".status.boundNamespace"),
            .ready, .reason,
            PrinterColumn(name: "Domain", jsonPath: ".spec.baseDomain", description: "The customer's base domain.", priority: 1),
            .age,
        ]
    )

    private static func definition<Spec: Decodable, Status: Decodable>(
        _ type: ResourceType,
        singular: String,
        shortName: String,
        spec: Spec.Type,
        status: Status.Type,
        description: String,
        columns: [PrinterColumn]
    ) -> JSON {
        var schema = JSONSchema.object(
            [
                "apiVersion": JSONSchema(type: .string, description: "Group and version of the object."),
                "kind": JSONSchema(type: .string, description: "The kind of the object."),
                "metadata": JSONSchema(type: .object),
                "spec": ResourceSchemas.schema(of: spec),
                "status": ResourceSchemas.schema(of: status),
            ],
            required: ["spec"],
            description: description
        )
        schema.validations = NameRules.validationRules(of: type.kind)
        let version: JSON = [
            "name": .string(type.version), "served": true, "storage": true,
            "schema": ["openAPIV3Schema": schema.json(.kubernetes)],
            "subresources": ["status": [:]],
            "additionalPrinterColumns": .array(columns.map(\.json)),
        ]
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(type.plural).\(type.group)"), "labels": [CraneLabels.partOf: .string(CraneLabels.product)]],
            "spec": [
                "group": .string(type.group), "scope": type.isNamespaced ? "Namespaced" : "Cluster",
                "names": [
                    "kind": .string(type.kind), "listKind": .string("\(type.kind)List"), "plural": .string(type.plural),
                    "singular": .string(singular), "shortNames": [.string(shortName)],
                    "categories": [.string(CraneGroup.category), .string(CraneGroup.shortCategory)],
                ],
                "versions": [version],
            ],
        ]
    }
}
