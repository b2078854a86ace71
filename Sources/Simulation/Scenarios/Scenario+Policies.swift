import CraneAPI
import JSONValue
import KubernetesModel

extension Scenario {
    /// Policies, and how they are found.
    static let policies: [Scenario] = [
        Scenario(
            "policy-by-selector",
            [
                .init("a tenant is made") { try await $0.createTenant("mia") { $0.team = "research" } },
                .init("a policy for its team is made") {
                    try await $0.createPolicy("research") {
                        $0.tenantSelector = TenantSelector(matchTeam: "research")
                        $0.egressRules = [EgressRule(cidr: "203.0.113.0/24", ports: [443, 8443])]
                    }
                },
                .init("it shrinks") {
                    try await $0.changePolicy("research", ["egressRules": [["cidr": "203.0.113.0/28", "ports": [443]]]])
                },
                .init("it is deleted") { try await $0.deletePolicy("research") },
            ]
        ),
        Scenario(
            "policy-by-name",
            [
                .init("a tenant that names a policy is made") { try await $0.createTenant("mia") { $0.policyRef = "strict" } },
                .init("the policy is made") {
                    try await $0.createPolicy("strict") { $0.egressRules = [EgressRule(cidr: "198.51.100.0/24")] }
                },
                .init("the policy is deleted while the tenant runs") {
                    try await $0.untilTenant("mia", "runs") { $0.status?.phase == .running }
                    try await $0.deletePolicy("strict")
                },
            ]
        ),
        Scenario(
            "policy-conflict",
            [
                .init("a tenant and two policies for it are made") {
                    try await $0.createPolicy("one") { $0.tenantSelector = TenantSelector(matchTeam: "research") }
                    try await $0.createPolicy("two") {
                        $0.tenantSelector = TenantSelector(matchTeam: "research")
                        $0.egressRules = [EgressRule(cidr: "198.51.100.0/24")]
                    }
                    try await $0.createTenant("mia") { $0.team = "research" }
                },
                .init("one policy goes") { try await $0.deletePolicy("one") },
            ]
        ),
        Scenario(
            "policy-of-names",
            hasNamePolicies: true,
            [
                .init("a customer, two tenants and a policy of DNS names for one of them are made") {
                    try await $0.createCustomer("corp")
                    try await $0.createPolicy("research") {
                        $0.tenantSelector = TenantSelector(matchTeam: "research")
                        $0.domains = DomainRules(allow: ["api.example.com", "*.example.org"])
                    }
                    try await $0.createTenant("mia") {
                        $0.clusterTenantRef = "corp"; $0.team = "research"
                    }
                    try await $0.createTenant("noa") { $0.team = "sales" }
                },
                .init("the names change, and the other joins the team") {
                    try await $0.changePolicy("research", ["domains": ["allow": ["api.example.com"]]])
                    try await $0.changeTenant("noa", ["team": "research"])
                },
                .init("somebody deletes a compiled policy") {
                    try await $0.delete(CiliumV2.CiliumNetworkPolicy.self, "openclaw-noa")
                },
                .init("a tenant goes, and the policy names no names any more") {
                    try await $0.deleteTenant("mia")
                    try await $0.changePolicy("research", ["domains": .null, "egressRules": [["cidr": "203.0.113.0/24"]]])
                },
            ]
        ),
        Scenario(
            "policy-of-customer",
            [
                .init("a customer and two tenants are made") {
                    try await $0.createCustomer("corp")
                    try await $0.createTenant("mia") {
                        $0.clusterTenantRef = "corp"; $0.team = "research"
                    }
                    try await $0.createTenant("noa") { $0.team = "research" }
                },
                .init("a policy for both is made") {
                    try await $0.createPolicy("research") {
                        $0.tenantSelector = TenantSelector(matchTeam: "research")
                        $0.egressRules = [EgressRule(cidr: "203.0.113.0/24")]
                        $0.domains = DomainRules(allow: ["api.example.com"])
                    }
                },
                .init("one tenant changes its team") { try await $0.changeTenant("noa", ["team": "sales"]) },
            ]
        ),
    ]
}
