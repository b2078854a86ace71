import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("What is decided on a tenant")
struct TenantVerdictTests {
    private func verdict(_ tenant: Tenant, _ change: (inout TenantSituation) -> Void = { _ in }) -> TenantVerdict {
        TenantVerdict(Samples.situation(tenant, change))
    }

    private func attached(_ change: (inout Tenant) -> Void = { _ in }) -> Tenant {
        Samples.tenant {
            $0.spec.clusterTenantRef = "corp"
            change(&$0)
        }
    }

    @Test("A tenant without a customer is placed next to its resource")
    func plain() {
        let verdict = verdict(Samples.tenant())
        #expect(verdict.block == nil)
        #expect(verdict.placement == TenantPlacement(namespace: "team-a"))
        #expect(verdict.plan != nil)
    }

    @Test("A tenant of a customer is placed in the customer's namespace, under its domain and on its nodes")
    func placed() {
        let verdict = verdict(attached()) {
            $0.parent = Samples.boundClusterTenant {
                $0.spec.baseDomain = "ai.corp.test"
                $0.spec.compute = ClusterCompute(mode: .dedicated, nodePool: "p1")
            }
        }
        #expect(
            verdict.placement
                == TenantPlacement(namespace: "opencrane-corp", clusterTenant: "corp", baseDomain: "ai.corp.test", nodePool: "p1")
        )
    }

    @Test("A pool of shared nodes is not selected")
    func sharedPool() {
        let verdict = verdict(attached()) {
            $0.parent = Samples.boundClusterTenant { $0.spec.compute = ClusterCompute(mode: .shared, nodePool: "p1") }
        }
        #expect(verdict.placement?.nodePool == nil)
    }

    @Test("A customer that does not exist stops the tenant; one that is not ready makes it wait")
    func parents() {
        let missing = verdict(attached()).block
        #expect(
            missing
                == TenantBlock(.clusterTenantNotFound, "ClusterTenant corp named by spec.clusterTenantRef does not exist", isStalled: true)
        )
        let unbound = verdict(attached()) { $0.parent = Samples.clusterTenant() }.block
        #expect(unbound?.reason == .namespaceNotBound && unbound?.isStalled == false)
        let failed = verdict(attached()) { $0.parent = Samples.boundClusterTenant { $0.status?.phase = .failed } }.block
        #expect(failed?.reason == .clusterTenantFailed && failed?.isStalled == true)
    }

    @Test("A customer that is being deleted takes no new tenant but keeps those it has")
    func terminatingParent() {
        let parent = Samples.boundClusterTenant { $0.metadata.deletionTimestamp = Samples.now }
        #expect(verdict(attached()) { $0.parent = parent }.block?.reason == .clusterTenantTerminating)
        let settled = attached {
            $0.status = TenantStatus()
            $0.status?.targetNamespace = "opencrane-corp"
        }
        #expect(verdict(settled) { $0.parent = parent }.block == nil)
    }

    @Test("A policy that is missing or ambiguous stops a new workload, and closes the network of one that runs")
    func policyError() {
        let tenant = Samples.tenant { $0.spec.policyRef = "nowhere" }
        let fresh = verdict(tenant)
        #expect(fresh.block?.reason == .policyNotFound && fresh.plan == nil && fresh.fence == nil)
        let running = verdict(tenant) { $0.observation.deployment = Samples.readyDeployment() }
        #expect(running.plan == nil)
        #expect(running.fence?.spec?.egress?.compactMap { $0.to?.first?.ipBlock }.isEmpty == true)
    }

    @Test("A specification that breaks a rule is named with its field")
    func invalid() {
        let block = verdict(Samples.tenant { $0.spec.email = "nobody" }).block
        #expect(block?.reason == .invalidSpec && block?.isStalled == true)
        #expect(block?.message.hasPrefix("spec.email: ") == true)
    }

    @Test(
        "A tenant cannot have the platform's Secrets, such as another tenant's key, handed to it",
        arguments: ["openclaw-leo-encryption-key", "opencrane-wildcard-tls"]
    )
    func stolenSecret(_ name: String) {
        let tenant = Samples.tenant { $0.spec.channels = [Channel(adapter: "x", credentialsSecretName: name)] }
        #expect(verdict(tenant).block?.reason == .invalidSpec)
    }

    @Test("Of two tenants of one name in one namespace the one that is there stays, else the older one")
    func namesakes() {
        func tenant(_ namespace: String, age: Int64, isThere: Bool = false) -> Tenant {
            Samples.tenant("mia", namespace: namespace) {
                $0.spec.clusterTenantRef = "corp"
                $0.metadata.creationTimestamp = Timestamp(microseconds: age)
                $0.status = TenantStatus()
                $0.status?.targetNamespace = isThere ? "opencrane-corp" : nil
            }
        }
        func reason(_ tenant: Tenant, _ other: Tenant) -> TenantReason? {
            verdict(tenant) {
                $0.parent = Samples.boundClusterTenant { $0.spec.allowedNamespaces = ["a", "b"] }
                $0.namesakes = [tenant, other]
            }.block?.reason
        }
        let old = tenant("a", age: 1)
        let young = tenant("b", age: 2)
        #expect(reason(old, young) == nil && reason(young, old) == .nameTaken)
        let settled = tenant("b", age: 2, isThere: true)
        #expect(reason(old, settled) == .nameTaken && reason(settled, old) == nil)
        let elsewhere = Samples.tenant("mia", namespace: "c") { $0.metadata.creationTimestamp = Timestamp(microseconds: 0) }
        #expect(reason(old, elsewhere) == nil)
    }

    @Test("A move waits until the former workload has ended")
    func move() {
        let verdict = verdict(attached()) {
            $0.parent = Samples.boundClusterTenant()
            $0.observation.formerNamespaces = ["opencrane-old"]
        }
        #expect(verdict.block?.reason == .moving && verdict.block?.isStalled == false)
        #expect(verdict.placement?.namespace == "opencrane-corp")
    }

    @Test("A move to a customer that does not exist leaves the former workload alone")
    func moveToNowhere() {
        let verdict = verdict(attached()) { $0.observation.formerNamespaces = ["opencrane-old"] }
        #expect(verdict.block?.reason == .clusterTenantNotFound && verdict.placement == nil)
    }

    @Test("A lost encryption key is not replaced while the state that needs it is there")
    func lostKey() {
        let claim = CoreV1.PersistentVolumeClaim(metadata: ObjectMeta(name: "openclaw-mia-state", namespace: "team-a"))
        let lost = verdict(Samples.tenant()) { $0.observation.claim = claim }
        #expect(lost.block?.reason == .encryptionKeyMissing && lost.block?.isStalled == true)
        let kept = verdict(Samples.tenant()) {
            $0.observation.claim = claim
            $0.observation.hasEncryptionKey = true
        }
        #expect(kept.block == nil)
    }
}
