import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

/// Whose an object is when several resources of one name have come and gone.
@Suite("Namesakes")
struct IncarnationTests {
    private let tenant = Samples.tenant { $0.spec.clusterTenantRef = "corp" }

    private func claim(_ change: (inout ObjectMeta) -> Void = { _ in }) -> ChildReference {
        let plan = Samples.plan(tenant) { $0.placement = TenantPlacement(namespace: "opencrane-corp", clusterTenant: "corp") }
        var claim = plan.children.stateClaim
        change(&claim.metadata)
        return ChildReference(claim)
    }

    private func block(_ change: (inout TenantObservation) -> Void) -> TenantBlock? {
        TenantVerdict(
            Samples.situation(tenant) {
                $0.parent = Samples.boundClusterTenant()
                change(&$0.observation)
            }
        ).block
    }

    @Test("A child where no owner can be says which Tenant it was made for; next to the Tenant its owner does")
    func marks() {
        #expect(claim().ownerUID == tenant.metadata.uid)
        let home = Samples.plan().children.stateClaim
        #expect(home.metadata.annotations.isEmpty)
        #expect(ChildReference(home).ownerUID == home.metadata.controller?.uid)
    }

    @Test("A child of an earlier Tenant of the name is waited for; what was kept, and what says nothing, is taken over")
    func remains() {
        let earlier = claim { $0.annotations[CraneAnnotations.tenantUID] = "earlier" }
        #expect(earlier.isRemains(before: tenant))
        #expect(!claim().isRemains(before: tenant))
        #expect(!claim { $0.annotations = [:] }.isRemains(before: tenant))
        let kept = claim {
            $0.annotations = [CraneAnnotations.retention: "retain", CraneAnnotations.tenantUID: "earlier"]
        }
        #expect(!kept.isRemains(before: tenant))
        #expect(block { $0.note(earlier, of: tenant) }?.reason == .moving)
        #expect(block { $0.note(kept, of: tenant) } == nil)
    }

    @Test("A child of a Tenant of the same name in another namespace is never taken over, kept or not")
    func foreign() {
        let other = claim { $0.labels[CraneLabels.tenantNamespace] = "team-b" }
        let waits = block { $0.note(other, of: tenant) }
        #expect(waits?.reason == .moving && waits?.isStalled == false)
        #expect(waits?.message == "PersistentVolumeClaim openclaw-mia-state of Tenant team-b/mia is still there")
        let kept = claim {
            $0.labels[CraneLabels.tenantNamespace] = "team-b"
            $0.annotations = [CraneAnnotations.retention: "retain"]
        }
        let blocked = block { $0.note(kept, of: tenant) }
        #expect(blocked?.reason == .nameTaken && blocked?.isStalled == true)
    }

    @Test("An object that was copied out of another namespace with its labels belongs to nobody there")
    func copied() {
        let home = Samples.tenant()
        var copy = Samples.plan(home).children.stateClaim
        copy.metadata.ownerReferences = []
        copy.metadata.labels[CraneLabels.tenantNamespace] = "team-b"
        #expect(!ChildReference(copy).isForeign(to: home))
        var ofCustomer = copy
        ofCustomer.metadata.labels[CraneLabels.clusterTenant] = "corp"
        #expect(!ChildReference(ofCustomer).isForeign(to: home))
    }

    @Test("A former place is forgotten only when the tenant may work in the next one")
    func aFormerPlaceIsForgottenOnlyWhenEmpty() {
        var tenant = tenant
        tenant.status = TenantStatus()
        tenant.status?.targetNamespace = "opencrane-old"
        var situation = Samples.situation(tenant) { $0.parent = Samples.boundClusterTenant() }
        func recorded() -> String? {
            TenantStatusPlan(tenant: tenant, verdict: TenantVerdict(situation), observation: .init()).status(now: Samples.now)
                .targetNamespace
        }
        #expect(recorded() == "opencrane-corp")
        situation.observation.formerNamespaces = ["opencrane-old"]
        #expect(recorded() == "opencrane-old")
    }

    @Test(
        "A namespace is a customer's by the identity that it records, and by its label only when it records none",
        arguments: [
            ("corp", nil, true), ("corp", "uid-corp", true), ("other", "uid-corp", true), ("corp", "earlier", false), ("other", nil, false),
        ] as [(String, String?, Bool)]
    )
    func customers(_ label: String, _ uid: String?, _ isOwn: Bool) {
        let plan = ClusterTenantPlan(Samples.clusterTenant { $0.metadata.uid = "uid-corp" })
        var namespace = plan.namespace
        #expect(namespace.metadata.annotations[CraneAnnotations.clusterTenantUID] == "uid-corp")
        namespace.metadata.labels[CraneLabels.clusterTenant] = label
        namespace.metadata.annotations[CraneAnnotations.clusterTenantUID] = uid
        #expect(plan.owns(namespace) == isOwn)
        #expect((plan.conflict(with: namespace, isManaged: false) == nil) == isOwn)
        // What the operator made has its label made right, but is not handed over.
        #expect((plan.conflict(with: namespace, isManaged: true) == nil) == (uid != "earlier"))
    }
}
