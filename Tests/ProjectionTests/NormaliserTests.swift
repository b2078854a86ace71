import CraneAPI
import JSONValue
import KubernetesModel
import Testing

@testable import Projection

@Suite struct NormaliserTests {
    @Test func defaultsNullsAndOrderDoNotCount() throws {
        let before: JSON = ["displayName": "Mia", "email": "m@x.test", "team": .null, "monthlyBudgetUsd": 40.0]
        let after: JSON = [
            "monthlyBudgetUsd": 40, "email": "m@x.test", "displayName": "Mia", "suspended": false, "runtime": ["type": "Pod"],
        ]
        #expect(Normaliser.spec(before, of: .tenant) == Normaliser.spec(after, of: .tenant))
        #expect(Normaliser.hash(Normaliser.spec(before, of: .tenant)) == Normaliser.hash(Normaliser.spec(after, of: .tenant)))
        let policy: JSON = ["domains": ["allow": ["a.test"]], "egressRules": [["cidr": "10.0.0.0/8"]]]
        let defaulted: JSON = [
            "domains": ["allow": ["a.test"], "defaultDeny": true], "egressRules": [["cidr": "10.0.0.0/8", "protocol": "TCP"]],
        ]
        #expect(Normaliser.spec(policy, of: .accessPolicy) == Normaliser.spec(defaulted, of: .accessPolicy))
        let customer: JSON = ["displayName": "Corp"]
        let full: JSON = ["displayName": "Corp", "isolationTier": "shared", "compute": ["mode": "shared"], "resources": .null]
        #expect(Normaliser.spec(customer, of: .clusterTenant) == Normaliser.spec(full, of: .clusterTenant))
    }

    @Test func whatMattersCounts() {
        func differ(_ one: JSON, _ other: JSON, _ kind: ProjectedKind) -> [String] {
            Normaliser.differences(Normaliser.spec(one, of: kind), Normaliser.spec(other, of: kind), of: kind)
        }
        #expect(differ(["email": "a", "team": "x"], ["email": "b"], .tenant) == ["email", "team"])
        #expect(differ(["suspended": true], [:], .tenant) == ["suspended"])
        #expect(differ(["domains": ["allow": ["a", "b"]]], ["domains": ["allow": ["b", "a"]]], .accessPolicy) == ["domains"])
        #expect(differ(["domains": ["defaultDeny": false]], ["domains": [:]], .accessPolicy) == ["domains"])
        #expect(differ(["domains": [:]], [:], .accessPolicy) == ["domains"])
        #expect(differ(["compute": ["mode": "dedicated", "nodePool": "p"]], [:], .clusterTenant) == ["compute"])
        #expect(differ(.null, [:], .clusterTenant) == [])
    }

    @Test func typedAndWatchedObjectsAreTheSame() throws {
        var metadata = ObjectMeta(name: "mia", namespace: "crane")
        metadata.uid = "u"
        metadata.resourceVersion = "7"
        let typed = Tenant(
            metadata: metadata,
            spec: TenantSpec(displayName: "Mia", email: "m@x.test", team: "ops")
        )
        let watched = try ProjectedObject(kind: .tenant, DynamicObject(try JSON(encoding: typed)))
        #expect(try ProjectedObject(typed) == watched)
        #expect(watched.key == ObjectKey(namespace: "crane", name: "mia"))
        #expect(throws: ProjectionError.self) { try ProjectedObject(kind: .tenant, DynamicObject(["spec": [:]])) }
    }

    @Test func resourceVersionsAreComparedAsNumbers() {
        #expect(ResourceVersion("9") < ResourceVersion("10"))
        #expect(ResourceVersion("18446744073709551616") > ResourceVersion("18446744073709551615"))
        #expect(ResourceVersion("007") == ResourceVersion("7"))
        #expect(ResourceVersion("").isUnknown && ResourceVersion("abc").isUnknown && !ResourceVersion("1").isUnknown)
        #expect(ResourceVersion("") < ResourceVersion("1"))
    }
}
