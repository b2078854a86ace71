import CraneAPI
import KubernetesModel
import Testing

@Suite struct SpecProblemTests {
    private func tenant(_ change: (inout TenantSpec) -> Void = { _ in }) -> [String] {
        var spec = TenantSpec(displayName: "Mia", email: "mia@corp.test")
        change(&spec)
        return spec.problems().map(\.description)
    }

    private func customer(_ change: (inout ClusterTenantSpec) -> Void) -> [String] {
        var spec = ClusterTenantSpec(displayName: "Corp")
        change(&spec)
        return spec.problems().map(\.description)
    }

    @Test func acceptsSamples() {
        #expect(Samples.tenant.problems() == [] && Samples.policy.problems() == [] && Samples.clusterTenant.problems() == [])
        #expect(tenant() == [])
    }

    @Test func namesTheFieldThatIsWrong() {
        #expect(tenant { $0.email = "nobody" } == ["spec.email: should match '^[^ @]+@[^ @]+$'"])
        #expect(tenant { $0.displayName = "" } == ["spec.displayName: should be at least 1 chars long"])
        #expect(tenant { $0.monthlyBudgetUsd = -1 } == ["spec.monthlyBudgetUsd: should be greater than or equal to 0"])
        #expect(tenant { $0.resources = ResourceRequests(cpu: "much") }.first?.hasPrefix("spec.resources.cpu: should match") == true)
        #expect(
            tenant { $0.fleet = TenantFleet(agents: [AgentSpec(name: "a"), AgentSpec(name: "a")]) } == [
                "spec.fleet.agents[1]: is a duplicate"
            ]
        )
    }

    @Test func asksForAMachineExactlyForVirtualMachines() {
        let message = "spec.runtime: runtime.machine must be set for runtime.type VirtualMachine, and only then"
        #expect(tenant { $0.runtime = TenantRuntime(type: .virtualMachine) } == [message])
        #expect(tenant { $0.runtime = TenantRuntime(machine: MachineSpec(provider: .local)) } == [message])
        #expect(tenant { $0.runtime = TenantRuntime(type: .virtualMachine, machine: MachineSpec(provider: .local)) } == [])
    }

    @Test func tierAndComputeAgree() {
        #expect(customer { $0.compute = ClusterCompute(mode: .dedicated) }.count == 2)
        #expect(customer { $0.isolationTier = .dedicatedNodes } == ["spec: isolationTier dedicatedNodes needs compute.mode dedicated"])
        #expect(customer { $0.isolationTier = .dedicatedCluster } == [])
        #expect(customer { $0.baseDomain = "corp" }.count == 1)
        #expect(
            customer { $0.baseDomain = String(repeating: "a.", count: 130) + "test" } == [
                "spec.baseDomain: should be at most 253 chars long"
            ]
        )
        #expect(customer { $0.resources = ClusterResources(quota: ResourceQuotaSpec(cpu: "-1")) }.count == 1)
    }

    @Test(arguments: ["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"])
    func acceptsNetworks(cidr: String) { #expect(AccessPolicySpec(egressRules: [EgressRule(cidr: cidr)]).problems() == []) }

    @Test(arguments: ["10.0.0.0", "10.0.0.0/33", "999.0.0.0/8", "corp.test/8", "::1/129", ""])
    func refusesNetworks(cidr: String) { #expect(AccessPolicySpec(egressRules: [EgressRule(cidr: cidr)]).problems().count == 1) }

    @Test(arguments: ["api.test", "*.corp.test", "*", "api-*.corp.test", "localhost"])
    func acceptsHosts(host: String) { #expect(AccessPolicySpec(domains: DomainRules(allow: [host])).problems() == []) }

    @Test(arguments: ["", "-a.test", "a..b", "https://a.test", "a b", "A.test", "a.test."])
    func refusesHosts(host: String) { #expect(AccessPolicySpec(domains: DomainRules(deny: [host])).problems().isEmpty == false) }

    @Test(arguments: ["8", "500m", "16Gi", "1.5", "1e3", "100k"])
    func acceptsQuantities(text: String) throws {
        #expect(ClusterTenantSpec(displayName: "C", resources: ClusterResources(quota: ResourceQuotaSpec(memory: text))).problems() == [])
        _ = try Quantity(parsing: text)
    }

    @Test func boundsNames() {
        func problems(_ name: String) -> Int {
            Tenant(metadata: ObjectMeta(name: name), spec: TenantSpec(displayName: "M", email: "m@x.test")).problems().count
        }
        #expect(problems(String(repeating: "a", count: 50)) == 0 && problems(String(repeating: "a", count: 51)) == 1)
        #expect(problems("a.b") == 1 && problems("") == 1 && problems("A") == 1 && problems("-a") == 1)
        let customer = ClusterTenant(
            metadata: ObjectMeta(name: String(repeating: "a", count: 54)),
            spec: ClusterTenantSpec(displayName: "C")
        )
        #expect(customer.problems().map(\.field) == ["metadata.name"])
    }
}
