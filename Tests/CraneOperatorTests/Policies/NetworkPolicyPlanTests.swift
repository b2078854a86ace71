import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Network policy of a tenant")
struct NetworkPolicyPlanTests {
    private func plan(
        names: Bool = false,
        _ change: (inout OperatorConfiguration) -> Void = { _ in },
        policy: (inout AccessPolicySpec) -> Void = { _ in }
    ) -> NetworkPolicyPlan {
        var configuration = Samples.configuration
        change(&configuration)
        let egress = EgressCompilation(
            Samples.policy(change: policy).spec,
            hasNamePolicies: names,
            network: configuration.network
        )
        return NetworkPolicyPlan(tenant: "mia", egress: egress, configuration: configuration, hasNamePolicies: names)
    }

    private func spec(_ plan: NetworkPolicyPlan) throws -> NetworkingV1.NetworkPolicySpec {
        try #require(plan.networkPolicy(metadata: ObjectMeta(name: "openclaw-mia")).spec)
    }

    private func namespaces(_ peers: [NetworkingV1.NetworkPolicyPeer]?) -> [String] {
        (peers ?? []).compactMap { $0.namespaceSelector?.matchLabels?["kubernetes.io/metadata.name"] }
    }

    @Test("Both directions are closed for exactly the tenant's pods")
    func closed() throws {
        let spec = try spec(plan())
        #expect(spec.policyTypes == ["Ingress", "Egress"])
        #expect(spec.podSelector?.matchLabels == ["opencrane.io/tenant": "mia"])
    }

    @Test("Only the ingress controller and the platform may connect, on the gateway's port")
    func incoming() throws {
        let rules = try #require(try spec(plan()).ingress)
        #expect(rules.count == 1)
        #expect(namespaces(rules[0].from) == ["ingress-nginx", "opencrane"])
        #expect(rules[0].ports == [.init(port: 18789, protocol: "TCP")])
    }

    @Test("Of the platform's namespace only the platform's pods may connect: a tenant in it does not reach another's gateway")
    func platformPods() throws {
        let peer = try #require(try spec(plan()).ingress?.first?.from?.last)
        let selector = try #require(peer.podSelector)
        #expect(selector.matchLabels == ["app.kubernetes.io/name": "opencrane"])
        #expect(!selector.matches(CraneLabels.tenantObject("other")))
        let labels = ["app.kubernetes.io/name": "crane", "app.kubernetes.io/instance": "two"]
        let told = try #require(try spec(plan { $0.network.platformLabels = labels }).ingress?.first?.from?.last)
        #expect(told.podSelector?.matchLabels == labels && namespaces([told]) == ["opencrane"])
    }

    @Test("A tenant's connections to the control plane lead to the pods that its labels name")
    func controlPlanePods() throws {
        var pods = PlanePods()
        pods.labels = ["app.kubernetes.io/name": "opencrane"]
        let chosen = pods
        let rules = try #require(
            try spec(
                plan {
                    $0.planes.pods[.controlPlane] = chosen
                    $0.planes.pods[.skillRegistry] = chosen
                }
            ).egress
        )
        #expect(rules.contains { namespaces($0.to) == ["opencrane"] && $0.to?.first?.podSelector?.matchLabels == chosen.labels })
    }

    @Test("Without a policy: DNS to the cluster's DNS pods, and the planes in the platform's namespace")
    func baseline() throws {
        let rules = try #require(try spec(plan()).egress)
        #expect(rules.count == 2)
        #expect(rules[0].to?.first?.podSelector?.matchLabels == ["k8s-app": "kube-dns"])
        #expect(rules[0].ports?.map(\.port) == [53, 53])
        #expect(namespaces(rules[1].to) == ["opencrane"])
        #expect(rules[1].ports?.map(\.port) == [8080])
    }

    @Test("The model proxy's namespace and port are opened when there is one")
    func modelProxy() throws {
        let rules = try #require(
            try spec(plan { $0.planes.modelProxy = "http://litellm.models.svc.cluster.local:4000" }).egress
        )
        #expect(rules.contains { namespaces($0.to) == ["models"] && $0.ports?.map(\.port) == [4000] })
    }

    @Test("A plane's pods are opened by their own port and labels where those are told")
    func planePods() throws {
        let rules = try #require(
            try spec(
                plan {
                    $0.planes.modelProxy = "http://litellm.models"
                    var pods = PlanePods()
                    pods.port = 4000
                    pods.labels = ["app": "litellm"]
                    $0.planes.pods[.modelProxy] = pods
                }
            ).egress
        )
        let rule = try #require(rules.first { namespaces($0.to) == ["models"] })
        #expect(rule.ports?.map(\.port) == [4000] && rule.to?.first?.podSelector?.matchLabels == ["app": "litellm"])
    }

    @Test("A plane outside the cluster is opened by its block, or by name where Cilium can")
    func externalPlane() throws {
        let byBlock = plan {
            $0.planes.modelProxy = "https://models.corp.test"
            $0.network.planeBlocks = [AddressBlock(base: 0xC633_6400, prefix: 24)]
        }
        let rules = try #require(try spec(byBlock).egress)
        #expect(rules.contains { $0.to?.first?.ipBlock?.cidr == "198.51.100.0/24" && $0.ports?.map(\.port) == [443] })
        #expect(byBlock.namePolicy(metadata: ObjectMeta(name: "x")) == nil)

        let byName = plan(names: true, { $0.planes.modelProxy = "https://models.corp.test" })
        let egress = try #require(byName.namePolicy(metadata: ObjectMeta(name: "x"))?.spec?.egress)
        #expect(egress.last?.toFQDNs == [.init(matchName: "models.corp.test")])
    }

    @Test("What the policy opens comes last, and goes when the policy shrinks")
    func opened() throws {
        let known: (inout OperatorConfiguration) -> Void = { $0.network.clusterBlocks = [AddressBlock(base: 0x0B00_0000, prefix: 16)] }
        let wide = plan(known, policy: { $0.egressRules = [EgressRule(cidr: "10.0.0.0/8"), EgressRule(cidr: "0.0.0.0/0")] })
        let blocks = try #require(try spec(wide).egress).compactMap { $0.to?.first?.ipBlock }
        #expect(blocks.map(\.cidr) == ["10.0.0.0/8", "0.0.0.0/0"])
        #expect(blocks.map(\.except) == [nil, ["11.0.0.0/16", "100.64.0.0/10", "168.63.129.16/32", "169.254.0.0/16", "192.0.0.192/32"]])
        let narrow = plan(known, policy: { $0.egressRules = [EgressRule(cidr: "10.0.0.0/8")] })
        #expect(try spec(narrow).egress?.compactMap { $0.to?.first?.ipBlock?.cidr } == ["10.0.0.0/8"])
    }

    @Test("Names become a CiliumNetworkPolicy that lets Cilium see the DNS answers")
    func names() throws {
        let plan = plan(names: true, policy: { $0.domains = DomainRules(allow: ["api.test", "*.corp.test"]) })
        let policy = try #require(plan.namePolicy(metadata: ObjectMeta(name: "openclaw-mia", namespace: "team-a")))
        let egress = try #require(policy.spec?.egress)
        #expect(policy.spec?.endpointSelector?.matchLabels == ["opencrane.io/tenant": "mia"])
        #expect(egress.first?.toPorts?.first?.rules?.dns == [.init(matchPattern: "*")])
        #expect(egress.last?.toFQDNs == [.init(matchPattern: "*.corp.test"), .init(matchName: "api.test")])
        #expect(egress.last?.toPorts?.first?.ports == [.init(port: "443", protocol: "TCP")])
    }

    @Test("Without Cilium, or without names, there is no such policy")
    func noNames() {
        #expect(plan(policy: { $0.domains = DomainRules(allow: ["api.test"]) }).namePolicy(metadata: ObjectMeta(name: "x")) == nil)
        #expect(plan(names: true).namePolicy(metadata: ObjectMeta(name: "x")) == nil)
    }
}
