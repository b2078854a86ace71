import CraneAPI
import JSONValue
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Namespace of a customer")
struct ClusterTenantPlanTests {
    private func status(
        _ clusterTenant: ClusterTenant,
        at now: Timestamp = Samples.now,
        _ change: (inout ClusterTenantStatusPlan) -> Void = { _ in }
    ) -> ClusterTenantStatus {
        var plan = ClusterTenantStatusPlan(clusterTenant: clusterTenant, tenants: 0)
        plan.block = ClusterTenantPlan(clusterTenant).block
        change(&plan)
        return plan.status(now: now)
    }

    private func inPlace(_ plan: inout ClusterTenantStatusPlan) {
        plan.namespace = ClusterTenantPlan(plan.clusterTenant).namespace
        plan.hasDefaultDeny = true
        plan.hasQuota = true
    }

    @Test("The namespace has the strictest Pod Security level and the customer's labels")
    func namespace() {
        let namespace = ClusterTenantPlan(Samples.clusterTenant()).namespace
        #expect(namespace.metadata.name == "opencrane-corp")
        for mode in ["enforce", "warn", "audit"] {
            #expect(namespace.metadata.labels["pod-security.kubernetes.io/\(mode)"] == "restricted")
            #expect(namespace.metadata.labels["pod-security.kubernetes.io/\(mode)-version"] == "latest")
        }
        #expect(namespace.metadata.labels["opencrane.io/cluster-tenant"] == "corp")
    }

    @Test("The default policy closes every pod in both directions")
    func defaultDeny() throws {
        let deny = ClusterTenantPlan(Samples.clusterTenant()).defaultDeny
        // Both lists reach the API server although they are empty: what is not named is not the operator's.
        let json = try JSON(encoding: deny)
        #expect(json[at: ["spec", "ingress"]] == [] && json[at: ["spec", "egress"]] == [])
        #expect(ClusterTenantPlan.deniesEverything(deny))
        for change in [
            { $0.ingress = [.init()] }, { $0.egress = [.init()] }, { $0.policyTypes = ["Ingress"] },
            { $0.podSelector = LabelSelector(matchLabels: ["a": "b"]) },
        ] as [(inout NetworkingV1.NetworkPolicySpec) -> Void] {
            var opened = deny
            var spec = try #require(opened.spec)
            change(&spec)
            opened.spec = spec
            #expect(!ClusterTenantPlan.deniesEverything(opened))
        }
        let spec = ClusterTenantPlan(Samples.clusterTenant()).defaultDeny.spec
        #expect(spec?.podSelector == LabelSelector() && spec?.policyTypes == ["Ingress", "Egress"])
        #expect(spec?.ingress == [] && spec?.egress == [])
    }

    @Test("A quota bounds the dimensions that are given")
    func quota() {
        let plan = ClusterTenantPlan(
            Samples.clusterTenant {
                $0.spec.resources = ClusterResources(
                    quota: CraneAPI.ResourceQuotaSpec(cpu: "8", memory: "16Gi", pods: 40, storage: "100Gi", gpu: 1)
                )
            }
        )
        #expect(
            plan.quota?.spec?.hard?.mapValues(\.description) == [
                "requests.cpu": "8", "requests.memory": "16Gi", "pods": "40", "requests.storage": "100Gi", "requests.nvidia.com/gpu": "1",
            ]
        )
        #expect(plan.limits?.spec?.limits?.first?.defaultRequest?["cpu"] == Quantity(milli: 100))
    }

    @Test("Without a quota, or with an empty one, there is neither quota nor limits")
    func noQuota() {
        let empty = Samples.clusterTenant { $0.spec.resources = ClusterResources(quota: CraneAPI.ResourceQuotaSpec()) }
        for clusterTenant in [Samples.clusterTenant(), empty] {
            #expect(ClusterTenantPlan(clusterTenant).quota == nil && ClusterTenantPlan(clusterTenant).limits == nil)
        }
    }

    @Test("Tiers that are served, and those that are not")
    func tiers() {
        func block(_ tier: IsolationTier, _ compute: ClusterCompute? = nil) -> ClusterTenantBlock? {
            ClusterTenantPlan(
                Samples.clusterTenant {
                    $0.spec.isolationTier = tier
                    $0.spec.compute = compute
                }
            ).block
        }
        #expect(block(.shared) == nil)
        #expect(block(.dedicatedNodes, ClusterCompute(mode: .dedicated, nodePool: "p1")) == nil)
        #expect(block(.dedicatedNodes) != nil)
        let cluster = block(.dedicatedCluster)
        #expect(cluster?.reason == .isolationTierNotSupported)
        #expect(cluster?.message.contains("dedicatedCluster is not supported") == true)
    }

    @Test("Ready when namespace, policy and quota are in place")
    func ready() {
        let clusterTenant = Samples.clusterTenant()
        let ready = status(clusterTenant) { inPlace(&$0) }
        #expect(ready.phase == .ready && ready.boundNamespace == "opencrane-corp")
        #expect(ready.conditions?.isTrue("Ready") == true && ready.conditions?.isTrue("Reconciling") == false)
        let open = status(clusterTenant) {
            inPlace(&$0)
            $0.hasDefaultDeny = false
        }
        #expect(open.phase == .provisioning && open.conditions?.isTrue("Ready") == false)
    }

    @Test("A tier that is not served fails and stalls, without a namespace")
    func failed() {
        let status = status(Samples.clusterTenant { $0.spec.isolationTier = .dedicatedCluster })
        #expect(status.phase == .failed && status.boundNamespace == nil)
        #expect(status.conditions?.isTrue("Stalled") == true && status.conditions?.isTrue("Ready") == false)
    }

    @Test("Nothing changes at a later time when nothing has happened")
    func steady() {
        var clusterTenant = Samples.clusterTenant()
        clusterTenant.status = status(clusterTenant) { inPlace(&$0) }
        #expect(status(clusterTenant, at: Samples.now.advanced(bySeconds: 60)) { inPlace(&$0) } == clusterTenant.status)
    }

    @Test("Deletion waits for tenants and for workloads, and names them in order")
    func deletion() {
        let keys = [ObjectKey(namespace: "b", name: "y"), ObjectKey(namespace: "a", name: "x")]
        #expect(
            ClusterTenantDeletion.block(attached: keys, workloads: [])?.message
                == "Deletion waits until no Tenant names this ClusterTenant: a/x, b/y"
        )
        #expect(ClusterTenantDeletion.block(attached: [], workloads: ["openclaw-mia"])?.reason == .tenantsAttached)
        #expect(ClusterTenantDeletion.block(attached: [], workloads: []) == nil)
    }
}
