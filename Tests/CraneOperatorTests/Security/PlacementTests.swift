import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Who may be placed with a customer, and have which Secrets")
struct PlacementTests {
    private func block(
        _ namespace: String,
        _ allowed: [String]?,
        _ change: (inout TenantSituation) -> Void = { _ in }
    ) -> TenantBlock? {
        let tenant = Samples.tenant("mia", namespace: namespace) { $0.spec.clusterTenantRef = "corp" }
        let situation = Samples.situation(tenant) {
            $0.parent = Samples.boundClusterTenant { $0.spec.allowedNamespaces = allowed }
            change(&$0)
        }
        let verdict = TenantVerdict(situation)
        #expect((verdict.plan == nil) == (verdict.block != nil))
        return verdict.block
    }

    @Test("A customer takes tenants of the namespaces it names, else of the platform's, and always of its own")
    func allowed() {
        #expect(block("team-a", nil) == nil)
        #expect(block("evil", nil)?.reason == .namespaceNotAllowed && block("evil", nil)?.isStalled == true)
        #expect(block("team-b", ["team-b"]) == nil)
        #expect(block("team-a", ["team-b"])?.reason == .namespaceNotAllowed)
        #expect(block("team-a", [])?.reason == .namespaceNotAllowed)
        #expect(block("opencrane-corp", []) == nil)
    }

    @Test("A tenant that is not taken keeps its name from nobody, however old it is")
    func squatting() {
        let squatter = Samples.tenant("mia", namespace: "evil") {
            $0.spec.clusterTenantRef = "corp"
            $0.metadata.creationTimestamp = Timestamp(microseconds: 0)
        }
        #expect(block("team-a", nil) { $0.namesakes = [squatter] } == nil)
    }

    @Test("A Secret is handed to a tenant only when it is marked for that")
    func credentials() {
        let tenant = Samples.tenant { $0.spec.channels = [Channel(adapter: "slack", credentialsSecretName: "slack-bot")] }
        let refused = TenantVerdict(Samples.situation(tenant))
        #expect(refused.plan == nil && refused.block?.reason == .credentialsNotAllowed && refused.block?.isStalled == true)
        #expect(TenantVerdict(Samples.situation(tenant) { $0.credentials = ["slack-bot"] }).block == nil)
    }
}
