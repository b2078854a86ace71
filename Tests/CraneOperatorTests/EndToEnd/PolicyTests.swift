import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import OperatorRuntime
import Testing

@testable import CraneOperator

@Suite("Policies on an API server", .serialized, .timeLimit(.minutes(15)))
struct PolicyTests {
    private func blocks(_ stage: Stage) async throws -> [String] {
        let policies = stage.client.resource(NetworkingV1.NetworkPolicy.self, namespace: "team-a")
        return try await policies.get("openclaw-mia").spec?.egress?.compactMap { $0.to?.first?.ipBlock?.cidr } ?? []
    }

    @Test("A policy that changes changes the network, and one that goes closes it")
    func shrink() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createPolicy("base") {
                    $0.tenantSelector = TenantSelector(matchTeam: "ops")
                    $0.egressRules = [EgressRule(cidr: "198.51.100.0/24"), EgressRule(cidr: "192.0.2.0/24", ports: [8443])]
                }
                try await stage.createTenant { $0.team = "ops" }
                let tenant = try await stage.awaitTenant()
                #expect(tenant.status?.effectivePolicyRef == "base" && tenant.status?.policyResolutionSource == .selector)
                #expect(try await blocks(stage) == ["198.51.100.0/24", "192.0.2.0/24"])
                _ = try await stage.policies.mergePatch("base", ["spec": ["egressRules": [["cidr": "198.51.100.0/24"]]]])
                try await eventually("one block is closed") { try await blocks(stage) == ["198.51.100.0/24"] }
                try await eventually("the policy counts its tenant") { try await stage.policies.get("base").status?.matchedTenants == 1 }
                _ = try await stage.policies.delete("base")
                try await eventually("all blocks are closed") { try await blocks(stage).isEmpty }
                try await eventually("no policy holds") {
                    try await stage.tenants.get("mia").status?.policyResolutionState == .noPolicy
                }
            }
        }
    }

    @Test("Two policies that select one tenant are a conflict, which closes the network until it is solved")
    func conflict() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createPolicy("one") {
                    $0.tenantSelector = TenantSelector(matchTeam: "ops")
                    $0.egressRules = [EgressRule(cidr: "198.51.100.0/24")]
                }
                try await stage.createTenant { $0.team = "ops" }
                try await stage.awaitTenant()
                try await stage.createPolicy("two") { $0.tenantSelector = TenantSelector(matchTeam: "ops") }
                let tenant = try await stage.awaitTenant("mia", ConditionType.ready, .false, reason: "PolicyConflict")
                #expect(tenant.status?.phase == .error && tenant.status?.policyResolutionState == .policyConflict)
                #expect(tenant.status?.message == "More than one AccessPolicy selects this tenant: one, two")
                #expect(try await blocks(stage).isEmpty)
                _ = try await stage.policies.delete("two")
                try await stage.awaitTenant()
                #expect(try await blocks(stage) == ["198.51.100.0/24"])
            }
        }
    }

    @Test("Names that cannot be enforced are said so on the policy and on the tenant")
    func unenforceable() async throws {
        try await Stage.set { stage in
            try await stage.operating {
                try await stage.createPolicy("names") {
                    $0.tenantSelector = TenantSelector(matchTeam: "ops")
                    $0.domains = DomainRules(allow: ["api.test"])
                }
                try await stage.createTenant { $0.team = "ops" }
                let tenant = try await stage.awaitTenant()
                let policy = try await stage.policies.get("names")
                #expect(policy.status?.conditions?.condition(ConditionType.enforced)?.reason == "PartlyEnforced")
                #expect(policy.status?.conditions?.isTrue(ConditionType.ready) == true)
                let message = tenant.status?.conditions?.condition(ConditionType.policyResolved)?.message ?? ""
                #expect(message.contains("does not serve CiliumNetworkPolicy"))
            }
        }
    }

    @Test("Where Cilium is, names become a policy of its kind, which goes when no name is left")
    func cilium() async throws {
        try await Stage.set { stage in
            try await stage.serveCilium()
            try await stage.operating {
                try await stage.createPolicy("names") {
                    $0.tenantSelector = TenantSelector(matchTeam: "ops")
                    $0.domains = DomainRules(allow: ["api.test"])
                }
                try await stage.createTenant { $0.team = "ops" }
                try await stage.awaitTenant()
                let named = stage.client.resource(CiliumV2.CiliumNetworkPolicy.self, namespace: "team-a")
                #expect(try await named.get("openclaw-mia").spec?.egress?.last?.toFQDNs == [.init(matchName: "api.test")])
                try await eventually("the policy is enforced") {
                    try await stage.policies.get("names").status?.conditions?.isTrue(ConditionType.enforced) == true
                }
                _ = try await stage.policies.mergePatch("names", ["spec": ["domains": .null]])
                try await eventually("the names are closed") { try await named.getIfPresent("openclaw-mia") == nil }
            }
        }
    }

    @Test("That Cilium comes and goes is noticed while the operator runs")
    func ciliumComesAndGoes() async throws {
        try await Stage.set(simulated: false) { stage in
            let support = NamePolicySupport(
                isServed: false,
                options: OperatorInformers.childOptions(),
                client: try Stage.client(of: stage.server, agent: Stage.operatorAgent),
                logger: Stage.quiet,
                time: .system,
                random: { 0.5 },
                interval: .milliseconds(20)
            )
            let changes = NIOLockedValueBox<[Bool]>([])
            support.onChange { [weak support] in changes.withLockedValue { $0.append(support?.isServed ?? false) } }
            try await Stage.withRunning([support]) {
                try await stage.serveCilium()
                try await eventually("it is served") { support.isServed && support.informer.hasSynced }
                let named = stage.client.resource(CiliumV2.CiliumNetworkPolicy.self, namespace: "team-a")
                _ = try await named.create(
                    CiliumV2.CiliumNetworkPolicy(metadata: ObjectMeta(name: "x", labels: CraneLabels.tenantObject("mia")))
                )
                try await eventually("the policy is seen") { support.informer.store.count == 1 }
                try await stage.ceaseCilium()
                try await eventually("it is not served") { !support.isServed }
                try await stage.serveCilium()
                try await eventually("it is served again") { support.isServed }
                #expect(changes.withLockedValue { $0 } == [true, false, true])
            }
        }
    }
}
