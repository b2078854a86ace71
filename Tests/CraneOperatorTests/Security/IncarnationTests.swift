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

    @Test("A child of an earlier Tenant of the name that holds no state is waited for, and deleted")
    func remains() {
        let plan = Samples.plan(tenant) { $0.placement = TenantPlacement(namespace: "opencrane-corp", clusterTenant: "corp") }
        var service = plan.children.service
        #expect(!ChildReference(service).isRemains(before: tenant))
        service.metadata.annotations[CraneAnnotations.tenantUID] = "earlier"
        let earlier = ChildReference(service)
        #expect(earlier.isRemains(before: tenant) && earlier.fate(leftBy: tenant) == .delete && earlier.fateWithoutTenant == .delete)
        #expect(block { $0.note(earlier, of: tenant) }?.reason == .moving)
    }

    @Test(
        "State of an earlier Tenant is neither taken over nor deleted until it is handed over; what was kept, and what says nothing, is taken",
        arguments: [
            (["tenant-uid": "earlier"], true), (["tenant-uid": "earlier", "retention": "retain"], true), (["retention": "retain"], false),
            ([:], false),
        ] as [([String: String], Bool)]
    )
    func state(_ marks: [String: String], _ isWithheld: Bool) {
        let claim = claim { metadata in
            metadata.annotations = [:]
            for (name, value) in marks { metadata.annotations["opencrane.io/\(name)"] = value }
        }
        #expect(!claim.isRemains(before: tenant))
        #expect(claim.isWithheld(from: tenant) == isWithheld)
        #expect(claim.fateWithoutTenant == .withhold)
        #expect(claim.fate(leftBy: tenant) == .withhold)
        #expect(claim.fate(leftBy: tenant, retaining: true) == (isWithheld ? .withhold : .retain))
        let block = block {
            $0.hasEncryptionKey = true
            $0.note(claim, of: tenant)
        }
        #expect(block?.reason == (isWithheld ? .stateNotOwned : nil))
        #expect(block.map { $0.isStalled && $0.message.contains(CraneAnnotations.tenantUID) } ?? !isWithheld)
    }

    @Test("State goes with the Tenant that it says it was made for, and with its owner")
    func ownState() {
        #expect(claim().fate(leftBy: tenant) == .delete)
        #expect(claim().fate(leftBy: tenant, retaining: true) == .retain)
        let home = ChildReference(Samples.plan().children.stateClaim)
        #expect(home.fateWithoutTenant == .delete && home.fate(leftBy: tenant) == .delete)
        let stranger = claim {
            $0.annotations = [:]
            $0.ownerReferences = [OwnerReference(apiVersion: "x/v1", kind: "ExternalSecret", name: "x", uid: "u", controller: true)]
        }
        #expect(stranger.isWithheld(from: tenant) && stranger.fateWithoutTenant == .withhold)
    }

    @Test("What stands where state would be and has no labels of the operator's is in the way, though it has all of a tenant's")
    func unmarked() {
        let stranger = claim { $0.labels[CraneLabels.managedBy] = nil }
        let blocked = block { $0.noteUnseen(stranger, of: tenant) }
        #expect(blocked?.reason == .stateNotOwned && blocked?.isStalled == true)
        #expect(blocked?.message.hasPrefix("PersistentVolumeClaim openclaw-mia-state is there but lacks the labels") == true)
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
