import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import OperatorRuntime
import Testing

@testable import CraneOperator

@Suite("The control plane's role in the namespaces of customers")
struct CustomerAccessTests {
    private static let access = ControlPlaneAccess(
        role: "opencrane-control-plane-tenants",
        account: "opencrane-control-plane",
        namespace: "opencrane"
    )

    @Test("It is bound to one account, with the customer's labels")
    func plan() {
        let binding = ClusterTenantPlan(Samples.clusterTenant()).controlPlaneBinding(Self.access)
        #expect(binding.key == ObjectKey(namespace: "opencrane-corp", name: "opencrane-control-plane"))
        #expect(binding.roleRef == RBACV1.RoleRef(kind: "ClusterRole", name: "opencrane-control-plane-tenants"))
        #expect(binding.subjects == [RBACV1.Subject(kind: "ServiceAccount", name: "opencrane-control-plane", namespace: "opencrane")])
        #expect(OperatorInformers.clusterTenantKey(of: binding) == ObjectKey(name: "corp"))
        #expect(binding.metadata.labels[CraneLabels.managedBy] == FieldManagers.operator)
    }

    @Test("Role and account are told together; the account is in the platform's namespace unless another is told")
    func environment() throws {
        let required = ["TENANT_DEFAULT_IMAGE": "r/i:1", "INGRESS_DOMAIN": "x.test", "POD_NAMESPACE": "platform"]
        func read(_ variables: [String: String]) throws -> ControlPlaneAccess? {
            try OperatorConfiguration(environment: required.merging(variables) { $1 }).controlPlaneAccess
        }
        #expect(try read([:]) == nil)
        let both = ["CONTROL_PLANE_TENANTS_ROLE": "r", "CONTROL_PLANE_SERVICE_ACCOUNT": "a"]
        #expect(try read(both) == ControlPlaneAccess(role: "r", account: "a", namespace: "platform"))
        let elsewhere = both.merging(["CONTROL_PLANE_SERVICE_ACCOUNT_NAMESPACE": "n"]) { $1 }
        #expect(try read(elsewhere)?.namespace == "n")
        for (name, value) in both {
            let missing = try #require(both.keys.first { $0 != name })
            let error = #expect(throws: OperatorConfigurationError.self) { try read([name: value]) }
            #expect(error?.problems.map(\.variable) == [missing])
        }
    }

    @Test("The operator may bind that one role, and make no role of its own")
    func rights() {
        let group = PermissionGrant.group
        let rules = OperatorRBAC.rules.filter { $0.groups.contains(group) }
        #expect(Set(rules.flatMap(\.resources)) == ["rolebindings", "clusterroles"])
        let onRoles = rules.filter { $0.resources != ["rolebindings"] }
        #expect(onRoles.map(\.verbs) == [["bind"]] && onRoles.map(\.names) == [["control-plane-tenants"]])
        #expect(!rules.contains { $0.verbs.contains("escalate") })
    }
}

/// Against an API server that lets nobody give a right that he does not have.
@Suite("The control plane's role on an API server", .serialized, .timeLimit(.minutes(15)))
struct CustomerAccessServerTests {
    private static let role = "opencrane-control-plane-tenants"

    private static func configuration(role: String = role, account: String = "opencrane-control-plane") -> OperatorConfiguration {
        var configuration = Stage.configuration
        configuration.controlPlaneAccess = ControlPlaneAccess(role: role, account: account, namespace: "opencrane")
        return configuration
    }

    private static func makeRole(_ name: String, _ stage: Stage) async throws {
        let type = ResourceType(
            group: PermissionGrant.group,
            version: "v1",
            kind: "ClusterRole",
            plural: "clusterroles",
            isNamespaced: false
        )
        _ = try await stage.client.dynamic(type).create(
            DynamicObject([
                "apiVersion": .string(type.apiVersion), "kind": "ClusterRole", "metadata": ["name": .string(name)],
                "rules": [["apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]]],
            ])
        )
    }

    @Test("It is bound with the namespace, repaired, and gone with it")
    func life() async throws {
        try await Stage.set { stage in
            try await Self.makeRole(Self.role, stage)
            let bindings = stage.client.resource(RBACV1.RoleBinding.self, namespace: "opencrane-corp")
            @Sendable func isRight() async throws -> Bool {
                let found = try await bindings.getIfPresent("opencrane-control-plane")
                return found?.roleRef.name == Self.role
                    && found?.subjects == [RBACV1.Subject(kind: "ServiceAccount", name: "opencrane-control-plane", namespace: "opencrane")]
            }
            try await stage.operating(Self.configuration()) {
                try await stage.createClusterTenant()
                try await stage.awaitClusterTenant()
                #expect(try await isRight())
                // Whoever lets himself in is put out again.
                let intruder: JSON = ["kind": "User", "apiGroup": .string(PermissionGrant.group), "name": "eve"]
                let opened = try await bindings.mergePatch("opencrane-control-plane", ["subjects": [intruder]])
                #expect(opened.subjects?.map(\.name) == ["eve"])
                try await eventually("the binding is for the control plane again", within: .seconds(60)) { try await isRight() }
                _ = try await bindings.delete("opencrane-control-plane")
                try await eventually("the binding is there again", within: .seconds(60)) { try await isRight() }
                try await stage.settle()
                _ = try await stage.clusterTenants.delete("corp")
                try await eventually("the customer is gone", within: .seconds(60)) {
                    try await stage.clusterTenants.getIfPresent("corp") == nil
                }
                #expect(try await bindings.getIfPresent("opencrane-control-plane") == nil)
            }
        }
    }

    @Test(
        "A binding that names another role is replaced, as after a change of the installation's name; also one that is nobody's",
        arguments: [true, false]
    )
    func renamed(isLabelled: Bool) async throws {
        try await Stage.set { stage in
            try await Self.makeRole(Self.role, stage)
            try await Self.makeRole("other", stage)
            let bindings = stage.client.resource(RBACV1.RoleBinding.self, namespace: "opencrane-corp")
            try await stage.operating(Self.configuration()) {
                try await stage.createClusterTenant()
                try await stage.awaitClusterTenant()
            }
            let planned = try await bindings.get("opencrane-control-plane")
            _ = try await bindings.delete("opencrane-control-plane")
            let other = try await bindings.create(
                RBACV1.RoleBinding(
                    metadata: ObjectMeta(name: planned.metadata.name, labels: isLabelled ? planned.metadata.labels : [:]),
                    subjects: planned.subjects,
                    roleRef: .init(kind: "ClusterRole", name: "other")
                )
            )
            #expect(other.roleRef.name == "other")
            try await stage.operating(Self.configuration(account: "other-account")) {
                try await eventually("it has role and account", within: .seconds(60)) {
                    let found = try await bindings.getIfPresent("opencrane-control-plane")
                    return found?.roleRef.name == Self.role && found?.subjects?.map(\.name) == ["other-account"]
                        && found?.metadata.labels == planned.metadata.labels
                }
                try await stage.awaitClusterTenant()
            }
        }
    }

    @Test("A role that the operator may not bind is refused, the customer says so, and its namespace is fenced all the same")
    func refused() async throws {
        try await Stage.set { stage in
            try await Self.makeRole("other", stage)
            try await stage.operating(Self.configuration(role: "other")) {
                try await stage.createClusterTenant()
                try await eventually("the refusal is told", within: .seconds(60)) {
                    let conditions = try await stage.clusterTenants.get("corp").status?.conditions
                    return conditions?.condition(ConditionType.ready)?.reason == "ApplyFailed"
                }
                let message = try await stage.clusterTenants.get("corp").status?.message
                #expect(message == "The API server refused RoleBinding opencrane-control-plane: Forbidden")
                let policies = stage.client.resource(NetworkingV1.NetworkPolicy.self, namespace: "opencrane-corp")
                #expect(ClusterTenantPlan.deniesEverything(try await policies.get("opencrane-default-deny")))
                let bindings = stage.client.resource(RBACV1.RoleBinding.self, namespace: "opencrane-corp")
                #expect(try await bindings.getIfPresent("opencrane-control-plane") == nil)
            }
        }
    }

    @Test("An operator that watches one namespace needs its rights to Tenants and policies there only")
    func watched() async throws {
        try await Stage.set { stage in
            let role = try #require(OperatorRBAC.roles.first { $0.place == .tenantNamespaces })
            let name = "opencrane-\(role.name)"
            let everywhere = stage.client.dynamic(
                ResourceType(
                    group: PermissionGrant.group,
                    version: "v1",
                    kind: "ClusterRoleBinding",
                    plural: "clusterrolebindings",
                    isNamespaced: false
                )
            )
            let subjects = try (try await everywhere.get(name).json["subjects"] ?? []).decode([RBACV1.Subject].self)
            _ = try await everywhere.delete(name)
            _ = try await stage.client.resource(RBACV1.RoleBinding.self, namespace: stage.namespace).create(
                RBACV1.RoleBinding(
                    metadata: ObjectMeta(name: name),
                    subjects: subjects,
                    roleRef: RBACV1.RoleRef(kind: "ClusterRole", name: name)
                )
            )
            var configuration = Stage.configuration
            configuration.watchNamespace = stage.namespace
            try await stage.operating(configuration) {
                try await stage.createPolicy("quiet") { $0.description = "opens nothing" }
                try await stage.createClusterTenant()
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant()
                // The binding goes before the tenant, as when the namespace is deleted: what helps is one in the whole cluster.
                _ = try await stage.client.resource(RBACV1.RoleBinding.self, namespace: stage.namespace).delete(name)
                _ = try await stage.tenants.delete("mia")
                _ = try await stage.clusterTenants.delete("corp")
                #expect(try await stage.tenants.getIfPresent("mia")?.metadata.isBeingDeleted == true)
                let removal = RBACV1.RoleRef(kind: "ClusterRole", name: name)
                _ = try await everywhere.create(
                    DynamicObject([
                        "apiVersion": .string("\(PermissionGrant.group)/v1"), "kind": "ClusterRoleBinding",
                        "metadata": ["name": "opencrane-removal"], "roleRef": try JSON(encoding: removal),
                        "subjects": try JSON(encoding: subjects),
                    ])
                )
                try await eventually("tenant and customer are gone", within: .seconds(120)) {
                    let (tenant, customer) = (
                        try await stage.tenants.getIfPresent("mia"), try await stage.clusterTenants.getIfPresent("corp")
                    )
                    return tenant == nil && customer == nil
                }
            }
        }
    }

    @Test("Without settings nothing is bound")
    func unset() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createClusterTenant()
                try await stage.awaitClusterTenant()
                let bindings = stage.client.resource(RBACV1.RoleBinding.self, namespace: "opencrane-corp")
                #expect(try await bindings.list().items.isEmpty)
            }
        }
    }
}
