import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Testing

@testable import ControlPlane

/// What the declared roles come to on an API server, bound as they are installed.
@Suite struct RightsTests {
    private static let namespaces = ["opencrane", "opencrane-tenants", "opencrane-corp", "cert-manager"]
    private static let everywhere = namespaces + ["default", "kube-system"]

    /// An API server with the roles that are there without being asked for.
    private struct Installed: Sendable {
        let client: KubernetesClient
        let grant = PermissionGrant(account: "control-plane", ownNamespace: "opencrane", tenantNamespaces: ["opencrane-tenants"])

        func install(_ role: PermissionRole) async throws {
            for object in grant.objects(role) {
                let kind = object["kind"]?.stringValue ?? ""
                let namespace = object[at: ["metadata", "namespace"]]?.stringValue
                let type = ResourceType(
                    group: PermissionGrant.group,
                    version: "v1",
                    kind: kind,
                    plural: kind.lowercased() + "s",
                    isNamespaced: namespace != nil
                )
                _ = try await client.dynamic(type, namespace: namespace).create(DynamicObject(object))
            }
        }

        /// The namespaces in which the account may do something.
        func places(_ verb: String, _ resource: String, group: String = "", name: String = "x") async throws -> [String] {
            let type = ResourceType(
                group: "authorization.k8s.io",
                version: "v1",
                kind: "SubjectAccessReview",
                plural: "subjectaccessreviews",
                isNamespaced: false
            )
            let parts = resource.split(separator: "/").map(String.init)
            var found: [String] = []
            for namespace in everywhere {
                let asked: JSON = [
                    "namespace": .string(namespace), "verb": .string(verb), "group": .string(group), "resource": .string(parts[0]),
                    "subresource": .string(parts.count > 1 ? parts[1] : ""), "name": .string(name),
                ]
                let user = "system:serviceaccount:\(grant.ownNamespace):\(grant.account)"
                let answer = try await client.dynamic(type).create(
                    DynamicObject([
                        "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                        "spec": ["user": .string(user), "resourceAttributes": asked],
                    ])
                )
                if answer.json[at: ["status", "allowed"]] == true { found.append(namespace) }
            }
            return found
        }
    }

    private static func installed(_ body: @escaping @Sendable (Installed) async throws -> Void) async throws {
        try await withClusterServer(ClusterServer.Configuration(authorization: .rbac)) { cluster in
            var logger = Logger(label: "rights-test")
            logger.logLevel = .critical
            let client = try KubernetesClient(configuration: try ClientConfiguration(kubeconfigYAML: cluster.kubeconfig), logger: logger)
            for name in namespaces {
                _ = try await client.resource(CoreV1.Namespace.self).create(CoreV1.Namespace(metadata: ObjectMeta(name: name)))
            }
            let installed = Installed(client: client)
            for role in ControlPlaneRBAC.roles where !role.isOptional { try await installed.install(role) }
            try await body(installed)
            await client.shutdown()
        }
    }

    @Test func secretsAndTokensAreReachedInTheTenantsNamespaceAndInThoseOfCustomers() async throws {
        try await Self.installed { installed in
            for (verb, resource) in [("get", "secrets"), ("patch", "secrets"), ("create", "secrets"), ("create", "serviceaccounts/token")] {
                #expect(try await installed.places(verb, resource) == ["opencrane-tenants"], "\(verb) \(resource)")
            }
            for verb in ["list", "watch", "delete", "deletecollection", "update"] {
                #expect(try await installed.places(verb, "secrets").isEmpty, "\(verb)")
            }
            // As the operator does it in the namespace of a customer.
            let bindings = installed.client.resource(RBACV1.RoleBinding.self, namespace: "opencrane-corp")
            _ = try await bindings.create(
                RBACV1.RoleBinding(
                    metadata: ObjectMeta(name: BoundNamespace.controlPlaneBindingName),
                    subjects: [RBACV1.Subject(kind: "ServiceAccount", name: "control-plane", namespace: "opencrane")],
                    roleRef: RBACV1.RoleRef(kind: "ClusterRole", name: installed.grant.name(of: ControlPlaneRBAC.workloads))
                )
            )
            for (verb, resource) in [("get", "secrets"), ("create", "serviceaccounts/token")] {
                #expect(try await installed.places(verb, resource) == ["opencrane-tenants", "opencrane-corp"], "\(verb) \(resource)")
            }
            // Tenants are made in one namespace, templates read in another, events in those of workloads and of what has no namespace.
            #expect(try await installed.places("create", "tenants", group: "opencrane.io") == ["opencrane-tenants"])
            #expect(try await installed.places("get", "configmaps") == ["opencrane"])
            let events = try await installed.places("list", "events", group: "events.k8s.io", name: "")
            #expect(events == ["opencrane-tenants", "opencrane-corp", "default"])
            for (verb, resource, group) in [
                ("create", "pods", ""), ("create", "deployments", "apps"), ("create", "rolebindings", PermissionGrant.group),
                ("bind", "clusterroles", PermissionGrant.group), ("create", "namespaces", ""), ("impersonate", "users", ""),
            ] { #expect(try await installed.places(verb, resource, group: group).isEmpty, "\(verb) \(resource)") }
        }
    }

    @Test func thePlatformsDNSIsReachedByNameAndOnlyWhereItIsAskedFor() async throws {
        try await Self.installed { installed in
            let name = "opencrane-dns01-cloudflare"
            #expect(try await installed.places("get", "secrets", name: name) == ["opencrane-tenants"])
            #expect(try await installed.places("patch", "clusterissuers", group: "cert-manager.io", name: "opencrane-issuer").isEmpty)
            for role in ControlPlaneRBAC.roles where role.isOptional { try await installed.install(role) }
            for verb in ["create", "delete", "get", "patch"] {
                #expect(try await installed.places(verb, "secrets", name: name).contains("cert-manager"), "\(verb)")
                #expect(try await !installed.places(verb, "secrets", name: "another").contains("cert-manager"), "\(verb)")
            }
            #expect(try await !installed.places("patch", "clusterissuers", group: "cert-manager.io", name: "opencrane-issuer").isEmpty)
            #expect(try await installed.places("patch", "clusterissuers", group: "cert-manager.io", name: "another").isEmpty)
        }
    }
}
