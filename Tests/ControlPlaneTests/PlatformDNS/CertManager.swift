import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Testing

@testable import ControlPlane

/// Stands in for cert-manager: its kinds, and what its controllers say in conditions.
struct CertManager: Sendable {
    static let clusterIssuers = PlatformDNSSettings.Kind.clusterIssuer.resourceType
    static let issuers = PlatformDNSSettings.Kind.issuer.resourceType
    static let certificates = CertManagerV1.Certificate.resourceType
    static let namespace = "cert-manager"

    let stage: Stage

    /// Installs it on a stage.
    init(_ stage: Stage) async throws {
        self.stage = stage
        let definitions = ResourceType(
            group: "apiextensions.k8s.io",
            version: "v1",
            kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions",
            isNamespaced: false
        )
        for (type, spec) in [
            (Self.clusterIssuers, Self.issuerSchema), (Self.issuers, Self.issuerSchema), (Self.certificates, Self.free),
        ] {
            _ = try await stage.client.dynamic(definitions).create(DynamicObject(Self.definition(type, spec)))
        }
        try await eventually("cert-manager's kinds are served") {
            for type in [Self.clusterIssuers, Self.issuers, Self.certificates]
            where try await !stage.client.discovery.serves(type, refresh: true) { return false }
            return true
        }
        try await stage.makeNamespace(Self.namespace)
    }

    /// An issuer.
    func issuer(_ name: String = "opencrane-issuer") async throws -> JSON? {
        try await stage.client.dynamic(Self.clusterIssuers).getIfPresent(name)?.json
    }

    /// The credential of an issuer; nil when there is no such Secret.
    func credential(_ name: String, in namespace: String = CertManager.namespace) async throws -> String? {
        try await stage.client.dynamic(CoreV1.Secret.resourceType, namespace: namespace).getIfPresent(name)?.secretText("api-token")
    }

    /// The names of the Secrets where issuers find their credentials.
    func secrets() async throws -> [String] {
        try await stage.client.dynamic(CoreV1.Secret.resourceType, namespace: Self.namespace).list().items.map(\.metadata.name).sorted()
    }

    /// Says how it is with an object, as the controller of its kind does.
    func say(_ type: ResourceType, _ key: ObjectKey, ready: Bool, reason: String, message: String, more: JSON = [:]) async throws {
        let api = stage.client.dynamic(type, namespace: key.namespace)
        let generation = try await api.get(key).json[at: ["metadata", "generation"]] ?? 1
        var status = more
        status["conditions"] = [
            [
                "type": "Ready", "status": .string(ready ? "True" : "False"), "reason": .string(reason), "message": .string(message),
                "observedGeneration": generation, "lastTransitionTime": "2026-03-01T10:00:00Z",
            ]
        ]
        _ = try await api.mergePatch(key, ["status": status], subresource: "status")
    }

    private static let free: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
    /// So much of the schema that a wrong issuer is refused.
    private static let issuerSchema: JSON = [
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": true,
        "properties": [
            "acme": [
                "type": "object", "required": ["server", "privateKeySecretRef"], "x-kubernetes-preserve-unknown-fields": true,
                "properties": [
                    "server": ["type": "string"], "email": ["type": "string"], "privateKeySecretRef": free,
                    "solvers": [
                        "type": "array",
                        "items": [
                            "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                            "properties": [
                                "dns01": [
                                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                                    "properties": [
                                        "route53": [
                                            "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                                            "properties": ["region": ["type": "string", "maxLength": 20]],
                                        ]
                                    ],
                                ]
                            ],
                        ],
                    ],
                ],
            ]
        ],
    ]

    private static func definition(_ type: ResourceType, _ spec: JSON) -> JSON {
        [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(type.plural).\(type.group)")],
            "spec": [
                "group": .string(type.group), "scope": .string(type.isNamespaced ? "Namespaced" : "Cluster"),
                "names": [
                    "plural": .string(type.plural), "singular": .string(type.kind.lowercased()), "kind": .string(type.kind),
                    "listKind": .string("\(type.kind)List"),
                ],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                        "schema": ["openAPIV3Schema": ["type": "object", "properties": ["spec": spec, "status": free]]],
                    ]
                ],
            ],
        ]
    }
}

extension Stage {
    /// Makes a namespace.
    func makeNamespace(_ name: String) async throws {
        _ = try await client.dynamic(CoreV1.Namespace.resourceType).create(
            DynamicObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
        )
    }
}
