import CraneAPI
import JSONValue
import KubernetesModel

extension Scenario {
    /// Customers and their namespaces.
    static let customers: [Scenario] = [
        Scenario(
            "quota",
            [
                .init("a customer is made") { try await $0.createCustomer("corp") },
                .init("it gets a quota") {
                    try await $0.changeCustomer("corp", ["resources": ["quota": ["cpu": "4", "memory": "8Gi", "pods": 10]]])
                },
                .init("the quota changes") { try await $0.changeCustomer("corp", ["resources": ["quota": ["cpu": "2"]]]) },
                .init("the quota is taken away") { try await $0.changeCustomer("corp", ["resources": .null]) },
            ]
        ),
        Scenario(
            "delete-customer",
            [
                .init("a customer and a tenant are made") {
                    try await $0.createCustomer("corp") { $0.resources = ClusterResources(quota: ResourceQuotaSpec(pods: 5)) }
                    try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" }
                },
                .init("the customer is deleted while the tenant is there") { try await $0.deleteCustomer("corp") },
                .init("the tenant is deleted") { try await $0.deleteTenant("mia") },
            ]
        ),
        Scenario(
            "delete-attached-customer",
            [
                .init("a customer and a tenant that runs are made") {
                    try await $0.createCustomer("corp")
                    try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" }
                    try await $0.untilTenant("mia", "runs") { $0.status?.phase == .running }
                },
                .init("the customer is deleted") { try await $0.deleteCustomer("corp") },
            ]
        ),
        Scenario(
            "taken-namespace",
            [
                .init("somebody has the namespace of a customer to come") {
                    try await $0.create(CoreV1.Namespace(metadata: ObjectMeta(name: "opencrane-corp")))
                },
                .init("the customer and a tenant are made") {
                    try await $0.createCustomer("corp")
                    try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" }
                },
                .init("the namespace is given to it") {
                    try await $0.change(
                        CoreV1.Namespace.self,
                        "opencrane-corp",
                        ["metadata": ["labels": [CraneLabels.clusterTenant: "corp"]]]
                    )
                },
            ]
        ),
    ]

    /// What others do to the operator's objects.
    static let accidents: [Scenario] = [
        Scenario(
            "tampering",
            [
                .init("a tenant is made") { try await $0.createTenant("mia") },
                .init("somebody deletes and changes its objects") {
                    try await $0.delete(CoreV1.Service.self, "openclaw-mia")
                    try await $0.delete(CoreV1.ConfigMap.self, "openclaw-mia-config")
                    try await $0.change(AppsV1.Deployment.self, "openclaw-mia", ["spec": ["replicas": 3]])
                    try await $0.change(NetworkingV1.NetworkPolicy.self, "openclaw-mia", ["spec": ["egress": [[:]]]])
                },
                .init("and more of them") {
                    try await $0.delete(AppsV1.Deployment.self, "openclaw-mia")
                    try await $0.delete(NetworkingV1.NetworkPolicy.self, "openclaw-mia")
                },
            ]
        ),
        Scenario(
            "lost-key",
            [
                .init("a tenant is made and runs") {
                    try await $0.createTenant("mia")
                    try await $0.untilTenant("mia", "runs") { $0.status?.phase == .running }
                },
                .init("its key is lost") { try await $0.delete(CoreV1.Secret.self, "openclaw-mia-encryption-key") },
            ]
        ),
        Scenario(
            "everything",
            [
                .init("customers, tenants and policies are made") {
                    try await $0.createCustomer("corp") { $0.resources = ClusterResources(quota: ResourceQuotaSpec(cpu: "8")) }
                    try await $0.createPolicy("research") {
                        $0.tenantSelector = TenantSelector(matchTeam: "research")
                        $0.egressRules = [EgressRule(cidr: "203.0.113.0/24")]
                    }
                    try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" }
                    try await $0.createTenant("noa") {
                        $0.clusterTenantRef = "corp"; $0.team = "research"
                    }
                    try await $0.createTenant("team-b/ida") { $0.clusterTenantRef = "acme" }
                },
                .init("many things change") {
                    try await $0.createCustomer("acme")
                    try await $0.changeTenant("noa", ["clusterTenantRef": .null])
                    try await $0.changePolicy("research", ["egressRules": [["cidr": "198.51.100.0/24"]]])
                    try await $0.changeTenant("mia", ["suspended": true])
                    try await $0.changeCustomer("corp", ["resources": .null])
                },
                .init("some things go") {
                    try await $0.deleteTenant("mia")
                    try await $0.deletePolicy("research")
                    try await $0.deleteCustomer("corp")
                    try await $0.changeTenant("team-b/ida", ["openclawVersion": "2.0.0"])
                },
            ]
        ),
    ]
}
