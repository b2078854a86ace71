import CraneAPI
import Testing

@Suite struct NamingTests {
    @Test func namesChildren() {
        let names = TenantNames(tenant: "mia")
        #expect(
            names.deployment == "openclaw-mia" && names.service == "openclaw-mia"
                && names.encryptionKeySecret == "openclaw-mia-encryption-key"
        )
        #expect(
            names.configMap == "openclaw-mia-config" && names.stateClaim == "openclaw-mia-state"
                && names.modelKeySecret == "openclaw-mia-litellm-key"
        )
        #expect(TenantNames.host(tenant: "mia", baseDomain: "corp.test") == "mia.corp.test")
        #expect(BoundNamespace.name(clusterTenant: "corp") == "opencrane-corp")
    }

    @Test func keepsLongNamesShortAndApart() {
        let one = String(repeating: "a", count: 49) + "1"
        let other = String(repeating: "a", count: 49) + "2"
        let names = TenantNames(tenant: one)
        #expect(names.base == "openclaw-\(one)")
        #expect(names.encryptionKeySecret.utf8.count <= 63 && names.encryptionKeySecret.hasSuffix("-encryption-key"))
        #expect(names.encryptionKeySecret == TenantNames(tenant: one).encryptionKeySecret)
        #expect(names.encryptionKeySecret != TenantNames(tenant: other).encryptionKeySecret)
        for name in [names.base, names.configMap, names.encryptionKeySecret, names.modelKeySecret, names.stateClaim] {
            #expect(NameRules.isLabel(name))
        }
        #expect(NameRules.bounded(String(repeating: "a-", count: 40)).utf8.count <= 63)
    }

    @Test(arguments: ["ops", "Platform Ops", "Entwicklung/Ä", "", String(repeating: "x", count: 80), "---", "a_b.c", "trailing-"])
    func makesLabelValues(text: String) throws {
        let value = CraneLabels.labelValue(text)
        #expect(value.utf8.count <= 63)
        #expect(value.isEmpty || value.wholeMatch(of: /[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?/) != nil, "\(value)")
        #expect(text.isEmpty == value.isEmpty)
    }

    @Test func keepsDifferentTextsApartInLabels() {
        #expect(CraneLabels.labelValue("Platform Ops") != CraneLabels.labelValue("Platform/Ops"))
        #expect(CraneLabels.labelValue("ops") == "ops")
        let labels = CraneLabels.tenantObject("mia", team: "ops", policy: "base")
        #expect(
            labels["opencrane.io/tenant"] == "mia" && labels["opencrane.io/team"] == "ops"
                && labels["app.kubernetes.io/part-of"] == "opencrane"
        )
        #expect(CraneLabels.tenantObject("mia", team: "")["opencrane.io/team"] == nil)
    }
}
